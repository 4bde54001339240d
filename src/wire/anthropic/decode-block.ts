// Reads one content block of an answer, from its start over its deltas to its stop.
// The answer decoder keeps one for each open block. What ran at Anthropic is handed on as it is.

import type { ModelEvent } from "../../core/events.ts";
import { arrayOf, isObject, type JsonObject, parseJson, rowOf, stringOf } from "../json.ts";

export interface BlockReader {
  delta(delta: JsonObject, events: ModelEvent[]): void;
  stop(events: ModelEvent[]): void;
}

/** What the blocks of one answer share. */
export interface AnswerPosition {
  /** Tool calls begun so far. */
  calls: number;
  /** Characters of text so far. */
  offset: number;
}

/** A whole answer brings the block's content with its start, a stream brings it in deltas. */
export function openBlock(block: JsonObject, position: AnswerPosition, events: ModelEvent[]): BlockReader {
  const open = rowOf(readers, stringOf(block["type"]));
  return open ? open(block, position, events) : openNative(block);
}

const choice = 0;
const silent: BlockReader = { delta: () => undefined, stop: () => undefined };

const readers: Readonly<
  Record<string, (block: JsonObject, position: AnswerPosition, events: ModelEvent[]) => BlockReader>
> = {
  text: openText,
  thinking: openThinking,
  redacted_thinking(block, _position, events) {
    events.push({ type: "reasoning-seal", choice, redacted: stringOf(block["data"]) ?? "" });
    return silent;
  },
  tool_use: openToolUse,
};

function openText(block: JsonObject, position: AnswerPosition, events: ModelEvent[]): BlockReader {
  const start = position.offset;
  const cited: JsonObject[] = arrayOf(block["citations"]).filter(isObject);

  function say(text: unknown, into: ModelEvent[]): void {
    if (typeof text !== "string" || text === "") return;
    position.offset += text.length;
    into.push({ type: "text-delta", choice, text });
  }

  say(block["text"], events);
  return {
    delta(delta, into) {
      say(delta["text"], into);
      if (isObject(delta["citation"])) cited.push(delta["citation"]);
    },
    stop(into) {
      if (cited.length === 0) return;
      const citations = cited.map((citation) => annotation(citation, start, position.offset));
      into.push({ type: "citations", choice, citations, native: cited });
    },
  };
}

/** Web sources in OpenAI's form, at the text they support; places in documents as Anthropic writes them. */
function annotation(citation: JsonObject, start: number, end: number): unknown {
  const url = stringOf(citation["url"]);
  if (url === undefined) return citation;
  const title = stringOf(citation["title"]) ?? "";
  return { type: "url_citation", url_citation: { url, title, start_index: start, end_index: end } };
}

function openThinking(block: JsonObject, _position: AnswerPosition, events: ModelEvent[]): BlockReader {
  let signature = stringOf(block["signature"]) ?? "";

  think(block["thinking"], events);
  return {
    delta(delta, into) {
      think(delta["thinking"], into);
      signature += stringOf(delta["signature"]) ?? "";
    },
    stop(into) {
      into.push({ type: "reasoning-seal", choice, ...(signature === "" ? {} : { signature }) });
    },
  };
}

function think(text: unknown, into: ModelEvent[]): void {
  if (typeof text === "string" && text !== "") into.push({ type: "reasoning-delta", choice, text });
}

function openNative(block: JsonObject): BlockReader {
  let json = "";
  return {
    delta: (delta) => void (json += stringOf(delta["partial_json"]) ?? ""),
    stop(into) {
      const input = json === "" ? {} : { input: parseJson(json) ?? {} };
      into.push({
        type: "native-block",
        choice,
        native: { dialect: "anthropic", block: { ...block, ...input } },
      });
    },
  };
}

function openToolUse(block: JsonObject, position: AnswerPosition, events: ModelEvent[]): BlockReader {
  const call = position.calls++;
  const input = block["input"];
  let written = false;
  events.push({
    type: "tool-call-delta",
    choice,
    call,
    id: stringOf(block["id"]) ?? `toolu_${call}`,
    name: stringOf(block["name"]) ?? "",
    arguments: "",
  });

  return {
    delta(delta, into) {
      const json = stringOf(delta["partial_json"]) ?? "";
      if (json === "") return;
      written = true;
      into.push({ type: "tool-call-delta", choice, call, arguments: json });
    },
    /** A call without arguments streams none: they are the empty object. */
    stop(into) {
      if (written) return;
      const whole = isObject(input) ? JSON.stringify(input) : "{}";
      into.push({ type: "tool-call-delta", choice, call, arguments: whole });
    },
  };
}
