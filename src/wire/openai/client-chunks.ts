// Writes the events of one answer as OpenAI's `chat.completion.chunk` events, ready for the socket.
// The REST door makes one per stream; `[DONE]` ends an answer, never a failure. Text deltas are the hot
// path: their JSON is glued together from pieces made once, with only the text escaped.

import type { AnswerEvent } from "../../core/answer.ts";
import type { Deployment } from "../../core/deployment.ts";
import type { Failure } from "../../core/errors.ts";
import type { StreamEncoder } from "../client-stream.ts";
import type { JsonObject } from "../json.ts";
import { paddingFor } from "../obfuscation.ts";
import { sortCitations } from "./citations.ts";
import { encodeErrorBody } from "./client-error.ts";
import {
  type AnswerStyle,
  answerId,
  encodeAccount,
  encodeFinish,
  encodeLogprobs,
  encodeNotice,
  encodeSignature,
  encodeSound,
  knownTier,
} from "./client-wire.ts";
import { encodeReasoningDetail } from "./reasoning-details.ts";
import { encodeUsage } from "./usage.ts";

export interface ChunkStyle extends AnswerStyle {
  readonly includeUsage: boolean;
  /** The caller wants to hear the answer: its text is the transcript. */
  readonly spoken?: boolean | undefined;
  readonly obfuscated?: boolean | undefined;
}

interface ChoiceState {
  readonly beforeText: string;
  /** To the end of the chunk, save where every chunk has an end of its own. */
  readonly afterText: string;
  /** Of the block that is open, for the detail that its seal sends. */
  reasoning: string;
  reasoningBlocks: number;
  readonly categories: string[];
}

type Of<T extends AnswerEvent["type"]> = Extract<AnswerEvent, { type: T }>;

export const createChatChunkEncoder = (style: ChunkStyle): StreamEncoder => new ChatChunks(style);

const unfinished = `},"logprobs":null,"finish_reason":null}]`;

const unnamed: Of<"answer-begin"> = { type: "answer-begin" };

/** A class, and no closures: every stream makes one, and keeps it. */
class ChatChunks implements StreamEncoder {
  readonly #style: ChunkStyle;
  readonly #ending: string;
  readonly #choices: (ChoiceState | undefined)[] = [];
  #spoken: boolean;
  #id = answerId("unknown");
  #deployment: Deployment | undefined;
  #introduced: Of<"answer-begin"> = unnamed;
  /** What every chunk begins with; undefined until one is sent. */
  #head: string | undefined;

  constructor(style: ChunkStyle) {
    this.#style = style;
    this.#ending = style.includeUsage ? `,"usage":null}\n\n` : "}\n\n";
    this.#spoken = style.spoken === true;
  }

  #begun(): string {
    if (this.#head !== undefined) return this.#head;
    const { upstreamModel, fingerprint, serviceTier } = this.#introduced;
    const fields = JSON.stringify({
      id: this.#id,
      object: "chat.completion.chunk",
      created: this.#style.created,
      model: upstreamModel ?? this.#style.requestedModel,
      service_tier: knownTier(serviceTier),
      system_fingerprint: fingerprint,
    });
    return (this.#head = `data: ${fields.slice(0, -1)},"choices":[`);
  }

  /** The choice's first chunk says who speaks; it is sent with whatever comes first. */
  #open(choice: number, content: "" | null): string {
    this.#choices[choice] = {
      beforeText: `${this.#begun()}{"index":${choice},"delta":${this.#spoken ? '{"audio":{"transcript":' : '{"content":'}`,
      afterText: (this.#spoken ? "}" : "") + unfinished + (this.#style.obfuscated ? "" : this.#ending),
      reasoning: "",
      reasoningBlocks: 0,
      categories: [],
    };
    return this.#chunk(choice, { role: "assistant", content: this.#spoken ? null : content, refusal: null });
  }

