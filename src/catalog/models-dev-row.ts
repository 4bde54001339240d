// Turns one model of a models.dev document into our words for facts and prices; whatever it holds.
// `models-dev.ts` checks what comes out, so nothing here needs to trust or refuse what goes in.

import { capabilities, modalities } from "../core/deployment.ts";
import type { Capability, Modality } from "../core/deployment.ts";
import { judgesTexts } from "./classifiers.ts";
import { isRecord } from "./shapes.ts";

type Row = Readonly<Record<string, unknown>>;

export function readFacts(name: string, row: Row): Record<string, unknown> {
  const limit = isRecord(row["limit"]) ? row["limit"] : {};
  const embeds = /embed/.test(name);
  const inputs = words(row["modalities"], "input").filter(isModality);
  const outputs = embeds ? ["embedding"] : words(row["modalities"], "output").filter(isModality);
  const able: Readonly<Record<Capability, boolean>> = {
    TOOLS: row["tool_call"] === true,
    VISION: inputs.includes("image"),
    AUDIO: inputs.includes("audio") || outputs.includes("audio"),
    VIDEO: inputs.includes("video"),
    DOCUMENTS: inputs.includes("pdf"),
    REASONING: row["reasoning"] === true,
    JSON_SCHEMA: row["structured_output"] === true,
    EMBEDDING: embeds,
    IMAGE_OUTPUT: outputs.includes("image"),
    MODERATION: judgesTexts(name),
  };
  return present({
    name: nameOf(row["name"] ?? name),
    family: row["family"],
    capabilities: capabilities.filter((capability) => able[capability]),
    inputModalities: inputs,
    outputModalities: outputs,
    contextTokens: limit["context"] === 0 ? undefined : limit["context"],
    maxOutputTokens: embeds || limit["output"] === 0 ? undefined : limit["output"],
    knowledge: row["knowledge"],
    released: row["release_date"],
    status: statusOf(name, row["status"]),
    openWeights: row["open_weights"] === true,
  });
}

const nameOf = (name: unknown): unknown =>
  typeof name === "string" ? name.replace(/ \(latest\)$/, "").trim() : name;

const statusOf = (name: string, status: unknown): unknown => {
  if (status === "beta" || status === "alpha") return "preview";
  if (status !== undefined) return status;
  return /preview/.test(name) ? "preview" : "active";
};

/** Written as models.dev writes it; the shape check sees whatever was there. */
export function readPrice(cost: unknown): Record<string, unknown> {
  if (!isRecord(cost)) return { inputUsdPerMillion: cost };
  const tiers = Array.isArray(cost["tiers"]) ? cost["tiers"].map(readTier) : [];
  const over200 = cost["context_over_200k"];
  if (tiers.length === 0 && isRecord(over200)) tiers.push({ aboveInputTokens: 200_000, ...rates(over200) });
  return {
    ...rates(cost),
    ...present({
      audioInputUsdPerMillion: cost["input_audio"],
      audioOutputUsdPerMillion: cost["output_audio"],
      reasoningUsdPerMillion: cost["reasoning"],
    }),
    tiers: tiers.sort((a, b) => Number(a["aboveInputTokens"]) - Number(b["aboveInputTokens"])),
  };
}

function readTier(entry: unknown): Record<string, unknown> {
  if (!isRecord(entry)) return { aboveInputTokens: entry };
  const tier = isRecord(entry["tier"]) ? entry["tier"] : {};
  return { aboveInputTokens: tier["size"], ...rates(entry) };
}

function rates(cost: Row): Record<string, unknown> {
  const cached = cost["cache_read"] ?? cost["cached_input"];
  return present({
    inputUsdPerMillion: cost["input"],
    outputUsdPerMillion: cost["output"],
    // A free cache beside paid input means that nobody wrote a price down: the whole input is billed.
    cachedInputUsdPerMillion: cached === 0 && cost["input"] !== 0 ? undefined : cached,
    cacheWriteUsdPerMillion: cost["cache_write"],
  });
}

const present = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined && value !== null));

export const words = (value: unknown, field: string): readonly string[] => {
  // Absent means what it has meant since the first of them: text.
  if (value === undefined) return ["text"];
  const list = isRecord(value) ? value[field] : undefined;
  return Array.isArray(list) ? list.filter((word) => typeof word === "string") : [];
};

const isModality = (word: string): word is Modality => (modalities as readonly string[]).includes(word);
