// What a model says, as one stream of events: the same for a whole answer and a streamed one.
// Codecs decode into `ModelEvent`; meter and screen pass it on; the doors encode it.

import type { NativeBlock } from "./request.ts";

export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "budget" | "cancelled";

export interface TokenUsage {
  /** All input, cached included. */
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  /** All output, reasoning included. */
  readonly output: number;
  readonly reasoning: number;
  readonly audioInput?: number | undefined;
  readonly audioOutput?: number | undefined;
  /** Pictures that were made, where those are billed. */
  readonly images?: number | undefined;
  /** How often the provider ran tools that it asks a fee for, by their names. */
  readonly toolUses?: Readonly<Record<string, number>> | undefined;
  /** What the provider says that it charged, where it says so. */
  readonly chargedUsd?: number | undefined;
}

export const noUsage: TokenUsage = { cacheWrite: 0, cachedInput: 0, input: 0, output: 0, reasoning: 0 };

export const addUsage = (a: TokenUsage, b: TokenUsage): TokenUsage => ({
  audioInput: (a.audioInput ?? 0) + (b.audioInput ?? 0),
  audioOutput: (a.audioOutput ?? 0) + (b.audioOutput ?? 0),
  cacheWrite: a.cacheWrite + b.cacheWrite,
  cachedInput: a.cachedInput + b.cachedInput,
  ...(a.images || b.images ? { images: (a.images ?? 0) + (b.images ?? 0) } : undefined),
  input: a.input + b.input,
  output: a.output + b.output,
  reasoning: a.reasoning + b.reasoning,
  ...(a.toolUses || b.toolUses ? { toolUses: addUses(a.toolUses, b.toolUses) } : undefined),
});

function addUses(
  a: TokenUsage["toolUses"] = {},
  b: TokenUsage["toolUses"] = {},
): Readonly<Record<string, number>> {
  const sum: Record<string, number> = { ...a };
  for (const [tool, uses] of Object.entries(b)) sum[tool] = (sum[tool] ?? 0) + uses;
  return sum;
}

export type ModelEvent =
  /** First, once: what the upstream calls itself. */
  | {
      readonly type: "answer-begin";
      readonly upstreamId?: string | undefined;
      readonly upstreamModel?: string | undefined;
      readonly fingerprint?: string | undefined;
      readonly serviceTier?: string | undefined;
    }
  | {
      readonly type: "text-delta";
      readonly choice: number;
      readonly text: string;
      /** OpenAI's `logprobs.content` entries for this delta, passed through. */
      readonly logprobs?: readonly unknown[] | undefined;
    }
  | { readonly type: "refusal-delta"; readonly choice: number; readonly text: string }
  | { readonly type: "reasoning-delta"; readonly choice: number; readonly text: string }
  /** Ends a reasoning block: its signature, or the whole of an encrypted one. */
  | {
      readonly type: "reasoning-seal";
      readonly choice: number;
      readonly signature?: string | undefined;
      readonly redacted?: string | undefined;
    }
  /** `id` and `name` come with the first delta of a call; `call` counts from 0 within its choice. */
  | {
      readonly type: "tool-call-delta";
      readonly choice: number;
      readonly call: number;
      readonly id?: string | undefined;
      readonly name?: string | undefined;
      readonly arguments: string;
      /** The arguments are any text, no JSON: said with every delta. */
      readonly freeform?: true | undefined;
      readonly signature?: string | undefined;
    }
  | {
      readonly type: "citations";
      readonly choice: number;
      readonly citations: readonly unknown[];
      /** The same, one for one, as the provider wrote them: for a client that speaks its dialect. */
      readonly native?: readonly unknown[] | undefined;
    }
  /** The whole of a spoken answer, at its end: what it says is its text. */
  | {
      readonly type: "sound";
      readonly choice: number;
      /** By which a later turn may name it. */
      readonly id: string;
      /** Undefined where a safety rule changed the text: no word can be cut out of a sound. */
      readonly base64: string | undefined;
      /** Seconds since the epoch. */
      readonly expiresAt: number;
    }
  /** What only clients of one dialect can be told: a tool that the provider ran, and what it found. */
  | { readonly type: "native-block"; readonly choice: number; readonly native: NativeBlock }
  | {
      readonly type: "choice-finish";
      readonly choice: number;
      readonly reason: FinishReason;
      /** The provider's own word for it. */
      readonly word?: string | undefined;
      /** The caller's sequence that ended it, where the provider says which. */
      readonly stopSequence?: string | undefined;
      /** What the provider's own filter found, where it says so. */
      readonly filtered?: readonly string[] | undefined;
    }
  /** Running total: the last one counts. */
  | { readonly type: "usage"; readonly usage: TokenUsage };

export interface Embedding {
  readonly index: number;
  readonly vector: readonly number[];
}

export interface EmbeddingAnswer {
  readonly embeddings: readonly Embedding[];
  /** Undefined where the provider counts nothing. */
  readonly usage: TokenUsage | undefined;
}

/** By URL at the provider, or as bytes. */
export interface GeneratedImage {
  readonly url?: string | undefined;
  readonly base64?: string | undefined;
  readonly mimeType?: string | undefined;
  /** What the model was really told, in words of another model. */
  readonly revisedPrompt?: string | undefined;
}

export interface ImageAnswer {
  readonly images: readonly GeneratedImage[];
  /** Undefined where the provider counts no tokens. */
  readonly usage: TokenUsage | undefined;
  /** What the provider says of all of them, in OpenAI's words: `size`, `quality`, `background`, `output_format`. */
  readonly properties: Readonly<Record<string, string>>;
}
