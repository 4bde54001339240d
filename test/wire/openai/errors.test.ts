// Reading error bodies of every shape, and writing ours in OpenAI's.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../../src/core/errors.ts";
import { sensitivity } from "../../../src/core/sensitivity.ts";
import { encodeErrorBody } from "../../../src/wire/openai/client-error.ts";
import { openaiDialect } from "../../../src/wire/openai/dialect.ts";

const read = (body: unknown, status = 400) => openaiDialect.decodeError(status, body);

test("the message is found in every shape of error body", () => {
  const bodies: readonly unknown[] = [
    "bad thing",
    { error: "bad thing" },
    { error: { message: "bad thing", type: "t", code: null } },
    { message: "bad thing" },
    { detail: "bad thing" },
    { detail: [{ loc: ["body"], msg: "bad thing" }] },
    [{ error: { message: "bad thing" } }],
    { object: "error", message: "bad thing", code: 40001 },
    { errors: [{ message: "bad thing" }] },
  ];
  for (const body of bodies) assert.equal(read(body).message, "bad thing", JSON.stringify(body));
  assert.match(
    read({ error: { message: "Provider returned error", metadata: { raw: "bad thing" } } }).message,
    /bad thing/,
  );
});

test("a body without a message is never shown", () => {
  for (const body of ["<html>nginx</html>", {}, null, undefined, [], 7, { secret: "x" }]) {
    assert.equal(read(body, 502).message, "The provider answered with status 502.");
  }
});

test("a refused credential says nothing of the credential", () => {
  for (const status of [401, 403]) {
    const fault = read({ error: { message: "Incorrect API key provided: sk-abc***xyz" } }, status);
    assert.equal(fault.status, status);
    assert.doesNotMatch(fault.message, /sk-/);
  }
});

test("keys are cut out of messages, and long messages are cut short", () => {
  const fault = read({
    error: { message: `key sk-proj-abcdefghijklmnop and Bearer abc.def.ghi ${"long ".repeat(500)}` },
  });
  assert.doesNotMatch(fault.message, /abcdefgh|abc\.def/);
  assert.ok(fault.message.length < 450);
});

test("a prompt that is too long and a filtered one are told apart from the rest", () => {
  const kinds: readonly (readonly [string, unknown])[] = [
    ["context-length", { error: { code: "context_length_exceeded", message: "x" } }],
    ["context-length", { error: { message: "This model's maximum context length is 8192 tokens." } }],
    ["context-length", { message: "prompt is too long: 210000 tokens > 200000 maximum" }],
    ["content-filter", { error: { code: "content_filter", message: "x" } }],
    [
      "content-filter",
      { error: { code: "data_inspection_failed", message: "Input may contain inappropriate content." } },
    ],
    ["error", { error: { message: "Unknown model" } }],
  ];
  for (const [kind, body] of kinds) assert.equal(read(body).kind, kind, JSON.stringify(body));
  assert.equal(read({ error: { message: "context window service down" } }, 503).kind, "error");
});

test("a failure is written as OpenAI's error object", () => {
  const failure = new Failure("INVALID_REQUEST", "No.", { path: "messages[0].role" });
  const { error } = encodeErrorBody(failure, "req_9");
  assert.deepEqual(
    [error.message, error.type, error.param, error.code],
    ["No.", "invalid_request_error", "messages[0].role", "invalid_request"],
  );
  assert.equal(error.portcullis["request_id"], "req_9");
});

test("a denial says what was found and what would do", () => {
  const failure = new Failure("POLICY_DENIED", undefined, {
    sensitivity: {
      effective: sensitivity("internal", ["pii"]),
      detected: [{ label: "pii", kind: "iban", messageIndex: 0, count: 1 }],
      underDeclared: true,
    },
    considered: [{ deploymentId: "ollama/x", allowed: true, because: "self-hosted", missing: [] }],
  });
  const shown = JSON.stringify(encodeErrorBody(failure));
  for (const words of ["confidential+pii", "iban", "ollama/x", "policy_denied", '"param":null'])
    assert.ok(shown.includes(words), words);
});
