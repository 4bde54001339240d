// Writes embedding requests for Gemini's batchEmbedContents and reads the vectors.
// `geminiDialect` hands it out. https://ai.google.dev/api/embeddings

import { type Destination, type EncodedRequest, WireFault } from "../../core/dialect.ts";
import type { EmbeddingAnswer } from "../../core/events.ts";
import type { EmbeddingRequest } from "../../core/request.ts";
import { createChangeLog } from "../change-log.ts";
import { arrayOf, isObject, type JsonObject, numberOf, objectOf } from "../json.ts";
import { decodeError, errorIn } from "./decode-error.ts";
import { decodeUsage } from "./decode-usage.ts";
import { modelPath } from "./encode-request.ts";

/** Ours on the left: both spellings of what Gemini has and OpenAI has not. */
const passed: Readonly<Record<string, string>> = {
  taskType: "taskType",
  task_type: "taskType",
  title: "title",
};

export function encodeEmbedding(request: EmbeddingRequest, to: Destination): EncodedRequest {
  const log = createChangeLog();
  const fields: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(passed)) {
    const value = request.extras[name];
    if (value === undefined) continue;
    fields[field] = value;
    if (name === field) log.changed("passed", name);
    else log.changed("renamed", name, name, field);
  }
  log.droppedExtras(request.extras, Object.keys(passed));
  if (request.dimensions !== undefined) {
    log.changed("renamed", "dimensions", "dimensions", "outputDimensionality");
  }
  if (to.obligations.includes("zdr-routing"))
    log.refusedForGood("obligation:zdr-routing", "obligation:zdr-routing");

  const texts = request.inputs.filter((input) => typeof input === "string");
  if (texts.length < request.inputs.length) log.refusedForGood("input", "input", "token ids");
  const requests = texts.map((text) => ({
    model: `models/${to.upstreamModel.replace(/^models\//, "")}`,
    content: { parts: [{ text }] },
    outputDimensionality: request.dimensions,
    ...fields,
  }));
  return {
    path: `${modelPath(to.upstreamModel)}:batchEmbedContents`,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ requests }),
    params: log.params,
    unsupported: log.unsupported,
  };
}

export function decodeEmbedding(body: unknown): EmbeddingAnswer {
  if (errorIn(body)) throw decodeError(undefined, body);
  const answer = objectOf(body) ?? {};
  const rows = Array.isArray(answer["embeddings"]) ? answer["embeddings"] : arrayOf([answer["embedding"]]);
  const embeddings = rows.map((row, index) => ({ index, vector: vectorOf(row) }));
  const metadata: JsonObject | undefined = objectOf(answer["usageMetadata"]);
  return { embeddings, usage: metadata ? decodeUsage(metadata) : undefined };
}

function vectorOf(row: unknown): readonly number[] {
  const values = isObject(row) ? row["values"] : undefined;
  if (!Array.isArray(values) || values.some((value) => numberOf(value) === undefined)) {
    throw new WireFault("malformed", "The provider's answer holds no vector.");
  }
  return values as number[];
}
