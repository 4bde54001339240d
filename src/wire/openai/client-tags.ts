// Takes what a body declares of its sensitivity out of it, so that it never goes upstream.
// Used by the client-side decoders; whether a tag is well formed is for the gateway to say.

import { higherLevel, isLevel } from "../../core/sensitivity.ts";
import type { JsonObject } from "../json.ts";
import { optionalObject, optionalString } from "./client-fields.ts";

export interface ClientTags {
  /** As `confidential+pii`: by `metadata.sensitivity` and by single messages, joined. */
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

/** The highest level and all labels. A tag that starts with no level is handed on alone, to be refused by name. */
export function joinTags(tags: readonly (string | undefined)[]): string | undefined {
  const declared = tags.filter((tag) => tag !== undefined);
  return declared.length < 2 ? declared[0] : declared.reduce(joinTwo);
}

function joinTwo(first: string, second: string): string {
  const [firstLevel, ...firstLabels] = first.split("+");
  const [secondLevel, ...secondLabels] = second.split("+");
  if (!isLevel(firstLevel)) return first;
  if (!isLevel(secondLevel)) return second;
  return [higherLevel(firstLevel, secondLevel), ...new Set([...firstLabels, ...secondLabels])].join("+");
}
