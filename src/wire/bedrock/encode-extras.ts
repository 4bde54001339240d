// Sorts the caller's fields that have no neutral name: those Converse has too, and the rest, which is reported.
// The request encoder calls it. A caller's field must never name a guardrail, a prompt or a place of the account.

import type { Destination } from "../../core/dialect.ts";
import type { CompletionRequest } from "../../core/request.ts";
import type { ChangeLog } from "../change-log.ts";
import { isObject, type JsonObject, rowOf, stringOf } from "../json.ts";
import { familyOf } from "./model-traits.ts";

/** Claude's `thinking` and `top_k` are written with the parameters that they touch. */
const claudeOnly = ["thinking", "top_k"];

export function encodeExtras({ extras }: CompletionRequest, to: Destination, log: ChangeLog): JsonObject {
  const handled = familyOf(to.upstreamModel).claude ? claudeOnly : [];
  log.droppedExtras(extras, [...handled, "metadata", "service_tier"]);
  return {
    requestMetadata: encodeMetadata(extras["metadata"], to, log),
    serviceTier: encodeTier(extras["service_tier"], log),
  };
}

/** It shows in the account's own invocation log and nowhere else. */
function encodeMetadata(asked: unknown, to: Destination, log: ChangeLog): JsonObject | undefined {
  if (asked === undefined || asked === null) return undefined;
  const words = isObject(asked) ? Object.entries(asked) : [];
  if (to.obligations.includes("no-client-metadata")) {
    log.changed("dropped", "metadata");
    return undefined;
  }
  if (words.length === 0 || words.some(([, value]) => typeof value !== "string")) {
    log.refused("metadata");
    return undefined;
  }
  log.changed("renamed", "metadata", "metadata", "requestMetadata");
  return Object.fromEntries(words);
}

/** OpenAI's words on the left; `auto` is what happens anyway. */
const tiers: Readonly<Record<string, string>> = { default: "default", priority: "priority", flex: "flex" };

function encodeTier(asked: unknown, log: ChangeLog): JsonObject | undefined {
  if (asked === undefined || asked === null) return undefined;
  const type = rowOf(tiers, stringOf(asked));
  if (type !== undefined) {
    log.changed("renamed", "service_tier", type, `serviceTier.type=${type}`);
    return { type };
  }
  if (asked === "auto") log.changed("dropped", "service_tier");
  else log.refused("service_tier");
  return undefined;
}
