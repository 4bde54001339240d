// Puts the events of one answer into content blocks, one after the other: clients take whatever comes for
// the last block that began. Events come mixed, since what safety holds back of a text may leave after a
// tool call began: then the call waits. Used by `client-answer` and `client-events`.

import type { DialectName } from "../../core/deployment.ts";
import type { JsonObject } from "../json.ts";
import { encodeCitations, type Of } from "./client-wire.ts";
import { wrapCallProof, wrapProof } from "./foreign-proof.ts";
import { JsonEnd } from "./json-end.ts";

/** Takes the blocks in order: `start`, deltas, `stop`, then the next one. */
export interface BlockSink {
  start(index: number, block: JsonObject): void;
  text(index: number, text: string): void;
  delta(index: number, delta: JsonObject): void;
  stop(index: number): void;
}

type Said = Of<"text-delta" | "reasoning-delta" | "reasoning-seal" | "tool-call-delta" | "citations">;

interface Block {
  readonly start: JsonObject;
  /** Until its turn comes. */
  readonly waiting: JsonObject[];
  /** Of a tool call: tells when its arguments are whole. */
  readonly arguments: JsonEnd | undefined;
  complete: boolean;
}

export class BlockSequence {
  readonly #sink: BlockSink;
  readonly #from: () => DialectName;
  /** The first is the one being written. */
  readonly #blocks: Block[] = [];
  readonly #calls: (Block | undefined)[] = [];
  #text: Block | undefined;
  #thinking: Block | undefined;
  #index = -1;
  #current: Block | undefined;

  /** `from` is whose proofs the answer carries, known once it has started. */
  constructor(sink: BlockSink, from: () => DialectName) {
    this.#sink = sink;
    this.#from = from;
  }

  get calledTools(): boolean {
    return this.#calls.length > 0;
  }

  take(event: Said): void {
    switch (event.type) {
      case "text-delta":
        return this.text(event.text);
      case "reasoning-delta":
        return this.#thought(event.text);
      case "reasoning-seal":
        return this.#sealThought(event);
      case "tool-call-delta":
        return this.#call(event);
      case "citations":
        return this.#cite(event);
    }
  }

  text(text: string): void {
    if (text === "") return;
    this.#endThought();
    this.#text ??= this.#open({ type: "text", text: "", citations: null });
    if (this.#text === this.#current) this.#sink.text(this.#index, text);
    else this.#text.waiting.push({ type: "text_delta", text });
  }

  #thought(text: string): void {
    if (text === "") return;
    this.#put(this.#thoughtBlock(), { type: "thinking_delta", thinking: text });
  }

  #sealThought({ signature, redacted }: Of<"reasoning-seal">): void {
    if (redacted !== undefined) {
      this.#endThought();
      this.#whole({ type: "redacted_thinking", data: wrapProof(redacted, this.#from()) });
      return;
    }
    if (signature !== undefined) {
      this.#put(this.#thoughtBlock(), {
        type: "signature_delta",
        signature: wrapProof(signature, this.#from()),
      });
    }
    this.#endThought();
  }

  #call(event: Of<"tool-call-delta">): void {
    this.#endThought();
    const { call, arguments: piece } = event;
    const block = (this.#calls[call] ??= this.#openCall(event));
    if (piece === "") return;
    block.arguments?.feed(piece);
    this.#put(block, { type: "input_json_delta", partial_json: piece });
    this.#advance();
  }

  #cite(event: Of<"citations">): void {
    const citations = encodeCitations(event);
    if (citations.length === 0) return;
    this.#text ??= this.#open({ type: "text", text: "", citations: null });
    for (const citation of citations) this.#put(this.#text, { type: "citations_delta", citation });
  }

  /** Nothing more comes: whatever waited is written now. */
  finish(): void {
    for (const block of this.#blocks) block.complete = true;
    this.#text = undefined;
    this.#thinking = undefined;
    this.#advance();
  }

  #openCall({ id = "", name = "", signature }: Of<"tool-call-delta">): Block {
    if (signature !== undefined) {
      this.#whole({ type: "redacted_thinking", data: wrapCallProof({ id, signature }, this.#from()) });
    }
    return this.#open({ type: "tool_use", id, name, input: {}, caller: { type: "direct" } }, new JsonEnd());
  }

  /** A thought behind a text is another turn of the model's mind: the text before it has ended. */
  #thoughtBlock(): Block {
    if (this.#thinking) return this.#thinking;
    this.#endText();
    return (this.#thinking = this.#open({ type: "thinking", thinking: "", signature: "" }));
  }

  #endText(): void {
    if (this.#text) this.#text.complete = true;
    this.#text = undefined;
    this.#advance();
  }

  #endThought(): void {
    if (!this.#thinking) return;
    this.#thinking.complete = true;
    this.#thinking = undefined;
    this.#advance();
  }

  #whole(block: JsonObject): void {
    this.#endText();
    this.#open(block).complete = true;
    this.#advance();
  }

  #open(start: JsonObject, json?: JsonEnd): Block {
    const block: Block = { start, waiting: [], arguments: json, complete: false };
    this.#blocks.push(block);
    this.#advance();
    return block;
  }

  #put(block: Block, delta: JsonObject): void {
    if (block === this.#current) this.#sink.delta(this.#index, delta);
    else block.waiting.push(delta);
  }

  /** Ends the current block where it is complete and begins those behind it. */
  #advance(): void {
    for (;;) {
      const first = this.#blocks[0];
      if (!first) return;
      if (first !== this.#current) this.#begin(first);
      const isOver = first.complete || (this.#blocks.length > 1 && first.arguments?.ended === true);
      if (!isOver) return;
      this.#sink.stop(this.#index);
      this.#blocks.shift();
      this.#current = undefined;
    }
  }

  #begin(block: Block): void {
    this.#current = block;
    this.#index += 1;
    this.#sink.start(this.#index, block.start);
    for (const delta of block.waiting) this.#sink.delta(this.#index, delta);
    block.waiting.length = 0;
  }
}
