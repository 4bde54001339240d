// Decodes Anthropic's answers, whole or streamed, into the neutral events.
// `anthropicDialect` hands it out. https://platform.claude.com/docs/en/build-with-claude/streaming

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
import { type AnswerPosition, type BlockReader, openBlock } from "./decode-block.ts";
import { decodeError } from "./decode-error.ts";
import { createUsageReader } from "./decode-usage.ts";

export function decodeCompletion(body: unknown): readonly ModelEvent[] {
  if (isObject(body) && body["type"] === "error") throw decodeError(undefined, body);
  if (!isObject(body) || !Array.isArray(body["content"])) throw notAnAnswer();
  const answer = createAnswer();
  const events: ModelEvent[] = [];
  answer.begin(body, events);
  for (const [index, block] of arrayOf(body["content"]).entries()) {
    if (!isObject(block)) throw notAnAnswer();
    answer.openBlock(index, block, events);
    answer.closeBlock(index, events);
  }
  answer.conclude(body, body["usage"], events);
  answer.finish(events);
  return events;
}

export function decodeStream(): StreamDecoder {
  const answer = createAnswer();

  function push(event: ServerEvent): readonly ModelEvent[] {
    // Proxies that speak OpenAI elsewhere close with its mark here too.
    if (event.data === "[DONE]") return [];
    const data = parseJson(event.data);
    if (!isObject(data)) throw notAnAnswer();
    const type = stringOf(data["type"]) ?? event.event ?? "";
    if (type === "error" || isObject(data["error"])) throw decodeError(undefined, data);
    const events: ModelEvent[] = [];
    rowOf(steps, type)?.(answer, data, events);
    return events;
  }

  return {
    push,
    over: answer.finished,
    end() {
      if (answer.finished()) return [];
      const events: ModelEvent[] = [];
      // With its reason said and every block closed, only the mark of the end is missing.
      if (answer.concluded()) answer.finish(events);
      if (events.length > 0) return events;
      throw new WireFault("truncated", "The provider's answer broke off before its end.");
    },
  };
}

/** `ping` and event types of the future do nothing: "your code should handle unknown event types gracefully". */
const steps: Readonly<Record<string, (answer: Answer, data: JsonObject, events: ModelEvent[]) => void>> = {
  message_start: (answer, data, events) => answer.begin(objectOf(data["message"]) ?? {}, events),
  content_block_start: (answer, data, events) =>
    answer.openBlock(indexOf(data), objectOf(data["content_block"]) ?? {}, events),
  content_block_delta: (answer, data, events) =>
    answer.continueBlock(indexOf(data), objectOf(data["delta"]) ?? {}, events),
  content_block_stop: (answer, data, events) => answer.closeBlock(indexOf(data), events),
  message_delta: (answer, data, events) =>
    answer.conclude(objectOf(data["delta"]) ?? {}, data["usage"], events),
  message_stop(answer, data, events) {
    answer.count(data["usage"], events);
    answer.finish(events);
  },
};

const indexOf = (data: JsonObject): number => numberOf(data["index"]) ?? 0;

type Answer = ReturnType<typeof createAnswer>;

function createAnswer() {
  const usage = createUsageReader();
  const position: AnswerPosition = { calls: 0, offset: 0 };
  const open = new Map<number, BlockReader>();
  let begun = false;
  let done = false;
  let word: string | undefined;
  let stopSequence: string | undefined;

  function count(counts: unknown, events: ModelEvent[]): void {
    if (!isObject(counts)) return;
    usage.read(counts);
    const total = usage.total();
    if (total) events.push({ type: "usage", usage: total });
  }

  return {
    count,
    finished: () => done,
    concluded: () => word !== undefined && open.size === 0,

    /** Some proxies send `message_start` twice: only the counts of the second are news. */
    begin(message: JsonObject, events: ModelEvent[]): void {
      if (!begun) {
        events.push({
          type: "answer-begin",
          upstreamId: stringOf(message["id"]),
          upstreamModel: stringOf(message["model"]),
          serviceTier: stringOf(objectOf(message["usage"])?.["service_tier"]),
        });
      }
      begun = true;
      if (message["stop_reason"] === undefined || message["stop_reason"] === null) {
        count(message["usage"], events);
      }
    },

    openBlock(index: number, block: JsonObject, events: ModelEvent[]): void {
      open.get(index)?.stop(events);
      open.set(index, openBlock(block, position, events));
    },

    continueBlock(index: number, delta: JsonObject, events: ModelEvent[]): void {
      const reader = open.get(index);
      if (!reader) throw new WireFault("malformed", "The provider continued a block that it never began.");
      reader.delta(delta, events);
    },

    closeBlock(index: number, events: ModelEvent[]): void {
      open.get(index)?.stop(events);
      open.delete(index);
    },

    conclude(message: JsonObject, counts: unknown, events: ModelEvent[]): void {
      const said = stringOf(message["stop_reason"]);
      word = said ?? word;
      stopSequence = stringOf(message["stop_sequence"]) ?? stopSequence;
      const explanation = stringOf(objectOf(message["stop_details"])?.["explanation"]);
      if (explanation !== undefined && explanation !== "" && said === "refusal") {
        events.push({ type: "refusal-delta", choice: 0, text: explanation });
      }
      count(counts, events);
    },

    /** Held back to `message_stop`: what breaks off before it has no finish. */
    finish(events: ModelEvent[]): void {
      if (done) return;
      if (!begun) throw notAnAnswer();
      done = true;
      for (const reader of open.values()) reader.stop(events);
      open.clear();
      const natural = position.calls > 0 ? "tool_calls" : "stop";
      const known = rowOf(finishReasons, word);
      events.push({
        type: "choice-finish",
        choice: 0,
        reason: known ?? (word === undefined ? natural : "stop"),
        ...(known === undefined ? {} : { word }),
        ...(stopSequence === undefined ? {} : { stopSequence }),
      });
    },
  };
}

/** https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons */
const finishReasons: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  refusal: "content_filter",
};

const notAnAnswer = (): WireFault => new WireFault("malformed", "The provider's answer is not a message.");
