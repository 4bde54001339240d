// Embedding requests to Gemini and the vectors that come back.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { EmbeddingRequest } from "../../../src/core/request.ts";
import { geminiDialect } from "../../../src/wire/gemini/dialect.ts";
import { destinationOf } from "../../kit/wire-requests.ts";

const encode = (fields: Partial<EmbeddingRequest>) =>
  geminiDialect.encodeEmbedding(
    { action: "embed", model: "any", inputs: ["a", "b"], extras: {}, ...fields },
    destinationOf("gemini-embedding-001"),
  );

const request = (text: string) => ({
  model: "models/gemini-embedding-001",
  content: { parts: [{ text }] },
  outputDimensionality: 256,
  taskType: "RETRIEVAL_QUERY",
});

test("every input is a request of one batch", () => {
  const { path, body, params, unsupported } = encode({
    dimensions: 256,
    extras: { task_type: "RETRIEVAL_QUERY", user: "ann@example.org" },
  });
  assert.equal(path, "/v1beta/models/gemini-embedding-001:batchEmbedContents");
  assert.deepEqual(JSON.parse(body), { requests: [request("a"), request("b")] });
  assert.deepEqual(params, [
    { param: "task_type", action: "renamed", from: "task_type", to: "taskType" },
    { param: "dimensions", action: "renamed", from: "dimensions", to: "outputDimensionality" },
  ]);
  assert.deepEqual(
    unsupported.map(({ param, droppable }) => [param, droppable]),
    [["user", true]],
  );
});

test("token ids cannot be sent and cannot be left out", () => {
  const { unsupported } = encode({ inputs: [[1, 2]] });
  assert.deepEqual(unsupported, [{ param: "input", path: "input", droppable: false, from: "token ids" }]);
});

test("vectors keep their order, whether one or many", () => {
  const many = {
    embeddings: [{ values: [0.1, 0.2] }, { values: [0.3] }],
    usageMetadata: { promptTokenCount: 5 },
  };
  const answer = geminiDialect.decodeEmbedding(many);
  assert.deepEqual(answer.embeddings, [
    { index: 0, vector: [0.1, 0.2] },
    { index: 1, vector: [0.3] },
  ]);
  assert.equal(answer.usage?.input, 5);
  assert.deepEqual(geminiDialect.decodeEmbedding({ embedding: { values: [1] } }).embeddings, [
    { index: 0, vector: [1] },
  ]);
});

test("what holds no vector is malformed", () => {
  for (const answer of [undefined, {}, { embeddings: [{}] }, { embeddings: [{ values: ["x"] }] }]) {
    assert.throws(() => geminiDialect.decodeEmbedding(answer), { name: "WireFault", kind: "malformed" });
  }
});
