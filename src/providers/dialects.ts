// The table of wire dialects. Adding one is a row here and a folder in `wire/`.

import type { Deployment, DialectName } from "../core/deployment.ts";
import type { Dialect } from "../core/dialect.ts";
import type { ModelRequest } from "../core/request.ts";
import { anthropicDialect } from "../wire/anthropic/dialect.ts";
import { azureDialect } from "../wire/azure/dialect.ts";
import { bedrockDialect } from "../wire/bedrock/dialect.ts";
import { geminiDialect } from "../wire/gemini/dialect.ts";
import { openaiDialect } from "../wire/openai/dialect.ts";
import { azureResponsesDialect, responsesDialect } from "../wire/responses/upstream-dialect.ts";

/** What a deployment speaks. */
export const dialectOf = ({ dialect, provider }: Deployment): DialectName => dialect ?? provider.dialect;

/**
 * What one request is said in. Tools that OpenAI runs are known to the newer of its two wires alone, which is there
 * beside the older at OpenAI and at Azure.
 */
export function dialectFor(deployment: Deployment, request: ModelRequest): DialectName {
  const usual = dialectOf(deployment);
  if (request.action !== "complete" || request.words !== "responses") return usual;
  return newerWire[`${deployment.provider.id} ${usual}`] ?? usual;
}

const newerWire: Readonly<Record<string, DialectName>> = {
  "openai openai": "responses",
  "azure-openai azure": "azure-responses",
};

export const dialects: Readonly<Record<Exclude<DialectName, "demo">, Dialect>> = {
  openai: openaiDialect,
  azure: azureDialect,
  responses: responsesDialect,
  "azure-responses": azureResponsesDialect,
  anthropic: anthropicDialect,
  gemini: geminiDialect,
  bedrock: bedrockDialect,
};
