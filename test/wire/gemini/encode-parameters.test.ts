// Parameters on their way to Gemini: what is sent and what is reported, row by row.

import assert from "node:assert/strict";
import { test } from "node:test";
import { geminiDialect } from "../../../src/wire/gemini/dialect.ts";
import { destinationOf, encodeWith, requestOf } from "../../kit/wire-requests.ts";
import { rows } from "./parameter-rows.ts";

for (const row of rows) {
  test(row.name, () => {
    const to = destinationOf(row.model ?? "gemini-2.5-flash", row.to);
    const { path, body, params, unsupported } = encodeWith(geminiDialect, requestOf(row.request), to);
    assert.equal(path, `/v1beta/models/${to.upstreamModel}:generateContent`);
    const { contents, ...rest } = body;
    assert.deepEqual(contents, [{ role: "user", parts: [{ text: "Hi" }] }]);
    assert.deepEqual(rest, row.sends);
    assert.deepEqual(params, row.reports ?? []);
    assert.deepEqual(unsupported, row.refuses ?? []);
  });
}

const pathTo = (model: string) =>
  geminiDialect.encodeCompletion(requestOf({ stream: true }), destinationOf(model)).path;

test("a stream is asked for by the path, and a model's name stays one segment of it", () => {
  assert.equal(pathTo("gemini-2.5-pro"), "/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse");
  assert.equal(
    pathTo("a/../../x?y#z"),
    "/v1beta/models/a%2F..%2F..%2Fx%3Fy%23z:streamGenerateContent?alt=sse",
  );
});

test("the key goes in a header of its own", () => {
  assert.deepEqual(geminiDialect.credentialHeaders("k"), { "x-goog-api-key": "k" });
});
