// Reading Anthropic's error bodies: kind and status, and never what must not be shown.

import assert from "node:assert/strict";
import { test } from "node:test";
import { anthropicDialect } from "../../../src/wire/anthropic/dialect.ts";

const body = (type: string, message: string) => ({
  type: "error",
  error: { type, message },
  request_id: "req_1",
});

const rows = [
  [
    400,
    body("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
    "context-length",
    400,
  ],
  [
    400,
    body("invalid_request_error", "input length and `max_tokens` exceed context limit: 1 + 2 > 3"),
    "context-length",
    400,
  ],
  [400, body("invalid_request_error", "Output blocked by content filtering policy"), "content-filter", 400],
  [400, body("invalid_request_error", "temperature: must be at most 1"), "error", 400],
  [400, body("invalid_request_error", "Your credit balance is too low to use the API."), "error", 403],
  [401, body("authentication_error", "invalid x-api-key sk-ant-api03-abcdefghij"), "error", 401],
  [403, body("permission_error", "not allowed"), "error", 403],
  [413, body("request_too_large", "Request exceeds the maximum size"), "error", 413],
  [429, body("rate_limit_error", "Number of request tokens has exceeded your limit"), "error", 429],
  [529, body("overloaded_error", "Overloaded"), "error", 503],
  [502, "<html>bad gateway</html>", "error", 502],
  [500, undefined, "error", 500],
] as const;

for (const [status, answer, kind, meant] of rows) {
  const name = typeof answer === "object" ? answer.error.message : String(answer);
  test(`${status} "${name.slice(0, 40)}" is ${kind} with status ${meant}`, () => {
    const fault = anthropicDialect.decodeError(status, answer);
    assert.equal(fault.kind, kind);
    assert.equal(fault.status, meant);
    assert.notEqual(fault.message, "");
    assert.doesNotMatch(fault.message, /sk-ant|<html>|req_1/);
  });
}

const shown = (message: string) =>
  anthropicDialect.decodeError(400, body("invalid_request_error", message)).message;

test("the caller's mistake keeps the provider's words, and no key in them", () => {
  assert.equal(shown("max_tokens: must be\n positive"), "max_tokens: must be positive");
  assert.equal(shown("bad sk-ant-api03-abcdefghij here"), "bad […] here");
  assert.equal(shown(`echo ${"QUJD".repeat(30)}`), "echo […]");
  assert.ok(shown("word ".repeat(500)).length <= 401);
});

test("embeddings are not to be had at Anthropic", () => {
  const request = { action: "embed", model: "m", inputs: ["x"], extras: {} } as const;
  const to = {
    providerId: "anthropic",
    upstreamModel: "claude",
    maxOutputTokens: undefined,
    capabilities: [],
    obligations: [],
  };
  assert.throws(() => anthropicDialect.encodeEmbedding(request, to), { code: "MODEL_UNAVAILABLE" });
  assert.throws(() => anthropicDialect.decodeEmbedding({}), { code: "MODEL_UNAVAILABLE" });
});
