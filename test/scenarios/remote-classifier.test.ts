// A classifier is a deployment under the policy: patients' data is not shown to a moderation service outside, and
// where rows demand a classifier that understands, an answer that only such a service could judge is not given at all.

import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { doors } from "../kit/both-doors.ts";
import { judge, startFakeGuard } from "../kit/fake-guard.ts";
import { startGateway } from "../kit/gateway.ts";
import { policyFolder } from "../kit/policy-bundle.ts";
import { withRows } from "../kit/shipped-policy.ts";
import { answerOpenai, startUpstream } from "../kit/upstream.ts";

const hosted = await startUpstream(answerOpenai("It is nothing serious."));
const outside = await startFakeGuard(judge());
const rows = withRows("p2, patients-judged, demand, anyone, any phi, semantic-classifier, Clinical safety 2")[
  "policy.csv"
];

/** Ollama at a loopback address is self-hosted; LiteLLM passes on to whomever it likes. */
const gateway = await startGateway({
  OLLAMA_BASE_URL: hosted.baseUrl,
  ...outside.env("litellm/omni-moderation-latest"),
  PORTCULLIS_POLICIES: await policyFolder(rows ?? ""),
});
after(() => Promise.all([gateway.close(), hosted.close(), outside.close()]));

beforeEach(() => {
  hosted.seen.length = 0;
  outside.seen.length = 0;
});

const question = { model: "ollama/llama", text: "What does this rash of Mrs Doe mean?" };

for (const [name, ask] of Object.entries(doors)) {
  test(`${name}: patients' data is neither answered nor shown to a service that may not see it`, async () => {
    const { outcome, raw } = await ask(gateway, { ...question, tag: "restricted+phi" });
    assert.equal(outcome, "SAFETY_UNAVAILABLE", raw);
    assert.deepEqual([hosted.seen.length, outside.seen.length], [0, 0]);
  });
}

test("where no row demands it, the answer is given, and the service is told as not run", async () => {
  const { data } = await gateway.graphql<{
    complete: { receipt: { safety: { classifiers: readonly string[]; notRun: readonly string[] } } };
  }>(
    `mutation ($input: CompletionInput!) { complete(input: $input) {
      ... on Completion { receipt { safety { classifiers notRun } } } ... on Failure { code message } } }`,
    {
      input: {
        model: question.model,
        sensitivity: "confidential+pii",
        messages: [{ user: { text: question.text } }],
      },
    },
  );
  assert.deepEqual(data.complete.receipt.safety, {
    classifiers: ["deterministic"],
    notRun: ["litellm/omni-moderation-latest"],
  });
  assert.equal(outside.seen.length, 0);
});

test("what the service may see it judges, question and answer, on its own wire", async () => {
  const { outcome, raw } = await doors.REST(gateway, { ...question, tag: "public" });
  assert.equal(outcome, "ok", raw);
  assert.ok(outside.seen.length >= 2);
  for (const { path, body } of outside.seen) {
    assert.equal(path, "/v1/moderations");
    assert.deepEqual(Object.keys(body).toSorted(), ["input", "model"]);
  }
  assert.ok(outside.seen.some(({ body }) => String(body["input"]).includes("nothing serious")));
  hosted.behave(answerOpenai("That is forbidden knowledge."));
  const blocked = await doors.REST(gateway, { ...question, tag: "public" });
  assert.match(blocked.raw, /content_filter/);
  assert.doesNotMatch(blocked.raw, /forbidden knowledge/);
});
