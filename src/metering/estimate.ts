// How many tokens a text may be, without a tokenizer: bytes divided by three, rounded up.
// Used before a call (worst case) and after one whose provider gave no usage (marked estimated).

import type { CompletionRequest, ImageRequest, Message, ModelRequest, Part } from "../core/request.ts";

const bytesPerToken = 3;
/** What a message costs beyond its text: role and separators. */
const tokensPerMessage = 4;

/** Providers bill media by size or by page; these are high readings for one item. */
const tokensPerMedia = { image: 1_600, file: 8_000, audio: 4_000, video: 20_000 } as const;

/**
 * Of a picture of up to 1536x1024, as OpenAI counts it; nobody counts more for one. Larger ones by their size.
 * https://developers.openai.com/api/docs/guides/image-generation, read 2026-11-21
 */
const mostTokensPerImage = 6_300;
const tokensByQuality: Readonly<Record<string, number>> = { low: 420, medium: 1_600 };
const usualPixels = 1_536 * 1_024;

/** Where neither the request nor the model says where an answer ends. */
const assumedMaxOutput = 4_096;

export const tokensOfText = (text: string): number => Math.ceil(Buffer.byteLength(text) / bytesPerToken);

/** A route asks once for each of its candidates, and a megabyte is long to count. Requests never change. */
const estimates = new WeakMap<ModelRequest, number>();
/** What is less is counted sooner than remembered. */
const leastRemembered = 2_000;

export function estimateInputTokens(request: ModelRequest): number {
  const known = estimates.get(request);
  if (known !== undefined) return known;
  const tokens = request.action === "complete" ? ofCompletion(request) : ofInputs(request.inputs);
  if (tokens >= leastRemembered) estimates.set(request, tokens);
  return tokens;
}

/** For a request that nobody wrote, of which only the length is known. */
export const assumeInputTokens = (request: ModelRequest, tokens: number): void =>
  void estimates.set(request, tokens);

/** The most output that may be billed, over all choices. */
export function maxOutputTokens(request: ModelRequest, modelLimit: number | undefined): number {
  if (request.action === "image") return tokensOfPicture(request) * request.n;
  if (request.action !== "complete") return 0;
  return (request.maxOutputTokens ?? modelLimit ?? assumedMaxOutput) * request.n;
}

function tokensOfPicture({ size = "", extras }: ImageRequest): number {
  const [, width = 0, height = 0] = /^(\d{2,5})x(\d{2,5})$/.exec(size) ?? [];
  const larger = Math.max(1, (Number(width) * Number(height)) / usualPixels);
  return Math.ceil((tokensByQuality[String(extras["quality"])] ?? mostTokensPerImage) * larger);
}

function ofCompletion(request: CompletionRequest): number {
  let tokens = 0;
  for (const message of request.messages) tokens += tokensPerMessage + ofMessage(message);
  if (request.tools !== undefined) tokens += tokensOfText(JSON.stringify(request.tools));
  if (request.responseFormat?.type === "schema")
    tokens += tokensOfText(JSON.stringify(request.responseFormat.schema));
  return tokens;
}

function ofMessage(message: Message): number {
  let tokens = 0;
  for (const part of message.parts) tokens += ofPart(part);
  if (message.role !== "assistant") return tokens;
  for (const call of message.toolCalls) tokens += tokensOfText(call.name) + tokensOfText(call.arguments);
  for (const block of message.reasoning) tokens += tokensOfText(block.text);
  return tokens;
}

function ofPart(part: Part): number {
  if (part.type !== "text") return tokensPerMedia[part.type];
  return tokensOfText(part.native ? JSON.stringify(part.native.block) : part.text);
}

function ofInputs(inputs: readonly (string | readonly number[])[]): number {
  let tokens = 0;
  for (const input of inputs) tokens += typeof input === "string" ? tokensOfText(input) : input.length;
  return tokens;
}
