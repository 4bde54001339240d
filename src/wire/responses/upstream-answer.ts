// Reads answers of an upstream that speaks the Responses API, whole or event by event, into the neutral events.
// The dialect makes one reader per answer. Items of tools that the provider ran come whole, when they are done.
// https://platform.openai.com/docs/api-reference/responses-streaming

import { type ServerEvent, type StreamDecoder, WireFault } from "../../core/dialect.ts";
import type { FinishReason, ModelEvent } from "../../core/events.ts";
import {
  arrayOf,
  isObject,
  type JsonObject,
  numberOf,
  objectOf,
  parseJson,
  rowOf,
  stringOf,
} from "../json.ts";
import { decodeEmbeddedError, isErrorBody } from "../openai/error-reading.ts";
import { decodeUsage } from "../openai/usage.ts";
import { createItemReader } from "./upstream-output.ts";

export function decodeCompletion(body: unknown): readonly ModelEvent[] {
  if (!isObject(body)) throw notAnAnswer();
  if (isErrorBody(body)) throw decodeEmbeddedError(body);
  if (!Array.isArray(body["output"])) throw notAnAnswer();
  const answer = createAnswer();
  const events: ModelEvent[] = [];
  answer.begin(body, events);
  for (const [index, item] of arrayOf(body["output"]).entries()) {
    if (isObject(item)) answer.items.done(index, item, events);
  }
  answer.conclude(body, events);
  return events;
}

export function decodeStream(): StreamDecoder {
  const answer = createAnswer();

  function push({ event, data }: ServerEvent): readonly ModelEvent[] {
    if (answer.over() || data.trim() === "" || data.startsWith("[DONE]")) return [];
    const body = parseJson(data);
    if (!isObject(body)) throw notAnAnswer();
    const type = stringOf(body["type"]) ?? event ?? "";
    if (type === "error" || (type === "" && isErrorBody(body))) throw decodeEmbeddedError(body);
    const events: ModelEvent[] = [];
    rowOf(steps, type)?.(answer, body, events);
    return events;
  }

  return {
    push,
    over: answer.over,
    end() {
      if (answer.over()) return [];
      throw new WireFault("truncated", "The provider's answer broke off before its end.");
    },
  };
}

type Answer = ReturnType<typeof createAnswer>;
type Step = (answer: Answer, body: JsonObject, events: ModelEvent[]) => void;

const begin: Step = (answer, body, events) => answer.begin(objectOf(body["response"]) ?? {}, events);
const conclude: Step = (answer, body, events) => {
  begin(answer, body, events);
  answer.conclude(objectOf(body["response"]) ?? {}, events);
};
const indexOf = (body: JsonObject): number => numberOf(body["output_index"]) ?? 0;
const itemOf = (body: JsonObject): JsonObject => objectOf(body["item"]) ?? {};

/** What is done at its end anyway, and events of the future, do nothing. */
const steps: Readonly<Record<string, Step>> = {
  "response.created": begin,
  "response.in_progress": begin,
  "response.output_item.added": (answer, body, events) =>
    answer.items.added(indexOf(body), itemOf(body), events),
  "response.output_text.delta": (answer, body, events) => answer.items.text(indexOf(body), body, events),
  "response.refusal.delta": (answer, body, events) => answer.items.refusal(indexOf(body), body, events),
  "response.output_text.annotation.added": (answer, body, events) =>
    answer.items.cited(indexOf(body), body["annotation"], events),
  "response.reasoning_summary_part.added": (answer, body, events) =>
    answer.items.thoughtPart(indexOf(body), events),
  "response.reasoning_summary_text.delta": (answer, body, events) =>
    answer.items.thought(indexOf(body), body["delta"], events),
  "response.reasoning_text.delta": (answer, body, events) =>
    answer.items.thought(indexOf(body), body["delta"], events),
  "response.function_call_arguments.delta": (answer, body, events) =>
    answer.items.callArguments(indexOf(body), body["delta"], events),
  "response.custom_tool_call_input.delta": (answer, body, events) =>
    answer.items.callArguments(indexOf(body), body["delta"], events),
  "response.output_item.done": (answer, body, events) =>
    answer.items.done(indexOf(body), itemOf(body), events),
  "response.completed": conclude,
  "response.incomplete": conclude,
  "response.failed": conclude,
};

function createAnswer() {
  const items = createItemReader();
  let begun = false;
  let over = false;

  return {
    items,
    over: () => over,

    begin(response: JsonObject, events: ModelEvent[]): void {
      if (begun) return;
      begun = true;
      events.push({
        type: "answer-begin",
        upstreamId: stringOf(response["id"]),
        upstreamModel: stringOf(response["model"]),
        serviceTier: stringOf(response["service_tier"]),
      });
    },

    conclude(response: JsonObject, events: ModelEvent[]): void {
      if (isObject(response["error"]) || response["status"] === "failed") throw decodeEmbeddedError(response);
      if (unfinished.has(stringOf(response["status"]) ?? "")) throw notAnAnswer();
      const usage = decodeUsage(response["usage"]);
      const toolUses = items.toolUses(usesPreview(response));
      if (usage) events.push({ type: "usage", usage: toolUses ? { ...usage, toolUses } : usage });
      const why = stringOf(objectOf(response["incomplete_details"])?.["reason"]);
      const natural: FinishReason = items.calls() > 0 ? "tool_calls" : "stop";
      events.push({ type: "choice-finish", choice: 0, reason: rowOf(incompleteReasons, why) ?? natural });
      over = true;
    },
  };
}

const incompleteReasons: Readonly<Record<string, FinishReason>> = {
  max_output_tokens: "length",
  content_filter: "content_filter",
};

/** Nobody asked for an answer to be fetched later. */
const unfinished: ReadonlySet<string> = new Set(["queued", "in_progress", "cancelled"]);

const notAnAnswer = (): WireFault => new WireFault("malformed", "The provider's answer is no response.");

/** The first version of the search has fees of its own. */
const usesPreview = ({ tools }: JsonObject): boolean =>
  arrayOf(tools).some((tool) => isObject(tool) && stringOf(tool["type"])?.startsWith("web_search_preview"));
