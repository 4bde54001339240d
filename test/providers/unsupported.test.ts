// What becomes of a parameter that a deployment cannot honour, for each word that the caller can say of it.
// The codecs say what cannot be honoured; here only what follows from it.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { EncodedRequest } from "../../src/core/dialect.ts";
import { settleUnsupported } from "../../src/providers/unsupported.ts";
import { AttemptFailure } from "../../src/providers/upstream-failure.ts";

const without = (param: string, droppable = true): EncodedRequest => ({
  path: "/x",
  headers: {},
  body: "{}",
  params: [],
  unsupported: [{ param, path: param, droppable, from: undefined }],
});

const meaningful =
  `stop n tools tool_choice response_format logprobs top_logprobs seed logit_bias audio modalities
  web_search_options`.split(/\s+/);

for (const param of meaningful) {
  test(`leaving out ${param} would change the answer, so it is an error unless the caller says drop`, () => {
    assert.throws(
      () => settleUnsupported(without(param), undefined, "x/y"),
      (error) => error instanceof AttemptFailure && error.failure.code === "UNSUPPORTED_PARAMETER",
    );
    assert.deepEqual(settleUnsupported(without(param), "drop", "x/y"), [
      { param, action: "dropped", from: undefined },
    ]);
  });
}

test("any other parameter is left out and said so", () => {
  assert.deepEqual(settleUnsupported(without("presence_penalty"), undefined, "x/y"), [
    { param: "presence_penalty", action: "dropped", from: undefined },
  ]);
  assert.throws(() => settleUnsupported(without("presence_penalty"), "error", "x/y"), AttemptFailure);
});

test("a part of the conversation is never left out", () => {
  assert.throws(() => settleUnsupported(without("messages", false), "drop", "x/y"), AttemptFailure);
});

test("only reroute goes on to another deployment", () => {
  for (const [word, mayTryAnother] of [
    ["reroute", true],
    ["error", false],
  ] as const) {
    assert.throws(() => settleUnsupported(without("stop"), word, "x/y"), { mayTryAnother });
  }
});
