// The neutral request that both doors make and every dialect encodes. Nothing a caller sent is
// dropped on the way here: what has no place of its own travels in `extras`.

import type { DialectName } from "./deployment.ts";
import type { Sensitivity } from "./sensitivity.ts";

export interface TextPart {
  readonly type: "text";
  readonly text: string;
  /** The whole of it as one dialect writes it, where text says less. Only that dialect sends it. */
  readonly native?: NativeBlock | undefined;
  readonly extras?: Extras | undefined;
}

/** A block that only its own dialect has: a search result, a document in text, a tool that the provider ran. */
export interface NativeBlock {
  readonly dialect: DialectName;
  readonly block: Readonly<Record<string, unknown>>;
}

/** What can be read of fields without a form of ours: all but media, and what only their provider can decrypt. */
export const readableFields = (fields: Extras): string =>
  JSON.stringify(fields, (name, value: unknown) =>
    name.startsWith("encrypted_") || isMediaText(value) || (name === "result" && isPicture(fields))
      ? undefined
      : value,
  );

const isMediaText = (value: unknown): boolean => typeof value === "string" && value.startsWith("data:");

/** A picture that a tool of the provider's made. */
const isPicture = ({ type }: Extras): boolean => type === "image_generation_call";

/** True where some of a block cannot be looked into. */
export const holdsMedia = ({ block }: NativeBlock): boolean =>
  isPicture(block) || JSON.stringify(block).includes('"data:');

export type MediaKind = "image" | "file" | "audio" | "video";

/** By URL or by base64, never both. */
export interface MediaPart {
  readonly type: MediaKind;
  readonly url?: string | undefined;
  readonly base64?: string | undefined;
  readonly mimeType?: string | undefined;
  readonly name?: string | undefined;
  readonly detail?: "auto" | "low" | "high" | undefined;
  readonly extras?: Extras | undefined;
}

export type Part = TextPart | MediaPart;

/** Fields of the caller's own dialect that have no neutral name, by their wire name. */
export type Extras = Readonly<Record<string, unknown>>;

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, exactly as the model wrote it; of a free-form tool, any text. */
  readonly arguments: string;
  readonly freeform?: true | undefined;
  /** Opaque proof that some models want back with the call. */
  readonly signature?: string | undefined;
  readonly extras?: Extras | undefined;
}

/** Reasoning to hand back to the model that wrote it. Opaque fields are neither read nor changed. */
export interface ReasoningBlock {
  readonly text: string;
  readonly signature?: string | undefined;
  /** Encrypted reasoning: no text, only this. */
  readonly redacted?: string | undefined;
  /** Whose proof it is, where the client's wire tells: no other dialect may be sent it. */
  readonly from?: DialectName | undefined;
}

interface MessageBase {
  /** Declared by the caller for this message alone; joined into the request's. */
  readonly sensitivity?: Sensitivity | undefined;
  readonly name?: string | undefined;
  readonly extras?: Extras | undefined;
}

interface SystemMessage extends MessageBase {
  readonly role: "system";
  /** What the caller wrote, where the dialect tells the two apart. */
  readonly spelling?: "system" | "developer" | undefined;
  readonly parts: readonly TextPart[];
}

export interface UserMessage extends MessageBase {
  readonly role: "user";
  readonly parts: readonly Part[];
}

export interface AssistantMessage extends MessageBase {
  readonly role: "assistant";
  readonly parts: readonly TextPart[];
  readonly refusal?: string | undefined;
  readonly toolCalls: readonly ToolCall[];
  readonly reasoning: readonly ReasoningBlock[];
  /** How the three lists above were mixed, where it is not all reasoning, then all parts, then all calls. */
  readonly order?: readonly AssistantPiece[] | undefined;
}

export type AssistantPiece = "reasoning" | "part" | "call";

export interface ToolMessage extends MessageBase {
  readonly role: "tool";
  readonly toolCallId: string;
  readonly parts: readonly Part[];
}

export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

