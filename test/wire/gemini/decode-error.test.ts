// Reading Google's error bodies: kind and status, and never what must not be shown.

import assert from "node:assert/strict";
import { test } from "node:test";
import { geminiDialect } from "../../../src/wire/gemini/dialect.ts";

const body = (code: number, status: string, message: string, details: unknown[] = []) => ({
  error: { code, status, message, details },
});

const key = `AIza${"x".repeat(35)}`;

const rows = [
  [
    400,
    body(
      400,
      "INVALID_ARGUMENT",
      "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
    ),
    "context-length",
    400,
  ],
  [400, body(400, "INVALID_ARGUMENT", "Invalid value at generation_config.top_k"), "error", 400],
  [400, body(400, "INVALID_ARGUMENT", `API key not valid: ${key}`), "error", 401],
  [400, body(400, "INVALID_ARGUMENT", "Refused.", [{ reason: "API_KEY_INVALID" }]), "error", 401],
  [400, body(400, "FAILED_PRECONDITION", "User location is not supported for the API use."), "error", 403],
  [403, body(403, "PERMISSION_DENIED", "No."), "error", 403],
  [404, body(404, "NOT_FOUND", "models/nope is not found"), "error", 404],
  [429, [body(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.")], "error", 429],
  [503, body(503, "UNAVAILABLE", "The model is overloaded."), "error", 503],
  [502, "<html>bad gateway</html>", "error", 502],
] as const;

for (const [status, answer, kind, meant] of rows) {
  test(`${status} ${JSON.stringify(answer).slice(0, 60)} is ${kind} with status ${meant}`, () => {
    const fault = geminiDialect.decodeError(status, answer);
    assert.equal(fault.kind, kind);
    assert.equal(fault.status, meant);
    assert.notEqual(fault.message, "");
    assert.doesNotMatch(fault.message, /AIza|<html>|API_KEY/);
  });
}
