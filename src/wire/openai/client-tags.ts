// Takes what a body declares of its sensitivity out of it, so that it never goes upstream.
// Used by the client-side decoders; whether the policy knows its labels is for the gateway to say.

import { parseSensitivity, type Sensitivity } from "../../core/sensitivity.ts";
import type { JsonObject } from "../json.ts";
import { invalid, optionalObject, optionalString } from "./client-fields.ts";

export interface ClientTags {
  /** As `confidential+pii`, by `metadata.sensitivity`: for the request as a whole. */
  readonly sensitivity: string | undefined;
}

interface TakenSensitivity {
  /** What else the client wrote there; undefined where that was all. */
  readonly metadata: JsonObject | undefined;
  readonly sensitivity: string | undefined;
}

export function takeSensitivity(body: JsonObject): TakenSensitivity {
  const metadata = optionalObject(body, "metadata");
  if (!metadata) return { metadata: undefined, sensitivity: undefined };
  const sensitivity = optionalString(metadata, "sensitivity", "metadata.");
  const { sensitivity: _taken, ...others } = metadata;
  return { metadata: Object.keys(others).length === 0 ? undefined : others, sensitivity };
}

/** A message's own tag speaks for that message alone, so it stays with it. */
export function decodeTag(message: JsonObject, path: string): Sensitivity | undefined {
  const text = optionalString(message, "sensitivity", `${path}.`);
  if (text === undefined) return undefined;
  const parsed = parseSensitivity(text, anyLabel);
  if (!parsed.ok) throw invalid(`The sensitivity tag ${parsed.problem}.`, `${path}.sensitivity`);
  return parsed.value;
}

const anyLabel = { has: (label: string): boolean => /^[a-z][a-z0-9-]*$/.test(label) };