export interface Tool {
  readonly name: string;
  readonly description?: string | undefined;
  /** A JSON schema. */
  readonly parameters: unknown;
  readonly strict?: boolean | undefined;
  /** Takes any text, or one of a grammar, instead of JSON: then it has no parameters. */
  readonly freeform?: Freeform | undefined;
  /** The whole of it as one dialect writes it: it runs at the provider, or its models know it by type. Only that dialect sends it. */
  readonly native?: NativeBlock | undefined;
  /** Beside the function. */
  readonly extras?: Extras | undefined;
  /** Inside the function. */
  readonly functionExtras?: Extras | undefined;
}

export interface Freeform {
  /** As OpenAI writes it flat: `{type, syntax, definition}`. */
  readonly format: unknown;
}

export type ToolChoice =
  | { readonly mode: "auto" | "none" | "required" }
  | { readonly mode: "tool"; readonly tool: string };

export type ResponseFormat =
  | { readonly type: "json" }
  | {
      readonly type: "schema";
      readonly name: string;
      readonly schema: unknown;
      readonly strict: boolean;
      readonly description?: string | undefined;
    };

export type ReasoningEffort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh";

export type OnUnsupported = "error" | "drop" | "reroute";

export interface CompletionRequest {
  readonly action: "complete";
  /** Route, model or deployment, as the caller named it. */
  readonly model: string;
  readonly messages: readonly Message[];
  /** True where the caller reads the answer as it comes. */
  readonly stream: boolean;
  readonly n: number;
  readonly maxOutputTokens?: number | undefined;
  /** What the caller wrote, where the dialect has two words for it. */
  readonly maxOutputTokensSpelling?: "max_tokens" | "max_completion_tokens" | undefined;
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly stop?: readonly string[] | undefined;
  readonly seed?: number | undefined;
  readonly presencePenalty?: number | undefined;
  readonly frequencyPenalty?: number | undefined;
  readonly logitBias?: Readonly<Record<string, number>> | undefined;
  readonly logprobs?: boolean | undefined;
  readonly topLogprobs?: number | undefined;
  readonly tools?: readonly Tool[] | undefined;
  readonly toolChoice?: ToolChoice | undefined;
  readonly parallelToolCalls?: boolean | undefined;
  readonly responseFormat?: ResponseFormat | undefined;
  readonly reasoning?: ReasoningEffort | undefined;
  /** The one message is a text to go on with, not one to answer: providers that still tell the two apart go on. */
  readonly continues?: boolean | undefined;
  /** Some of its tools or calls are free-form, which few providers know. */
  readonly freeform?: true | undefined;
  /** In whose words all `extras` are, or who alone knows some tools and items; absent: OpenAI's, and nobody. */
  readonly words?: "anthropic" | "responses" | undefined;
  readonly extras: Extras;
}

export interface EmbeddingRequest {
  readonly action: "embed";
  readonly model: string;
  /** Texts, or token ids where the caller tokenised by itself. */
  readonly inputs: readonly string[] | readonly (readonly number[])[];
  readonly dimensions?: number | undefined;
  readonly extras: Extras;
}

/** Texts to judge. How a classifier is asked about them is for `safety/` to say. */
export interface ModerationRequest {
  readonly action: "moderate";
  readonly model: string;
  readonly inputs: readonly string[];
  readonly extras: Extras;
}

/** Pictures of what is said. */
export interface ImageRequest {
  readonly action: "image";
  readonly model: string;
  /** One text: what to show. */
  readonly inputs: readonly [string];
  readonly n: number;
  /** `1024x1536`; absent: as the model likes. */
  readonly size?: string | undefined;
  /** How the pictures come back; absent: as the provider does by itself. */
  readonly encoding?: "url" | "base64" | undefined;
  readonly extras: Extras;
}

export type ModelRequest = CompletionRequest | EmbeddingRequest | ImageRequest | ModerationRequest;

/** Says nothing: for questions that are about the action alone. */
export function emptyRequest(action: ModelRequest["action"], model = ""): ModelRequest {
  if (action === "complete") return { action, model, messages: [], stream: false, n: 1, extras: {} };
  return action === "image"
    ? { action, model, inputs: [""], n: 1, extras: {} }
    : { action, model, inputs: [], extras: {} };
}

export type Action = "complete" | "embed" | "image" | "moderate";
