// Vectors of Bedrock's models: each family is asked in its own words, one text or many at a time, and answered in one form.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WireFault } from "../../../src/core/dialect.ts";
import type { EmbeddingRequest } from "../../../src/core/request.ts";
import { bedrockDialect } from "../../../src/wire/bedrock/dialect.ts";
import { destination } from "../../kit/destinations.ts";

const at = (upstreamModel: string) => destination("bedrock", { upstreamModel });
const ask = (more: Partial<EmbeddingRequest> = {}): EmbeddingRequest => ({
  action: "embed",
  model: "m",
  inputs: ["Grüezi"],
  extras: {},
  ...more,
});

function encoded(model: string, more: Partial<EmbeddingRequest> = {}) {
  const { path, body, params, unsupported } = bedrockDialect.encodeEmbedding(ask(more), at(model));
  return {
    path,
    body: JSON.parse(body) as unknown,
    params: params.map(({ param, action, to }) => [param, action, to]),
    unsupported: unsupported.map(({ path: place, droppable }) => (droppable ? place : `${place}!`)),
  };
}

test("Titan is asked for one text at a time, with its length where it lets one choose", () => {
  assert.deepEqual(
    encoded("amazon.titan-embed-text-v2:0", { dimensions: 256, extras: { normalize: false } }),
    {
      path: "/model/amazon.titan-embed-text-v2%3A0/invoke",
      body: { inputText: "Grüezi", dimensions: 256, normalize: false },
      params: [["normalize", "passed", undefined]],
      unsupported: [],
    },
  );
  const first = encoded("amazon.titan-embed-text-v1", { dimensions: 256 });
  assert.deepEqual([first.body, first.unsupported], [{ inputText: "Grüezi" }, ["dimensions"]]);
  assert.equal(bedrockDialect.mostEmbeddingInputs?.(at("amazon.titan-embed-text-v2:0")), 1);
});

test("Cohere is asked for many, and told what they are for", () => {
  const many = encoded("eu.cohere.embed-v4:0", { inputs: ["a", "b"], dimensions: 512 });
  assert.deepEqual(many.body, {
    texts: ["a", "b"],
    input_type: "search_document",
    embedding_types: ["float"],
    output_dimension: 512,
  });
  assert.deepEqual(many.params, [
    ["dimensions", "renamed", "output_dimension"],
    ["input_type", "mapped", "search_document"],
  ]);
  const query = encoded("cohere.embed-multilingual-v3", {
    extras: { input_type: "search_query", user: "u" },
  });
  assert.deepEqual(query.body, { texts: ["Grüezi"], embedding_types: ["float"], input_type: "search_query" });
  assert.equal(bedrockDialect.mostEmbeddingInputs?.(at("cohere.embed-english-v3")), 96);
});

test("token ids are refused for good, and so is a model of no known family", () => {
  assert.deepEqual(encoded("cohere.embed-english-v3", { inputs: [[1, 2]] }).unsupported, ["input!"]);
  assert.throws(() => encoded("anthropic.claude-sonnet-4-5"), /makes no embeddings/);
});

test("each family's answer is read, with its count where there is one", () => {
  const { decodeEmbedding } = bedrockDialect;
  const titan = decodeEmbedding({ embedding: [0.5, -1], inputTextTokenCount: 7, embeddingsByType: {} });
  assert.deepEqual([titan.embeddings, titan.usage?.input], [[{ index: 0, vector: [0.5, -1] }], 7]);
  const both = [
    { index: 0, vector: [1] },
    { index: 1, vector: [2] },
  ];
  for (const embeddings of [[[1], [2]], { float: [[1], [2]] }])
    assert.deepEqual(decodeEmbedding({ id: "x", embeddings, texts: ["a", "b"] }), {
      embeddings: both,
      usage: undefined,
    });
});

test("what holds no vector is no answer", () => {
  const garbage = [
    null,
    1,
    "x",
    [],
    {},
    { embedding: [] },
    { embedding: ["1"] },
    { embeddings: [] },
    { embeddings: { int8: [[1]] } },
  ];
  for (const body of garbage)
    assert.throws(() => bedrockDialect.decodeEmbedding(body), WireFault, JSON.stringify(body));
});
