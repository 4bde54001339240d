// Reads the content blocks of a Converse answer: text, reasoning, tool calls, citations.
// The answer decoder keeps one reader for all of them; a whole block is read as its start, one delta and its stop.

import type { ModelEvent } from "../../core/events.ts";
import { arrayOf, isObject, type JsonObject, numberOf, objectOf, stringOf } from "../json.ts";

export interface BlockReader {
  start(body: JsonObject, events: ModelEvent[]): void;
  delta(body: JsonObject, events: ModelEvent[]): void;
  stop(body: JsonObject, events: ModelEvent[]): void;
  whole(block: JsonObject, events: ModelEvent[]): void;
}

const choice = 0;

interface OpenBlock {
  /** Its number among the tool calls; absent for any other block. */
  readonly call?: number;
  written: boolean;
  reasoning: boolean;
  signature: string;
}

export function createBlockReader(): BlockReader {
  const open = new Map<number, OpenBlock>();
  let calls = 0;

  function begin(index: number, start: JsonObject, events: ModelEvent[]): OpenBlock {
    const tool = objectOf(start["toolUse"]);
    const block: OpenBlock = {
      ...(tool ? { call: calls++ } : {}),
      written: false,
      reasoning: false,
      signature: "",
    };
    open.set(index, block);
    if (tool && block.call !== undefined) {
      const id = stringOf(tool["toolUseId"]) ?? `tooluse_${block.call}`;
      const name = stringOf(tool["name"]) ?? "";
      events.push({ type: "tool-call-delta", choice, call: block.call, id, name, arguments: "" });
    }
    return block;
  }

  function read(block: OpenBlock, delta: JsonObject, events: ModelEvent[]): void {
    say("text-delta", delta["text"], events);
    const input = stringOf(objectOf(delta["toolUse"])?.["input"]) ?? "";
    if (block.call !== undefined && input !== "") {
      block.written = true;
      events.push({ type: "tool-call-delta", choice, call: block.call, arguments: input });
    }
    const reasoning = objectOf(delta["reasoningContent"]);
    if (reasoning) readReasoning(block, reasoning, events);
    const citation = delta["citation"];
    if (isObject(citation)) events.push({ type: "citations", choice, citations: [citation] });
  }

  function readReasoning(block: OpenBlock, reasoning: JsonObject, events: ModelEvent[]): void {
    block.reasoning = true;
    say("reasoning-delta", reasoning["text"], events);
    block.signature += stringOf(reasoning["signature"]) ?? "";
    const redacted = stringOf(reasoning["redactedContent"]);
    if (redacted === undefined) return;
    block.reasoning = false;
    events.push({ type: "reasoning-seal", choice, redacted });
  }

  /** A call without arguments streams none: they are the empty object. */
  function close(block: OpenBlock, events: ModelEvent[]): void {
    if (block.call !== undefined && !block.written) {
      events.push({ type: "tool-call-delta", choice, call: block.call, arguments: "{}" });
    }
    if (!block.reasoning) return;
    const { signature } = block;
    events.push({ type: "reasoning-seal", choice, ...(signature === "" ? {} : { signature }) });
  }

  return {
    start: (body, events) => void begin(indexOf(body), objectOf(body["start"]) ?? {}, events),
    delta(body, events) {
      // Text and reasoning come without a start.
      const block = open.get(indexOf(body)) ?? begin(indexOf(body), {}, events);
      read(block, objectOf(body["delta"]) ?? {}, events);
    },
    stop(body, events) {
      const block = open.get(indexOf(body));
      if (block) close(block, events);
      open.delete(indexOf(body));
    },
    whole(block, events) {
      const opened = begin(-1, block, events);
      read(opened, asDelta(block), events);
      for (const citation of arrayOf(objectOf(block["citationsContent"])?.["citations"])) {
        events.push({ type: "citations", choice, citations: [citation] });
      }
      close(opened, events);
      open.delete(-1);
    },
  };
}

const indexOf = (body: JsonObject): number => numberOf(body["contentBlockIndex"]) ?? 0;

/** A whole block has its parts one level deeper, and the input of a tool parsed. */
function asDelta(block: JsonObject): JsonObject {
  const cited = arrayOf(objectOf(block["citationsContent"])?.["content"]);
  const text = cited.map((piece) => stringOf(objectOf(piece)?.["text"]) ?? "").join("");
  const input = objectOf(block["toolUse"])?.["input"];
  const reasoning = objectOf(block["reasoningContent"]);
  return {
    text: stringOf(block["text"]) ?? text,
    ...(isObject(input) ? { toolUse: { input: JSON.stringify(input) } } : {}),
    ...(reasoning ? { reasoningContent: objectOf(reasoning["reasoningText"]) ?? reasoning } : {}),
  };
}

function say(type: "text-delta" | "reasoning-delta", text: unknown, events: ModelEvent[]): void {
  if (typeof text === "string" && text !== "") events.push({ type, choice, text });
}
