// Parameters on their way to Anthropic: what is sent and what is reported, row by row.

import assert from "node:assert/strict";
import { test } from "node:test";
import { anthropicDialect } from "../../../src/wire/anthropic/dialect.ts";
import { destinationOf, encodeWith, requestOf } from "../../kit/wire-requests.ts";
import { rows } from "./parameter-rows.ts";

for (const row of rows) {
  test(row.name, () => {
    const to = destinationOf(row.model ?? "claude-sonnet-4-5", row.to);
    const { path, body, params, unsupported } = encodeWith(anthropicDialect, requestOf(row.request), to);
    assert.equal(path, "/v1/messages");
    assert.equal(body["model"], to.upstreamModel);
    for (const [field, value] of Object.entries(row.sends)) assert.deepEqual(body[field], value, field);
    assert.deepEqual(params, row.reports ?? []);
    assert.deepEqual(unsupported, row.refuses ?? []);
  });
}

test("the version goes with every request and the key only with the credential", () => {
  const { headers } = anthropicDialect.encodeCompletion(requestOf(), destinationOf("claude-sonnet-4-5"));
  assert.deepEqual(headers, { "content-type": "application/json", "anthropic-version": "2023-06-01" });
  assert.deepEqual(anthropicDialect.credentialHeaders("k"), { "x-api-key": "k" });
});
