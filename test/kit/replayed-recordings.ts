// Lays a recording out at the replaying upstream, under the provider whose row speaks its wire.
// Scenario tests over recordings call it; the wires named here are those that the gateway speaks.

import { ownRecordings } from "./own-recordings.ts";
import { type Recording, recordingsOf } from "./recordings.ts";
import type { Packing, ReplayUpstream } from "./replay-upstream.ts";

export const chatWires = ["openai-chat", "anthropic-messages", "gemini-generate"] as const;
export const embeddingWires = ["openai-embedding", "gemini-embedding"] as const;

/** Those in the repository first. */
export function replayable(wires: readonly string[]): readonly Recording[] {
  const own = ownRecordings(new URL("../scenarios/fixtures/", import.meta.url));
  return [...own.filter(({ wire }) => wires.includes(wire)), ...recordingsOf(...wires)];
}

export const isError = ({ status, exercises }: Recording): boolean =>
  status >= 400 || exercises.includes("error-in-200");

/** Companies without a row of their own are served under one whose API theirs copies. */
const servedBy: Readonly<Record<string, string>> = {
  azure: "openai",
  cerebras: "fireworks",
  // Gemini's OpenAI-compatible endpoint; its own wire has a row.
  gemini: "litellm",
  huggingface: "vllm",
  moonshot: "together",
  "openai-compatible": "litellm",
  "qwen (alibaba)": "qwen",
  zai: "together",
};

const byWire: Readonly<Record<string, string>> = {
  "anthropic-messages": "anthropic",
  "gemini-generate": "gemini",
  "gemini-embedding": "gemini",
};

export const providerOf = ({ wire, provider }: Recording): string =>
  byWire[wire] ?? servedBy[provider] ?? provider;

/** The deployment to ask for the recorded answer. */
export function replay(upstream: ReplayUpstream, recording: Recording, packing: Packing = {}): string {
  const { streaming, status } = recording;
  const bytes = streaming ? recording.streamBytes() : Buffer.from(JSON.stringify(recording.answer()));
  const contentType = streaming ? "text/event-stream" : "application/json; charset=utf-8";
  return `${providerOf(recording)}/${upstream.put({ status, contentType, bytes }, packing)}`;
}
