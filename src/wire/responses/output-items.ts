// The items of one response while they grow: a message, a thought, a call, each with its published events.
// `response-writer` opens and closes them. What they tell the sink and what they are in the end is the same.

import type { ReasoningBlock } from "../../core/request.ts";
import { type JsonObject, isObject } from "../json.ts";
import { logprobEntries } from "../openai/client-wire.ts";
import { encodeProof } from "./reasoning-items.ts";

/** Told of every step; whole answers have one that hears nothing. */
export interface EventSink {
  event(type: string, fields: JsonObject): void;
  /** The hot path: `place` says where, and is the same object for one part. */
  textDelta(place: PartPlace, text: string, logprobs: readonly JsonObject[]): void;
}

export interface PartPlace {
  readonly item_id: string;
  readonly output_index: number;
  readonly content_index: number;
}

type Status = "completed" | "incomplete";

export interface OpenItem {
  readonly item: JsonObject;
  close(status: Status): void;
}

abstract class Item implements OpenItem {
  item: JsonObject;
  readonly index: number;
  protected readonly sink: EventSink;

  constructor(item: JsonObject, index: number, sink: EventSink) {
    this.item = item;
    this.index = index;
    this.sink = sink;
    sink.event("response.output_item.added", { output_index: index, item });
  }

  protected get place() {
    return { item_id: this.item["id"] as string, output_index: this.index };
  }

  protected done(item: JsonObject): void {
    this.item = item;
    this.sink.event("response.output_item.done", { output_index: this.index, item });
  }

  abstract close(status: Status): void;
}

export class MessageItem extends Item {
  readonly #parts: JsonObject[] = [];
  #kind: "text" | "refusal" | undefined;
  #said = "";
  #logprobs: JsonObject[] = [];
  #annotations: JsonObject[] = [];
  #others: unknown[] = [];
  #partPlace: PartPlace | undefined;

  constructor(id: string, index: number, sink: EventSink) {
    super({ id, type: "message", status: "in_progress", role: "assistant", content: [] }, index, sink);
  }

  text(text: string, entries: readonly unknown[] | undefined): void {
    const place = this.#part("text");
    const logprobs = entries ? logprobEntries(entries) : none;
    this.#said += text;
    for (const logprob of logprobs) this.#logprobs.push(logprob);
    this.sink.textDelta(place, text, logprobs);
  }

  refusal(text: string): void {
    const place = this.#part("refusal");
    this.#said += text;
    this.sink.event("response.refusal.delta", { ...place, delta: text });
  }

  cite(citations: readonly unknown[]): void {
    const place = this.#part("text");
    for (const citation of citations) {
      const annotation = annotationOf(citation);
      if (annotation === undefined) this.#others.push(citation);
      else {
        const annotation_index = this.#annotations.push(annotation) - 1;
        this.sink.event("response.output_text.annotation.added", { ...place, annotation_index, annotation });
      }
    }
  }

