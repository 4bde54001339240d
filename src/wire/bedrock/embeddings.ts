// Writes embedding requests for the models that Bedrock runs by InvokeModel, each family in its own words, and reads the
// vectors. `bedrockDialect` hands it out. Sources, read 2026-11-21: docs.aws.amazon.com/bedrock/latest/userguide
// (model-parameters-titan-embed-text, model-parameters-embed-v3, model-parameters-embed-v4).

import { type Destination, type EncodedRequest, WireFault } from "../../core/dialect.ts";
import { Failure } from "../../core/errors.ts";
import type { EmbeddingAnswer, TokenUsage } from "../../core/events.ts";
import { noUsage } from "../../core/events.ts";
import type { EmbeddingRequest } from "../../core/request.ts";
import { type ChangeLog, createChangeLog } from "../change-log.ts";
import { arrayOf, isObject, type JsonObject, numberOf, objectOf } from "../json.ts";

interface Family {
  readonly models: RegExp;
  /** Texts that one call takes. */
  readonly most: number;
  /** What it calls the length of its vectors; undefined where that is fixed. */
  readonly dimensions: string | undefined;
  /** Of the caller's own fields. */
  readonly passed: readonly string[];
  body(texts: readonly string[], given: JsonObject, log: ChangeLog): JsonObject;
}

/** A region may stand in front: `eu.cohere.embed-v4:0`. */
const families: readonly Family[] = [
  {
    models: /(?:^|\.)amazon\.titan-embed-text-v1/,
    most: 1,
    dimensions: undefined,
    passed: [],
    body: ([inputText]) => ({ inputText }),
  },
  {
    models: /(?:^|\.)amazon\.titan-embed-text/,
    most: 1,
    dimensions: "dimensions",
    passed: ["normalize"],
    body: ([inputText]) => ({ inputText }),
  },
  {
    models: /(?:^|\.)cohere\.embed-v4/,
    most: 96,
    dimensions: "output_dimension",
    passed: cohereFields(),
    body: cohere,
  },
  { models: /(?:^|\.)cohere\.embed-/, most: 96, dimensions: undefined, passed: cohereFields(), body: cohere },
];

function cohereFields(): readonly string[] {
  return ["input_type", "truncate"];
}

/** It wants to know what the vectors are for, and OpenAI's clients do not say. */
const usualPurpose = "search_document";

function cohere(texts: readonly string[], given: JsonObject, log: ChangeLog): JsonObject {
  const purpose = given["input_type"] === undefined ? { input_type: usualPurpose } : {};
  if (given["input_type"] === undefined) log.changed("mapped", "input_type", undefined, usualPurpose);
  return { texts, ...purpose, embedding_types: ["float"] };
}

const familyOf = ({ upstreamModel }: Destination): Family | undefined =>
  families.find(({ models }) => models.test(upstreamModel));

export const mostEmbeddingInputs = (to: Destination): number => familyOf(to)?.most ?? 1;

export function encodeEmbedding(request: EmbeddingRequest, to: Destination): EncodedRequest {
  const family = familyOf(to);
  if (!family) {
    throw new Failure("MODEL_UNAVAILABLE", "This model of Bedrock makes no embeddings that are known here.", {
      fix: "Choose one of Amazon's Titan text embeddings or of Cohere's.",
    });
  }
  const log = createChangeLog();
  const { dimensions, extras } = request;
  log.droppedExtras(extras, family.passed);
  const given = Object.fromEntries(
    family.passed.filter((name) => extras[name] !== undefined).map((name) => [name, extras[name]]),
  );
  for (const name of Object.keys(given)) log.changed("passed", name);
  if (dimensions !== undefined) {
    if (family.dimensions === undefined) log.refused("dimensions", dimensions);
    else if (family.dimensions !== "dimensions")
      log.changed("renamed", "dimensions", "dimensions", family.dimensions);
  }
  if (to.obligations.includes("zdr-routing"))
    log.refusedForGood("obligation:zdr-routing", "obligation:zdr-routing");
  const texts = request.inputs.filter((input) => typeof input === "string");
  if (texts.length < request.inputs.length) log.refusedForGood("input", "input", "token ids");
  const size =
    family.dimensions === undefined || dimensions === undefined ? {} : { [family.dimensions]: dimensions };
  return {
    path: `/model/${encodeURIComponent(to.upstreamModel)}/invoke`,
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ ...family.body(texts, given, log), ...given, ...size }),
    params: log.params,
    unsupported: log.unsupported,
  };
}

export function decodeEmbedding(body: unknown): EmbeddingAnswer {
  const answer = objectOf(body) ?? {};
  const many = answer["embeddings"];
  const rows = isObject(many) ? arrayOf(many["float"]) : Array.isArray(many) ? many : [answer["embedding"]];
  if (rows.length === 0) throw noVector();
  const counted = numberOf(answer["inputTextTokenCount"]);
  return {
    embeddings: rows.map((row, index) => ({ index, vector: vectorOf(row) })),
    usage: counted === undefined ? undefined : ({ ...noUsage, input: counted } satisfies TokenUsage),
  };
}

function vectorOf(row: unknown): readonly number[] {
  if (!Array.isArray(row) || row.length === 0 || row.some((value) => numberOf(value) === undefined))
    throw noVector();
  return row as number[];
}

const noVector = (): WireFault => new WireFault("malformed", "The provider's answer holds no vector.");
