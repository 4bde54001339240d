// Embeddings on the provider's side: the request as it is sent, the vectors as they come back.
// Used by the dialect. Vectors are asked for as numbers, and read as base64 where a server sends that anyway.

import { type Destination, type EncodedRequest, WireFault } from "../../core/dialect.ts";
import type { Embedding, EmbeddingAnswer } from "../../core/events.ts";
import type { EmbeddingRequest } from "../../core/request.ts";
import { decodeEmbeddedError, isErrorBody } from "./error-reading.ts";
import { isObject, arrayOf } from "../json.ts";
import { applyObligations } from "./obligations.ts";
import { sortExtras } from "./request-extras.ts";
import { decodeUsage } from "./usage.ts";

export function encodeEmbedding(request: EmbeddingRequest, to: Destination): EncodedRequest {
  const extras = sortExtras(request.extras, to);
  const obligations = applyObligations(to);
  const body = {
    ...extras.passed,
    ...obligations.fields,
    model: to.upstreamModel,
    input: request.inputs,
    dimensions: request.dimensions,
    encoding_format: "float",
  };
  return {
    path: "/embeddings",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(body),
    params: extras.params,
    unsupported: obligations.unsupported,
  };
}

export function decodeEmbedding(body: unknown): EmbeddingAnswer {
  if (!isObject(body)) throw malformed();
  if (isErrorBody(body)) throw decodeEmbeddedError(body);
  if (!Array.isArray(body["data"])) throw malformed();
  return {
    embeddings: arrayOf(body["data"])
      .map(decodeVector)
      .sort((a, b) => a.index - b.index),
    usage: decodeUsage(body["usage"]),
  };
}

function decodeVector(entry: unknown, position: number): Embedding {
  if (!isObject(entry)) throw malformed();
  const index = typeof entry["index"] === "number" ? entry["index"] : position;
  const vector = entry["embedding"];
  if (typeof vector === "string") return { index, vector: fromBase64(vector) };
  if (!Array.isArray(vector) || !vector.every((value) => typeof value === "number")) throw malformed();
  return { index, vector };
}

/** Little-endian 32-bit floats. */
function fromBase64(text: string): number[] {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length % 4 !== 0) throw malformed();
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}

const malformed = (): WireFault =>
  new WireFault("malformed", "The provider sent something that is no embedding.");
