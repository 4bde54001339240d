// The addresses of OpenAI's dialect that classifiers are asked at beside chats: `/moderations`, and `/completions`
// with a raw prompt. Used by the dialect. It carries what was said either way and reads no verdict in it.

import { type Destination, type EncodedRequest, WireFault } from "../../core/dialect.ts";
import { noUsage } from "../../core/events.ts";
import type { ModerationAnswer, RawModerationCall } from "../../core/moderation.ts";
import { arrayOf, isObject, type JsonObject } from "../json.ts";
import { decodeEmbeddedError, isErrorBody } from "./error-reading.ts";
import { applyObligations } from "./obligations.ts";
import { decodeUsage } from "./usage.ts";

export function encodeModeration(call: RawModerationCall, to: Destination): EncodedRequest {
  const obligations = applyObligations(to);
  const fields =
    call.type === "completion"
      ? { prompt: call.prompt, max_tokens: call.maxOutputTokens, temperature: 0 }
      : { input: call.text };
  return {
    path: call.type === "completion" ? "/completions" : "/moderations",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ ...obligations.fields, model: to.upstreamModel, ...fields }),
    params: [],
    unsupported: obligations.unsupported,
  };
}

export function decodeModeration(call: RawModerationCall, body: unknown): ModerationAnswer {
  if (!isObject(body)) throw malformed();
  if (isErrorBody(body)) throw decodeEmbeddedError(body);
  const usage = decodeUsage(body["usage"]) ?? noUsage;
  if (call.type === "moderation") return { ...decodeScores(body), usage };
  const [choice, ...more] = arrayOf(body["choices"]);
  if (!isObject(choice) || typeof choice["text"] !== "string" || more.length > 0) throw malformed();
  return { type: "text", text: choice["text"], usage };
}

function decodeScores(
  body: JsonObject,
): Pick<Extract<ModerationAnswer, { type: "scores" }>, "type" | "flagged" | "categories" | "scores"> {
  const [result, ...more] = arrayOf(body["results"]);
  if (!isObject(result) || more.length > 0) throw malformed();
  const { flagged, categories, category_scores: scores } = result;
  if (typeof flagged !== "boolean" || !isObject(categories)) throw malformed();
  return {
    type: "scores",
    flagged,
    categories: every(categories, (value) => typeof value === "boolean"),
    scores: isObject(scores) ? every(scores, (value) => typeof value === "number") : {},
  };
}

/** `null` stands where a category does not apply. */
function every<T>(fields: JsonObject, isRight: (value: unknown) => value is T): Readonly<Record<string, T>> {
  const present = Object.entries(fields).filter(([, value]) => value !== null);
  if (!present.every((entry): entry is [string, T] => isRight(entry[1]))) throw malformed();
  return Object.fromEntries(present);
}

const malformed = (): WireFault =>
  new WireFault("malformed", "The provider sent something that is no moderation.");
