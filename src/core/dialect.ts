// What a wire dialect is: pure translation between our nouns and one provider's JSON.
// `wire/` has one file per dialect; `providers/` does the calling.

import type { ParamChange } from "./answer.ts";
import type { EmbeddingAnswer, ImageAnswer, ModelEvent } from "./events.ts";
import type { ModerationAnswer, RawModerationCall } from "./moderation.ts";
import type { Obligation } from "./permit.ts";
import type { CompletionRequest, EmbeddingRequest, ImageRequest, MediaPart } from "./request.ts";

/** What a codec may know of where the request goes. */
export interface Destination {
  readonly providerId: string;
  /** The name the provider knows the model by. */
  readonly upstreamModel: string;
  readonly maxOutputTokens: number | undefined;
  readonly capabilities: readonly string[];
  readonly obligations: readonly Obligation[];
  /** The caller would rather have a parameter left out than be refused. */
  readonly mayDrop?: boolean;
}

/** Parameters by OpenAI's names, a format apart by its type. */
export const parameterNames = [
  "temperature",
  "top_p",
  "n",
  "stop",
  "max_tokens",
  "max_completion_tokens",
  "presence_penalty",
  "frequency_penalty",
  "logit_bias",
  "logprobs",
  "top_logprobs",
  "seed",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "response_format.json_object",
  "response_format.json_schema",
  "reasoning_effort",
  "verbosity",
  "service_tier",
  "store",
  "metadata",
  "user",
  "safety_identifier",
  "prompt_cache_key",
  "prompt_cache_retention",
  "prediction",
  "modalities",
  "audio",
  "web_search_options",
] as const;
export type ParameterName = (typeof parameterNames)[number];

export type Support =
  | { readonly is: "taken" }
  /**
   * Said in other words. `words` are the caller's own, each with the fields that say it; without them
   * the value goes under the name `to`, or wherever the codec puts it.
   */
  | {
      readonly is: "mapped";
      readonly to: string;
      readonly words?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    }
  | { readonly is: "clamped"; readonly least: number; readonly most: number }
  /** `while`: only as long as the model thinks. */
  | { readonly is: "refused"; readonly while?: "thinking" };

/** What becomes of every parameter at one destination; of any other field, `others`. */
export interface ParameterTable {
  readonly of: Readonly<Record<ParameterName, Support>>;
  readonly others: "passed" | "dropped";
}

export interface EncodedRequest {
  /** Joined to the base URL, as `/chat/completions`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly params: readonly ParamChange[];
  /** Parameters the destination cannot honour, before `onUnsupported` is applied. */
  readonly unsupported: readonly UnsupportedParam[];
}

export interface UnsupportedParam {
  readonly param: string;
  /** As `stop`, or `messages[2].parts[0]` for a part that cannot be carried: that is never dropped. */
  readonly path: string;
  readonly droppable: boolean;
  readonly from: unknown;
  /** A part that travels by address, where this cannot; its bytes may do. */
  readonly byAddress?: MediaPart | undefined;
}

/** Server-sent event as it came: `event:` name and joined `data:`. */
export interface ServerEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/** Cuts the bytes of a stream into events. */
export interface EventFraming {
  /** The events that these bytes complete. Throws `WireFault` where one grows past the limit. */
  push(bytes: Uint8Array): readonly ServerEvent[];
  /** At the end of the body: what was left open, if it is an event. */
  end(): readonly ServerEvent[];
}

/** All that a signature covers. */
export interface OutgoingCall {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly at: Date;
}

export interface StreamDecoder {
  /** Throws `WireFault` on an error event or on what cannot be read. */
  push(event: ServerEvent): readonly ModelEvent[];
  /** True once the provider has said that nothing follows, whether or not it then closes. */
  over(): boolean;
  /** True once every choice has come to its end, although the provider may have more to say. */
  settled?(): boolean;
  /** At the end of the body, or once it is over. Throws `WireFault` where the answer did not come to its end. */
  end(): readonly ModelEvent[];
}

export interface Dialect {
  readonly name: string;
  /** Headers that carry the credential; a scheme that signs needs to know the whole call. */
  credentialHeaders(key: string, call?: OutgoingCall): Readonly<Record<string, string>>;
  /** Where a path lies under the operator's base URL, at its origin always. Absent: right behind it. */
  address?(baseUrl: string, path: string): URL;
  /** How a stream is cut into events. Absent: server-sent events. */
  framing?(): EventFraming;
  /** The capability table of the model at its provider. */
  parameters(to: Destination): ParameterTable;
  encodeCompletion(request: CompletionRequest, to: Destination): EncodedRequest;
  /** A whole answer as the same events a stream would give. Throws `WireFault`. */
  decodeCompletion(body: unknown): readonly ModelEvent[];
  decodeStream(): StreamDecoder;
  encodeEmbedding(request: EmbeddingRequest, to: Destination): EncodedRequest;
  decodeEmbedding(body: unknown): EmbeddingAnswer;
  /** How many texts one call may embed; absent where it is as many as a client may send. */
  mostEmbeddingInputs?(to: Destination): number;
  /** Addresses for classifiers beside chats; absent where the dialect has none. */
  readonly moderation?:
    | {
        encode(call: RawModerationCall, to: Destination): EncodedRequest;
        /** Throws `WireFault` where it is not the kind of answer that the call asks for. */
        decode(call: RawModerationCall, body: unknown): ModerationAnswer;
      }
    | undefined;
  /** Absent where the dialect knows no pictures. */
  readonly images?: {
    encode(request: ImageRequest, to: Destination): EncodedRequest;
    decode(body: unknown): ImageAnswer;
  };
  /** Reads an error body; must never return headers, keys or whole bodies. */
  decodeError(status: number, body: unknown): WireFault;
  /** Absent where the dialect has no counter. */
  readonly counting?: TokenCounting;
}

/** The question how many tokens a completion would read, made from the completion itself. */
export interface TokenCounting {
  encode(completion: EncodedRequest): EncodedRequest;
  /** Throws `WireFault`. */
  decode(body: unknown): number;
}

/** An upstream error as read from the wire, before the gateway decides whose fault it is. */
export class WireFault extends Error {
  override readonly name = "WireFault";
  /** HTTP status, or the one that an error inside a 200 stands for. */
  readonly status: number;
  readonly kind: "malformed" | "truncated" | "error" | "context-length" | "content-filter";
  /** The parameter that is wrong, where the provider names it. */
  readonly param: string | undefined;
  /** Where the body says how long to wait, and not only a header. */
  readonly retryAfterSeconds: number | undefined;
  /** What the provider's own filter found. */
  readonly categories: readonly string[];

  constructor(kind: WireFault["kind"], message: string, status = 502, more: FaultDetail = {}) {
    super(message);
    this.kind = kind;
    this.status = status;
    this.param = more.param;
    this.retryAfterSeconds = more.retryAfterSeconds;
    this.categories = more.categories ?? [];
  }
}

export interface FaultDetail {
  readonly param?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly categories?: readonly string[] | undefined;
}
