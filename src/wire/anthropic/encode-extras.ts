// Sorts the caller's fields that have no neutral name: those Anthropic has too, and the rest, which is reported.
// The request encoder calls it. A caller's field must never redirect the call or name a tool server.

import type { Destination } from "../../core/dialect.ts";
import type { CompletionRequest, Extras } from "../../core/request.ts";
import type { ChangeLog } from "../change-log.ts";
import { isObject, type JsonObject, rowOf, stringOf } from "../json.ts";

export function encodeExtras(request: CompletionRequest, to: Destination, log: ChangeLog): JsonObject {
  const { extras, words } = request;
  const own = words === "anthropic" ? ownFields : [];
  log.droppedExtras(extras, [...handled, ...own, ...clientFields, ...meaningful]);
  for (const name of meaningful) if (changesMeaning(extras, name)) log.refused(name);
  return {
    metadata: encodeMetadata(extras, to, log),
    service_tier: encodeServiceTier(extras["service_tier"], log),
    cache_control: encodeCacheControl(extras["cache_control"], log),
    ...Object.fromEntries(own.map((name) => [name, extras[name]])),
  };
}

/** `thinking`, `output_config` and `top_k` are written with the parameters that they touch, betas as a header. */
const handled = ["thinking", "output_config", "top_k", "service_tier", "cache_control", "anthropic_beta"];

/** What steers the model alone. Fields that name files, containers or tool servers are not among them. */
const ownFields = ["context_management"];

/** Fields that say who the client's user is. */
const clientFields = ["metadata", "user", "safety_identifier"];

/** Leaving one of these out would answer another question than the caller asked. */
const meaningful = ["audio", "modalities", "web_search_options", "mcp_servers", "container"];

function changesMeaning(extras: Extras, name: string): boolean {
  const value = extras[name];
  if (value === undefined || value === null) return false;
  return !(name === "modalities" && Array.isArray(value) && value.every((modality) => modality === "text"));
}

/** Anthropic knows one field of metadata, `user_id`, and refuses any other. */
function encodeMetadata(extras: Extras, to: Destination, log: ChangeLog): JsonObject | undefined {
  const given = extras["metadata"] ?? {};
  if (!isObject(given)) log.changed("dropped", "metadata");
  const metadata = isObject(given) ? given : {};
  const withheld = to.obligations.includes("no-client-metadata");
  for (const name in metadata) {
    if (name === "user_id" && !withheld) continue;
    if (withheld) log.changed("dropped", `metadata.${name}`);
    else log.refused(`metadata.${name}`);
  }
  const own = stringOf(metadata["user_id"]);
  const named = (["safety_identifier", "user"] as const).filter((name) => extras[name] !== undefined);
  if (own !== undefined && !withheld) log.changed("passed", "metadata.user_id");

  let userId = withheld ? undefined : own;
  for (const name of named) {
    const value = stringOf(extras[name]);
    if (withheld || userId !== undefined || value === undefined) log.changed("dropped", name);
    else {
      log.changed("renamed", name, name, "metadata.user_id");
      userId = value;
    }
  }
  return userId === undefined ? undefined : { user_id: userId };
}

/** OpenAI's words on the left. Anthropic's `auto` is priority capacity where there is some. */
const serviceTiers: Readonly<Record<string, string>> = {
  auto: "auto",
  default: "standard_only",
  priority: "auto",
  standard_only: "standard_only",
};

function encodeServiceTier(asked: unknown, log: ChangeLog): string | undefined {
  if (asked === undefined || asked === null) return undefined;
  const word = stringOf(asked) ?? "";
  const tier = rowOf(serviceTiers, word);
  if (tier === undefined) log.refused("service_tier");
  else if (tier === word) log.changed("passed", "service_tier", tier);
  else log.changed("mapped", "service_tier", word, tier);
  return tier;
}

function encodeCacheControl(asked: unknown, log: ChangeLog): unknown {
  if (asked !== undefined) log.changed("passed", "cache_control");
  return asked;
}
