// Both sides of `POST /v1/embeddings` as clients know it: the body read, the vectors written.
// The REST door calls it. https://platform.openai.com/docs/api-reference/embeddings/create

import type { EmbeddingAnswer, TokenUsage } from "../../core/events.ts";
import type { EmbeddingRequest } from "../../core/request.ts";
import { type JsonObject, isObject } from "../json.ts";
import {
  fieldsBeside,
  invalid,
  notOneOf,
  optionalInteger,
  optionalString,
  requiredString,
  wrongType,
} from "./client-fields.ts";
import { type ClientTags, takeSensitivity } from "./client-tags.ts";

export type EncodingFormat = "float" | "base64";

export interface ClientEmbeddingRequest {
  readonly request: EmbeddingRequest;
  readonly tags: ClientTags;
  readonly encodingFormat: EncodingFormat;
}

/** Throws `Failure` INVALID_REQUEST with the path of what is wrong. */
export function decodeEmbeddingRequest(body: unknown): ClientEmbeddingRequest {
  if (!isObject(body)) throw wrongType(body, "body", "an object");
  const model = requiredString(body, "model");
  if (model === "") throw invalid("You must provide a model parameter.", "model");
  const dimensions = optionalInteger(body, "dimensions", 1, 1_000_000);
  const { metadata, sensitivity } = takeSensitivity(body);
  return {
    request: {
      action: "embed",
      model,
      inputs: decodeInput(body["input"]),
      ...(dimensions === undefined ? {} : { dimensions }),
      extras: { ...fieldsBeside(body, placed), ...(metadata === undefined ? {} : { metadata }) },
    },
    tags: { sensitivity },
    encodingFormat: decodeFormat(body),
  };
}

export function encodeEmbeddingAnswer(
  answer: Pick<EmbeddingAnswer, "embeddings"> & { readonly usage: TokenUsage },
  style: { readonly model: string; readonly encodingFormat: EncodingFormat },
): JsonObject {
  const { input } = answer.usage;
  return {
    object: "list",
    data: answer.embeddings.map(({ index, vector }) => ({
      object: "embedding",
      index,
      embedding: style.encodingFormat === "base64" ? toBase64(vector) : vector,
    })),
    model: style.model,
    usage: { prompt_tokens: input, total_tokens: input },
  };
}

const placed: ReadonlySet<string> = new Set(["model", "input", "dimensions", "encoding_format", "metadata"]);
const most = 2048;

/** A text, tokens, or a list of either. */
function decodeInput(input: unknown): EmbeddingRequest["inputs"] {
  if (typeof input === "string") return [input];
  if (!Array.isArray(input)) throw wrongType(input, "input", "a string or an array");
  if (input.length === 0) throw invalid("Invalid 'input': empty array.", "input");
  if (input.every((token) => Number.isInteger(token))) return [input as number[]];
  if (input.length > most) throw invalid(`Invalid 'input': expected at most ${most} items.`, "input");
  if (input.every((text) => typeof text === "string")) return input;
  const wrong = input.findIndex((tokens) => !isTokens(tokens));
  if (wrong !== -1) throw wrongType(input[wrong], `input[${wrong}]`, "a string or an array of tokens");
  return input as number[][];
}

const isTokens = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((token) => Number.isInteger(token));

function decodeFormat(body: JsonObject): EncodingFormat {
  const format = optionalString(body, "encoding_format") ?? "float";
  if (format !== "float" && format !== "base64") {
    throw notOneOf(format, "encoding_format", ["float", "base64"]);
  }
  return format;
}

/** Little-endian 32-bit floats, which is what every server of the API sends. */
function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString("base64");
}
