// How a classifier is asked over the OpenAI wire: as a chat, as a raw prompt, or at `/moderations`.
// Used by the dialect. It carries what was said either way and reads no verdict in it.

import { type Destination, type EncodedRequest, WireFault } from "../../core/dialect.ts";
import { type ModelEvent, noUsage } from "../../core/events.ts";
import type { ModerationAnswer, ModerationCall, ModerationTurn } from "../../core/moderation.ts";
import type { CompletionRequest, Message } from "../../core/request.ts";
import { arrayOf, isObject, type JsonObject } from "../json.ts";
import { createAnswerReader } from "./answer-reader.ts";
import { decodeEmbeddedError, isErrorBody } from "./error-reading.ts";
import { applyObligations } from "./obligations.ts";
import { encodeCompletion } from "./request-encoding.ts";
import { decodeUsage } from "./usage.ts";

export function encodeModeration(call: ModerationCall, to: Destination): EncodedRequest {
  if (call.type === "chat") return encodeCompletion(asCompletion(call, to), to);
  const model = to.upstreamModel;
  return call.type === "completion"
    ? plain("/completions", to, {
        model,
        prompt: call.prompt,
        max_tokens: call.maxOutputTokens,
        temperature: 0,
      })
    : plain("/moderations", to, { model, input: call.text });
}

export function decodeModeration(call: ModerationCall, body: unknown): ModerationAnswer {
  if (!isObject(body)) throw malformed();
  if (isErrorBody(body)) throw decodeEmbeddedError(body);
  if (call.type === "chat") return decodeChat(body);
  const usage = decodeUsage(body["usage"]) ?? noUsage;
  if (call.type === "moderation") return { ...decodeScores(body), usage };
  const [choice, ...more] = arrayOf(body["choices"]);
  if (!isObject(choice) || typeof choice["text"] !== "string" || more.length > 0) throw malformed();
  return { type: "text", text: choice["text"], usage };
}

function asCompletion(
  { turns, maxOutputTokens, fields = {} }: Extract<ModerationCall, { type: "chat" }>,
  { upstreamModel }: Destination,
): CompletionRequest {
  return {
    action: "complete",
    model: upstreamModel,
    messages: turns.map(messageOf),
    stream: false,
    n: 1,
    temperature: 0,
    maxOutputTokens,
    extras: fields,
  };
}

function messageOf({ role, text }: ModerationTurn): Message {
  const parts = [{ type: "text" as const, text }];
  return role === "assistant" ? { role, parts, toolCalls: [], reasoning: [] } : { role, parts };
}

function plain(path: string, to: Destination, fields: JsonObject): EncodedRequest {
  const obligations = applyObligations(to);
  return {
    path,
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ ...obligations.fields, ...fields }),
    params: [],
    unsupported: obligations.unsupported,
  };
}

/** What it thought before it answered is no verdict. */
function decodeChat(body: JsonObject): ModerationAnswer {
  const reader = createAnswerReader();
  const events: readonly ModelEvent[] = [...reader.read(body), ...reader.finish(true)];
  let text = "";
  let usage = noUsage;
  for (const event of events) {
    if (event.type === "text-delta" && event.choice === 0) text += event.text;
    else if (event.type === "usage") usage = event.usage;
  }
  return { type: "text", text, usage };
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
