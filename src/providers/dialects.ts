// The table of wire dialects. Adding one is a row here and a folder in `wire/`.

import type { Deployment, DialectName } from "../core/deployment.ts";
import type { Dialect } from "../core/dialect.ts";
import { anthropicDialect } from "../wire/anthropic/dialect.ts";
import { azureDialect } from "../wire/azure/dialect.ts";
import { bedrockDialect } from "../wire/bedrock/dialect.ts";
import { geminiDialect } from "../wire/gemini/dialect.ts";
import { openaiDialect } from "../wire/openai/dialect.ts";
import { azureResponsesDialect, responsesDialect } from "../wire/responses/upstream-dialect.ts";

/** What a deployment speaks. */
export const dialectOf = ({ dialect, provider }: Deployment): DialectName => dialect ?? provider.dialect;

export const dialects: Readonly<Record<Exclude<DialectName, "demo">, Dialect>> = {
  openai: openaiDialect,
  azure: azureDialect,
  responses: responsesDialect,
  "azure-responses": azureResponsesDialect,
  anthropic: anthropicDialect,
  gemini: geminiDialect,
  bedrock: bedrockDialect,
};