  #chunk(choice: number, delta: JsonObject, more: ChunkExtras = {}): string {
    const { logprobs = null, finish: reason = null, portcullis } = more;
    const entry = JSON.stringify({ index: choice, delta, logprobs, finish_reason: reason });
    const extension = portcullis === undefined ? "" : `,"portcullis":${JSON.stringify(portcullis)}`;
    return `${this.#begun()}${entry}]${extension}${this.#ending}`;
  }

  #text(event: Of<"text-delta">): string {
    const first = this.#choices[event.choice] ? "" : this.#open(event.choice, "");
    const state = this.#choices[event.choice];
    if (event.logprobs || !state) {
      const logprobs = encodeLogprobs(event.logprobs ?? []);
      return first + this.#chunk(event.choice, { content: event.text }, { logprobs });
    }
    if (event.text === "") return first;
    const said = first + state.beforeText + JSON.stringify(event.text) + state.afterText;
    return this.#style.obfuscated ? `${said},"obfuscation":"${paddingFor(event.text)}"${this.#ending}` : said;
  }

  #others(
    event: Exclude<
      AnswerEvent,
      { type: "text-delta" | "started" | "answer-begin" | "finished" | "native-block" }
    >,
  ) {
    const { choice } = event;
    if (event.type === "choice-finish" && event.reason === "cancelled") return "";
    const first = this.#choices[choice]
      ? ""
      : this.#open(choice, event.type === "tool-call-delta" ? null : "");
    switch (event.type) {
      case "refusal-delta":
        return first + this.#chunk(choice, { refusal: event.text });
      case "reasoning-delta": {
        const state = this.#choices[choice];
        if (state) state.reasoning += event.text;
        return first + this.#chunk(choice, { reasoning_content: event.text });
      }
      case "reasoning-seal":
        return first + this.#chunk(choice, { reasoning_details: [this.#sealed(event)] });
      case "tool-call-delta":
        return first + this.#toolCall(event);
      case "sound":
        return event.base64 === undefined
          ? first
          : first + this.#chunk(choice, { audio: encodeSound(event) });
      case "citations": {
        const { annotations, others: citations } = sortCitations(event.citations);
        return (
          first +
          this.#chunk(choice, {
            ...(annotations.length === 0 ? {} : { annotations }),
            ...(citations.length === 0 ? {} : { citations }),
          })
        );
      }
      case "safety-notice":
        this.#choices[choice]?.categories.push(...event.categories);
        return first + this.#chunk(choice, {}, { portcullis: { safety: [encodeNotice(event)] } });
      default:
        return first + this.#finish(event);
    }
  }

  #sealed({ choice, signature, redacted }: Of<"reasoning-seal">): JsonObject {
    const state = this.#choices[choice];
    if (!state) return {};
    const block = redacted === undefined ? { text: state.reasoning, signature } : { text: "", redacted };
    state.reasoning = "";
    state.reasoningBlocks += 1;
    return encodeReasoningDetail(block, state.reasoningBlocks - 1);
  }

  #toolCall(event: Of<"tool-call-delta">) {
    const { choice, call, id: callId, name, arguments: args, signature, freeform } = event;
    if (this.#style.legacyFunctions) {
      return call > 0 ? "" : this.#chunk(choice, { function_call: { name, arguments: args } });
    }
    if (freeform) {
      const opened = callId === undefined ? {} : { id: callId, type: "custom" };
      return this.#chunk(choice, { tool_calls: [{ index: call, ...opened, custom: { name, input: args } }] });
    }
    const begun = callId === undefined ? {} : { id: callId, type: "function" };
    const entry = {
      index: call,
      ...begun,
      function: { name, arguments: args },
      ...encodeSignature(signature),
    };
    return this.#chunk(choice, { tool_calls: [entry] });
  }

  /** Clients that look only at the end of a cut answer learn there why. */
  #finish({ choice, reason }: Of<"choice-finish">): string {
    const categories = this.#choices[choice]?.categories ?? [];
    const cut = reason === "content_filter" && categories.length > 0;
    return this.#chunk(
      choice,
      {},
      {
        finish: encodeFinish(reason, this.#style.legacyFunctions),
        ...(cut ? { portcullis: { categories: [...new Set(categories)] } } : {}),
      },
    );
  }

  #account({ receipt }: Of<"finished">): string {
    if (!this.#style.includeUsage) return "";
    const usage = JSON.stringify(encodeUsage(receipt.usage));
    const portcullis = JSON.stringify(encodeAccount(receipt, this.#deployment));
    return `${this.#begun()}],"usage":${usage},"portcullis":${portcullis}}\n\n`;
  }

  encode(event: AnswerEvent): string {
    switch (event.type) {
      case "text-delta":
        return this.#text(event);
      case "started":
        // Where the deployment was not asked to speak, its text is no transcript.
        this.#spoken &&= !event.params.some(
          ({ param, action }) => param === "modalities" && action === "dropped",
        );
        this.#id = answerId(event.receiptId);
        this.#deployment = event.deployment;
        this.#introduced = unnamed;
        this.#head = undefined;
        return "";
      case "answer-begin":
        this.#introduced = event;
        this.#head = undefined;
        return "";
      // It has no form here.
      case "native-block":
        return "";
      case "finished":
        return this.#account(event);
      default:
        return this.#others(event);
    }
  }

  end(): string {
    return "data: [DONE]\n\n";
  }

  fail(failure: Failure, requestId: string): string {
    return `data: ${JSON.stringify(encodeErrorBody(failure, requestId))}\n\n`;
  }
}

interface ChunkExtras {
  readonly logprobs?: JsonObject | null;
  readonly finish?: string | null;
  readonly portcullis?: JsonObject;
}
