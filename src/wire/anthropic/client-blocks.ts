// Puts the events of one answer into content blocks, one after the other: clients take whatever comes for
// the last block that began. Some providers write several tool calls at once: then the later ones wait.
// Used by `client-message`.

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

type Said = Of<
  "text-delta" | "reasoning-delta" | "reasoning-seal" | "tool-call-delta" | "citations" | "native-block"
>;

interface Block {
  readonly kind: "text" | "thinking" | "tool" | "whole";
  readonly start: JsonObject;
  /** What came before its turn. */
  readonly waiting: JsonObject[];
  /** Of a tool call: tells when its arguments are whole. */
  readonly json: JsonEnd | undefined;
  complete: boolean;
}

export class BlockSequence {
  readonly #sink: BlockSink;
  readonly #from: () => DialectName;
  /** The first is the one being written. */
  readonly #blocks: Block[] = [];
  readonly #calls: (Block | undefined)[] = [];
  #current: Block | undefined;
  #index = -1;

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
        return event.text === "" ? undefined : this.#think({ type: "thinking_delta", thinking: event.text });
      case "reasoning-seal":
        return this.#seal(event);
      case "tool-call-delta":
        return this.#call(event);
      case "native-block":
        if (event.native.dialect === "anthropic") this.#open("whole", event.native.block);
        return;
      case "citations":
        for (const citation of encodeCitations(event)) {
          this.#put(this.#text(), { type: "citations_delta", citation });
        }
    }
  }

  text(text: string): void {
    if (text === "") return;
    const block = this.#text();
    if (block === this.#current) this.#sink.text(this.#index, text);
    else block.waiting.push({ type: "text_delta", text });
  }

  /** Nothing more comes: whatever waited is written now. */
  finish(): void {
    for (const block of this.#blocks) block.complete = true;
    this.#advance();
  }

  #text = (): Block => this.#last("text") ?? this.#open("text", { type: "text", text: "", citations: null });

  #think(delta: JsonObject): void {
    const empty = { type: "thinking", thinking: "", signature: "" };
    this.#put(this.#last("thinking") ?? this.#open("thinking", empty), delta);
  }

  #seal({ signature, redacted }: Of<"reasoning-seal">): void {
    if (redacted !== undefined) {
      this.#open("whole", { type: "redacted_thinking", data: wrapProof(redacted, this.#from()) });
      return;
    }
    if (signature !== undefined) {
      this.#think({ type: "signature_delta", signature: wrapProof(signature, this.#from()) });
    }
    const thought = this.#last("thinking");
    if (!thought) return;
    thought.complete = true;
    this.#advance();
  }

  #call(event: Of<"tool-call-delta">): void {
    const { call, arguments: piece } = event;
    const block = (this.#calls[call] ??= this.#openCall(event));
    if (piece === "") return;
    block.json?.feed(piece);
    this.#put(block, { type: "input_json_delta", partial_json: piece });
    this.#advance();
  }

  #openCall({ id = "", name = "", signature }: Of<"tool-call-delta">): Block {
    if (signature !== undefined) {
      const data = wrapCallProof({ id, signature }, this.#from());
      this.#open("whole", { type: "redacted_thinking", data });
    }
    return this.#open("tool", { type: "tool_use", id, name, input: {}, caller: { type: "direct" } });
  }

  /** The block that came last, where it is of this kind and goes on. */
  #last(kind: Block["kind"]): Block | undefined {
    const last = this.#blocks.at(-1);
    return last?.kind === kind && !last.complete ? last : undefined;
  }

  /** A block that begins ends the one before it, save a call whose arguments are still being written. */
  #open(kind: Block["kind"], start: JsonObject): Block {
    const last = this.#blocks.at(-1);
    if (last && last.kind !== "tool") last.complete = true;
    const json = kind === "tool" ? new JsonEnd() : undefined;
    const block: Block = { kind, start, waiting: [], json, complete: kind === "whole" };
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
      const isOver = first.complete || (first.json?.ended === true && this.#blocks.length > 1);
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
