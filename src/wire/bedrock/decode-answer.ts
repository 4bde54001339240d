// Decodes Converse's answers, whole or streamed, into the neutral events.
// `bedrockDialect` hands it out. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html

import { type ServerEvent, type StreamDecoder, WireFault } from "../../core/dialect.ts";
import type { FinishReason, ModelEvent, TokenUsage } from "../../core/events.ts";
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
import { createBlockReader } from "./decode-block.ts";
import { decodeException } from "./decode-error.ts";

export function decodeCompletion(body: unknown): readonly ModelEvent[] {
  const message = objectOf(objectOf(objectOf(body)?.["output"])?.["message"]);
  if (!isObject(body) || !message || !Array.isArray(message["content"])) throw notAnAnswer();
  const answer = createAnswer();
  const events: ModelEvent[] = [];
  answer.begin(events);
  for (const block of arrayOf(message["content"])) {
    if (!isObject(block)) throw notAnAnswer();
    answer.blocks.whole(block, events);
  }
  answer.stop(body);
  answer.count(body, events);
  answer.finish(events);
  return events;
}

export function decodeStream(): StreamDecoder {
  const answer = createAnswer();

  function push({ event = "", data }: ServerEvent): readonly ModelEvent[] {
    if (/^(?:exception|error):/.test(event)) throw decodeException(event, data);
    const body = parseJson(data);
    if (!isObject(body)) throw notAnAnswer();
    const events: ModelEvent[] = [];
    rowOf(steps, event)?.(answer, body, events);
    return events;
  }

  return {
    push,
    over: () => false,
    end() {
      const events: ModelEvent[] = [];
      answer.finish(events);
      return events;
    },
  };
}

type Answer = ReturnType<typeof createAnswer>;

/** Events of the future do nothing. */
const steps: Readonly<Record<string, (answer: Answer, body: JsonObject, events: ModelEvent[]) => void>> = {
  messageStart: (answer, _body, events) => answer.begin(events),
  contentBlockStart: (answer, body, events) => answer.blocks.start(body, events),
  contentBlockDelta: (answer, body, events) => answer.blocks.delta(body, events),
  contentBlockStop: (answer, body, events) => answer.blocks.stop(body, events),
  messageStop: (answer, body) => answer.stop(body),
  metadata: (answer, body, events) => answer.count(body, events),
};

function createAnswer() {
  const blocks = createBlockReader();
  let begun = false;
  let reason: FinishReason | undefined;

  return {
    blocks,

    begin(events: ModelEvent[]): void {
      if (!begun) events.push({ type: "answer-begin" });
      begun = true;
    },

    stop(body: JsonObject): void {
      const word = stringOf(body["stopReason"]);
      if (word === undefined) return;
      if (failures.has(word)) throw new WireFault("error", "The model gave up in the middle of its answer.");
      reason = rowOf(finishReasons, word) ?? "stop";
    },

    count(body: JsonObject, events: ModelEvent[]): void {
      const usage = usageOf(body["usage"]);
      if (usage) events.push({ type: "usage", usage });
    },

    /** What never came to its stop broke off. */
    finish(events: ModelEvent[]): void {
      if (reason === undefined) {
        throw new WireFault("truncated", "The provider's answer broke off before its end.");
      }
      events.push({ type: "choice-finish", choice: 0, reason });
    },
  };
}

const finishReasons: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  tool_use: "tool_calls",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  content_filtered: "content_filter",
  guardrail_intervened: "content_filter",
};

const failures: ReadonlySet<string> = new Set(["malformed_model_output", "malformed_tool_use"]);

/** What was read from and written to the cache is counted apart: our input holds both. */
function usageOf(value: unknown): TokenUsage | undefined {
  const usage = objectOf(value);
  const input = numberOf(usage?.["inputTokens"]);
  const output = numberOf(usage?.["outputTokens"]);
  if (!usage || (input === undefined && output === undefined)) return undefined;
  const cachedInput = numberOf(usage["cacheReadInputTokens"]) ?? 0;
  const cacheWrite = numberOf(usage["cacheWriteInputTokens"]) ?? 0;
  return {
    input: (input ?? 0) + cachedInput + cacheWrite,
    cachedInput,
    cacheWrite,
    output: output ?? 0,
    reasoning: 0,
  };
}

const notAnAnswer = (): WireFault =>
  new WireFault("malformed", "The provider's answer is no Converse answer.");
