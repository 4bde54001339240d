// Sorts the caller's fields that have no neutral name: those Gemini has too, and the rest, which is reported.
// The request encoder calls it. A caller's field must never redirect the call or name stored content.

import type { Extras } from "../../core/request.ts";
import { type ChangeLog, switchOrNumber } from "../change-log.ts";
import { arrayOf, type JsonObject, rowOf } from "../json.ts";

export interface EncodedExtras {
  readonly body: JsonObject;
  readonly generationConfig: JsonObject;
}

/** Under both spellings: Google's own, and the one that clients of its OpenAI-compatible endpoint write. */
const places: Readonly<Record<string, readonly ["body" | "generationConfig", string]>> = {
  safetySettings: ["body", "safetySettings"],
  safety_settings: ["body", "safetySettings"],
  top_k: ["generationConfig", "topK"],
  topK: ["generationConfig", "topK"],
  mediaResolution: ["generationConfig", "mediaResolution"],
  media_resolution: ["generationConfig", "mediaResolution"],
  imageConfig: ["generationConfig", "imageConfig"],
};

/** Leaving one of these out would answer another question than the caller asked. */
const meaningful = ["audio", "web_search_options"];

/** `encodeThinking` writes the first two. */
const handled = ["thinkingConfig", "thinking_config", "modalities"];

export function encodeExtras(extras: Extras, log: ChangeLog): EncodedExtras {
  const encoded = { body: {} as Record<string, unknown>, generationConfig: {} as Record<string, unknown> };
  for (const [name, value] of Object.entries(extras)) {
    const place = rowOf(places, name);
    if (!place || value === undefined || value === null) continue;
    const [section, field] = place;
    encoded[section][field] = value;
    const to = section === "body" ? field : `${section}.${field}`;
    if (field === name) log.changed("passed", name, switchOrNumber(value));
    else log.changed("renamed", name, name, to);
  }
  const modalities = encodeModalities(extras["modalities"], log);
  if (modalities) encoded.generationConfig["responseModalities"] = modalities;
  for (const name of meaningful) {
    if (extras[name] !== undefined && extras[name] !== null) log.refused(name);
  }
  log.droppedExtras(extras, [...Object.keys(places), ...meaningful, ...handled]);
  return encoded;
}

/** Text is what comes anyway; spoken answers have no place in the neutral events. */
function encodeModalities(asked: unknown, log: ChangeLog): readonly string[] | undefined {
  if (asked !== undefined && asked !== null && !Array.isArray(asked)) log.changed("dropped", "modalities");
  const modalities = arrayOf(asked).filter((modality) => typeof modality === "string");
  if (modalities.includes("audio")) log.refused("modalities", "audio");
  if (!modalities.includes("image")) return undefined;
  log.changed("mapped", "modalities", "image", "generationConfig.responseModalities");
  return modalities.filter((modality) => modality !== "audio").map((modality) => modality.toUpperCase());
}
