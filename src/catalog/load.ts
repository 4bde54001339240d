// Brings the catalog's data in, checked. The files are imported, so that a bundle carries them along.
// `main.ts` calls it once at start; it throws a `CatalogFault` that names every bad row.

import aliases from "./data/aliases.json" with { type: "json" };
import anthropic from "./data/anthropic.json" with { type: "json" };
import azureOpenai from "./data/azure-openai.json" with { type: "json" };
import bedrock from "./data/bedrock.json" with { type: "json" };
import deepseek from "./data/deepseek.json" with { type: "json" };
import demo from "./data/demo.json" with { type: "json" };
import fireworks from "./data/fireworks.json" with { type: "json" };
import gemini from "./data/gemini.json" with { type: "json" };
import groq from "./data/groq.json" with { type: "json" };
import mistral from "./data/mistral.json" with { type: "json" };
import models from "./data/models.json" with { type: "json" };
import openai from "./data/openai.json" with { type: "json" };
import openaiModeration from "./data/openai-moderation.json" with { type: "json" };
import openrouter from "./data/openrouter.json" with { type: "json" };
import qwen from "./data/qwen.json" with { type: "json" };
import together from "./data/together.json" with { type: "json" };
import xai from "./data/xai.json" with { type: "json" };
import { checkRows } from "./check.ts";
import { guarantees } from "./guarantees.ts";
import { providers } from "./providers.ts";
import type { CatalogRows, CatalogTables } from "./rows.ts";

/** As shipped, unchecked: for tests that break a row and see it named. */
export const shippedTables: CatalogTables = {
  files: {
    "models.json": models,
    "openai.json": openai,
    "openai-moderation.json": openaiModeration,
    "azure-openai.json": azureOpenai,
    "anthropic.json": anthropic,
    "gemini.json": gemini,
    "mistral.json": mistral,
    "deepseek.json": deepseek,
    "qwen.json": qwen,
    "xai.json": xai,
    "groq.json": groq,
    "together.json": together,
    "fireworks.json": fireworks,
    "openrouter.json": openrouter,
    "bedrock.json": bedrock,
    "demo.json": demo,
  },
  aliases,
  providers,
  guarantees,
};

export const loadRows = (): CatalogRows => checkRows(shippedTables);
