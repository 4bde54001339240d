// What whole answers and chunks write the same way: names, enumerations, logprobs, safety, cost.
// Used by `client-answer` and `client-chunks`; everything here keeps to OpenAI's published schemas.

import type { GatheredAnswer, Receipt, Sound } from "../../core/answer.ts";
import type { Deployment } from "../../core/deployment.ts";
import type { FinishReason } from "../../core/events.ts";
import { formatUsd } from "../../core/money.ts";
import { type JsonObject, arrayOf, isObject } from "../json.ts";

export interface AnswerStyle {
  /** Seconds since the epoch. */
  readonly created: number;
  /** Shown where the upstream did not say what answered. */
  readonly requestedModel: string;
  /** Answers in the language before tools: `function_call`. */
  readonly legacyFunctions?: boolean | undefined;
}

export const answerId = (receiptId: string): string => `chatcmpl-${receiptId}`;

/** `cancelled` is never sent: nobody is there to read it. */
export function encodeFinish(reason: FinishReason, legacyFunctions = false): string {
  if (reason === "tool_calls" && legacyFunctions) return "function_call";
  return reason === "budget" || reason === "cancelled" ? "length" : reason;
}

const serviceTiers: ReadonlySet<string> = new Set(["auto", "default", "flex", "scale", "priority", "fast"]);

/** Providers have tiers of their own, such as Groq's `on_demand`, that OpenAI's clients do not know. */
export const knownTier = (tier: string | undefined): string | undefined =>
  tier !== undefined && serviceTiers.has(tier) ? tier : undefined;

/** Entries as the schema wants them, whatever a compatible server left out. */
export function encodeLogprobs(entries: readonly unknown[]): JsonObject | null {
  if (entries.length === 0) return null;
  return { content: logprobEntries(entries), refusal: null };
}

export const logprobEntries = (entries: readonly unknown[]) =>
  entries.filter(isObject).map((entry) => ({
    ...tokenLogprob(entry),
    top_logprobs: arrayOf(entry["top_logprobs"]).filter(isObject).map(tokenLogprob),
  }));

function tokenLogprob({ token, logprob, bytes }: JsonObject) {
  const text = typeof token === "string" ? token : "";
  return {
    token: text,
    logprob: typeof logprob === "number" ? logprob : -9999,
    bytes: Array.isArray(bytes) ? (bytes as readonly unknown[]) : [...Buffer.from(text)],
  };
}

/** Opaque proof travels where Gemini's own compatible endpoint puts it. */
export const encodeSignature = (signature: string | undefined): JsonObject =>
  signature === undefined ? {} : { extra_content: { google: { thought_signature: signature } } };

export const encodeSound = ({ id, base64, expiresAt }: Sound): JsonObject => ({
  id,
  data: base64,
  expires_at: expiresAt,
});

export function encodeNotice(notice: GatheredAnswer["notices"][number]): JsonObject {
  const { choice, categories, redacted, retractFrom, retroactive } = notice;
  return {
    choice,
    categories,
    redacted,
    ...(retractFrom === undefined ? {} : { retract_from: retractFrom }),
    ...(retroactive === true ? { retroactive } : {}),
  };
}

/** For streams: whole answers say it in headers. */
export const encodeAccount = (receipt: Receipt, deployment: Deployment | undefined): JsonObject => ({
  receipt: receipt.id,
  deployment: deployment?.id ?? receipt.deploymentId ?? null,
  cost_usd: receipt.cost === undefined ? null : formatUsd(receipt.cost),
  estimated: receipt.estimated,
  classifiers: receipt.safety.classifiers,
  ...(receipt.safety.notRun.length === 0 ? {} : { not_run: receipt.safety.notRun }),
  ...(receipt.rehearsed === undefined ? {} : { rehearsed: receipt.rehearsed }),
});
