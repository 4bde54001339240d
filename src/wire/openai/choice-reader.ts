// Reads one choice of an OpenAI-shaped answer, delta by delta: text, reasoning, refusal, tool calls.
// `answer-reader` keeps one per choice. Its finish is held back to the end, since an error may follow it.

import { WireFault } from "../../core/dialect.ts";
import type { FinishReason, ModelEvent } from "../../core/events.ts";
import { citationsOf } from "./citations.ts";
import { type JsonObject, isObject, arrayOf, objectOf } from "../json.ts";
import { filteredOf, textOf } from "./loose-values.ts";
import { readReasoning, readThinking } from "./reasoning-reader.ts";
import { createSoundReader } from "./sound-reader.ts";
import { createToolCallReader } from "./tool-call-reader.ts";

export interface ChoiceReader {
  read(part: JsonObject, events: ModelEvent[]): void;
  finished(): boolean;
  finish(complete: boolean, events: ModelEvent[]): void;
}

export function createChoiceReader(choice: number): ChoiceReader {
  // Most answers call no tool, and are not spoken.
  let calls: ReturnType<typeof createToolCallReader> | undefined;
  let sound: ReturnType<typeof createSoundReader> | undefined;
  let reason: FinishReason | undefined;
  let saidPlainly = false;
  let filtered: readonly string[] = [];

  function read(part: JsonObject, events: ModelEvent[]): void {
    const delta = objectOf(part["delta"]) ?? objectOf(part["message"]) ?? continuation(part);
    if (delta) {
      saidPlainly = readReasoning(delta, choice, saidPlainly, events);
      readContent(delta["content"], logprobsOf(part), events);
      const refusal = textOf(delta["refusal"]);
      if (refusal !== undefined) events.push({ type: "refusal-delta", choice, text: refusal });
      if (isObject(delta["audio"])) sound ??= createSoundReader(choice);
      const said = sound?.read(delta["audio"]);
      if (said !== undefined) events.push({ type: "text-delta", choice, text: said });
      if (delta["tool_calls"] || delta["function_call"]) calls ??= createToolCallReader(choice);
      calls?.read(delta, events);
      const citations = citationsOf(delta["annotations"]);
      if (citations.length > 0) events.push({ type: "citations", choice, citations });
    }
    const stopped = filteredOf(part["content_filter_results"]);
    if (stopped.length > 0) filtered = stopped;
    const word = textOf(part["finish_reason"]);
    if (word !== undefined) reason = finishReasonOf(word);
  }

  function readContent(content: unknown, logprobs: readonly unknown[], events: ModelEvent[]): void {
    if (Array.isArray(content)) {
      for (const piece of content) if (isObject(piece)) readPiece(piece, events);
    } else if (logprobs.length > 0) {
      events.push({ type: "text-delta", choice, text: textOf(content) ?? "", logprobs });
    } else if (typeof content === "string" && content !== "") {
      events.push({ type: "text-delta", choice, text: content });
    }
  }

  /** Mistral's content arrays. */
  function readPiece(piece: JsonObject, events: ModelEvent[]): void {
    if (piece["type"] === "thinking") readThinking(piece, choice, events);
    else if (piece["type"] === "reference") events.push({ type: "citations", choice, citations: [piece] });
    else readContent(piece["text"], [], events);
  }

  function finish(complete: boolean, events: ModelEvent[]): void {
    if (reason === undefined && !complete) {
      throw new WireFault("truncated", "The provider's answer broke off without a finish reason.");
    }
    calls?.finish(events);
    sound?.finish(events);
    events.push({
      type: "choice-finish",
      choice,
      reason: reason ?? (calls && calls.count() > 0 ? "tool_calls" : "stop"),
      ...(filtered.length > 0 ? { filtered } : {}),
    });
  }

  return { read, finished: () => reason !== undefined, finish };
}

/** The older completions say a text and nothing else. */
const continuation = ({ text }: JsonObject): JsonObject | undefined =>
  typeof text === "string" ? { content: text } : undefined;

function logprobsOf(part: JsonObject): readonly unknown[] {
  const logprobs = objectOf(part["logprobs"]);
  if (!logprobs) return [];
  if (Array.isArray(logprobs["content"])) return logprobs["content"];
  // Together has the form of the older completions: https://docs.together.ai/docs/logprobs
  const values = arrayOf(logprobs["token_logprobs"]);
  const tops = arrayOf(logprobs["top_logprobs"]);
  return arrayOf(logprobs["tokens"]).map((token, index) => ({
    token,
    logprob: values[index],
    ...(isObject(tops[index]) ? { top_logprobs: listed(tops[index]) } : {}),
  }));
}

const listed = (top: JsonObject): readonly JsonObject[] =>
  Object.entries(top).map(([token, logprob]) => ({ token, logprob }));

/** Reasons that are not OpenAI's own, by lower-case name. */
const finishReasons: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  length: "length",
  tool_calls: "tool_calls",
  function_call: "tool_calls",
  content_filter: "content_filter",
  max_tokens: "length",
  model_length: "length",
  max_output_tokens: "length",
  tool_use: "tool_calls",
  safety: "content_filter",
  sensitive: "content_filter",
  refusal: "content_filter",
  recitation: "content_filter",
};

/** The provider gave up: no answer of its own, whatever was said before. */
const failures: ReadonlySet<string> = new Set([
  "error",
  "abort",
  "network_error",
  "insufficient_system_resource",
  "malformed_function_call",
]);

function finishReasonOf(word: string): FinishReason {
  const name = word.toLowerCase();
  if (failures.has(name)) throw new WireFault("error", "The provider gave up in the middle of its answer.");
  return finishReasons[name] ?? "stop";
}
