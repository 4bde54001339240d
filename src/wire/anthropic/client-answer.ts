// Gathers the events of one answer into Anthropic's `message` object.
// The REST door calls it for requests without `stream`.

import type { AnswerEvent } from "../../core/answer.ts";
import { type JsonObject, isObject, parseJson, stringOf } from "../json.ts";
import { followMessage } from "./client-message.ts";
import type { MessageStyle } from "./client-wire.ts";

export interface MessageGatherer {
  push(event: AnswerEvent): void;
  /** Whole once `finished` has been pushed. */
  message(): JsonObject;
}

interface OpenBlock {
  readonly block: Record<string, unknown>;
  json: string;
}

export function createMessageGatherer(style: MessageStyle): MessageGatherer {
  let message: Record<string, unknown> = {};
  const content: OpenBlock[] = [];

  const push = followMessage(style, {
    begin: (empty) => void (message = { ...empty }),
    start: (_index, block) => void content.push({ block: { ...block }, json: "" }),
    text: (index, text) => append(content[index], "text", text),
    delta: (index, delta) => apply(content[index], delta),
    stop: (index) => close(content[index]),
    conclude(ending, usage, portcullis) {
      const { usage: begun } = message;
      message = {
        ...message,
        content: content.map(({ block }) => block),
        ...ending,
        usage: { ...(isObject(begun) ? begun : {}), ...usage },
        portcullis,
      };
    },
  });

  return { push, message: () => message };
}

function append(open: OpenBlock | undefined, field: string, text: unknown): void {
  if (open) open.block[field] = (stringOf(open.block[field]) ?? "") + (stringOf(text) ?? "");
}

function apply(open: OpenBlock | undefined, delta: JsonObject): void {
  if (!open) return;
  if (delta["type"] === "text_delta") append(open, "text", delta["text"]);
  else if (delta["type"] === "thinking_delta") append(open, "thinking", delta["thinking"]);
  else if (delta["type"] === "signature_delta") open.block["signature"] = delta["signature"];
  else if (delta["type"] === "input_json_delta") open.json += stringOf(delta["partial_json"]) ?? "";
  else if (delta["type"] === "citations_delta") {
    const { citations } = open.block;
    open.block["citations"] = [...(Array.isArray(citations) ? citations : []), delta["citation"]];
  }
}

/** Arguments that are no object are kept in the form that Anthropic advises for them. */
function close(open: OpenBlock | undefined): void {
  if (!open || open.json === "") return;
  const input = parseJson(open.json);
  open.block["input"] = isObject(input) ? input : { INVALID_JSON: open.json };
}