  close(status: Status): void {
    this.#endPart();
    const citations = this.#others.length === 0 ? {} : { citations: this.#others };
    this.done({ ...this.item, status, content: this.#parts, ...citations });
  }

  #part(kind: "text" | "refusal"): PartPlace {
    if (this.#kind === kind && this.#partPlace) return this.#partPlace;
    this.#endPart();
    this.#kind = kind;
    const place = (this.#partPlace = { ...this.place, content_index: this.#parts.length });
    this.sink.event("response.content_part.added", { ...place, part: this.#asPart() });
    return place;
  }

  #endPart(): void {
    const place = this.#partPlace;
    if (place === undefined) return;
    const part = this.#asPart();
    if (this.#kind === "text") {
      this.sink.event("response.output_text.done", { ...place, text: this.#said, logprobs: this.#logprobs });
    } else this.sink.event("response.refusal.done", { ...place, refusal: this.#said });
    this.sink.event("response.content_part.done", { ...place, part });
    this.#parts.push(part);
    this.#partPlace = this.#kind = undefined;
    this.#said = "";
    this.#logprobs = [];
    this.#annotations = [];
  }

  #asPart(): JsonObject {
    if (this.#kind === "refusal") return { type: "refusal", refusal: this.#said };
    const annotations = [...this.#annotations];
    return { type: "output_text", text: this.#said, annotations, logprobs: this.#logprobs };
  }
}

export class ReasoningItem extends Item {
  #text = "";

  constructor(id: string, index: number, sink: EventSink) {
    super({ id, type: "reasoning", summary: [] }, index, sink);
  }

  text(text: string): void {
    if (this.#text === "") this.#event("part.added", { part: { type: "summary_text", text: "" } });
    this.#text += text;
    this.#event("text.delta", { delta: text });
  }

  /** What the model wants back with it; the caller closes it then. */
  seal(proof: Pick<ReasoningBlock, "signature" | "redacted">): void {
    const content = encodeProof(proof);
    if (content !== undefined) this.item = { ...this.item, encrypted_content: content };
  }

  close(): void {
    const part = { type: "summary_text", text: this.#text };
    if (this.#text !== "") {
      this.#event("text.done", { text: this.#text });
      this.#event("part.done", { part });
    }
    this.done({ ...this.item, summary: this.#text === "" ? [] : [part] });
  }

  #event(step: string, fields: JsonObject): void {
    this.sink.event(`response.reasoning_summary_${step}`, { ...this.place, summary_index: 0, ...fields });
  }
}

interface CallWords {
  readonly type: string;
  readonly input: string;
  readonly event: string;
  readonly named: boolean;
}

export const functionCall: CallWords = {
  type: "function_call",
  input: "arguments",
  event: "response.function_call_arguments",
  named: true,
};

export const customCall: CallWords = {
  type: "custom_tool_call",
  input: "input",
  event: "response.custom_tool_call_input",
  named: false,
};

export class CallItem extends Item {
  readonly call: number;
  #arguments = "";
  closed = false;
  readonly #words: CallWords;

  constructor(item: JsonObject, call: number, index: number, sink: EventSink, words: CallWords) {
    super({ ...item, type: words.type, status: "in_progress", [words.input]: "" }, index, sink);
    this.call = call;
    this.#words = words;
  }

  add(delta: string, signature: string | undefined): void {
    if (this.closed) return;
    if (signature !== undefined) {
      this.item = { ...this.item, extra_content: { google: { thought_signature: signature } } };
    }
    if (delta === "") return;
    this.#arguments += delta;
    this.sink.event(`${this.#words.event}.delta`, { ...this.place, delta });
  }

  /** True where nothing can follow: calls of one answer may still come side by side. */
  complete(): boolean {
    // Of a text nobody knows its end.
    if (this.#words === customCall) return false;
    try {
      return isObject(JSON.parse(this.#arguments));
    } catch {
      return false;
    }
  }

  close(status: Status): void {
    if (this.closed) return;
    this.closed = true;
    const { input, event, named } = this.#words;
    const said = { [input]: this.#arguments };
    const name = named ? { name: this.item["name"] } : {};
    this.sink.event(`${event}.done`, { ...this.place, ...name, ...said });
    this.done({ ...this.item, status, ...said });
  }
}

const none: readonly JsonObject[] = [];

/** The chat wire nests what this one has flat; anything else is kept beside the annotations. */
function annotationOf(citation: unknown): JsonObject | undefined {
  if (!isObject(citation) || citation["type"] !== "url_citation") return undefined;
  const {
    url,
    title,
    start_index: start,
    end_index: end,
  } = isObject(citation["url_citation"]) ? citation["url_citation"] : citation;
  if (typeof url !== "string" || !Number.isInteger(start) || !Number.isInteger(end)) return undefined;
  return {
    type: "url_citation",
    url,
    title: typeof title === "string" ? title : "",
    start_index: start,
    end_index: end,
  };
}
