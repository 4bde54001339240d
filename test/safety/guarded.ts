// Runs events through the guard and gathers what came out, per channel; cuts texts into random chunks.
// The tests of this folder share it. It uses the guard as the gateway does.

import type { SafetySummary } from "../../src/core/answer.ts";
import type { ModelEvent } from "../../src/core/events.ts";
import type { ScreenedEvent } from "../../src/safety/screened-event.ts";
import type { ScreenOptions } from "../../src/safety/screen.ts";
import { newSafetySummary, type VerdictAction } from "../../src/safety/verdicts.ts";
import { screenOneByOne } from "../kit/batches.ts";

export interface Guarded {
  readonly events: readonly ScreenedEvent[];
  /** By choice and channel, as `0 text-delta`. */
  readonly texts: ReadonlyMap<string, string>;
  readonly notices: readonly string[];
  readonly finishes: readonly string[];
  readonly categories: readonly string[];
  readonly summary: SafetySummary;
}

export type Rule = (category: string) => VerdictAction;

export async function guard(
  events: readonly ModelEvent[] | AsyncIterable<ModelEvent>,
  rule: Rule,
  options: Partial<ScreenOptions> = {},
): Promise<Guarded> {
  const summary = newSafetySummary();
  const out: ScreenedEvent[] = [];
  const decide = (category: string) => ({ action: rule(category), rule: "test" });
  const source = Symbol.asyncIterator in events ? events : stream(events);
  for await (const event of screenOneByOne(source, { decide, summary, ...options })) out.push(event);
  const texts = new Map<string, string>();
  for (const event of out) {
    const [channel, text] = channelOf(event);
    if (channel !== undefined) texts.set(channel, (texts.get(channel) ?? "") + text);
  }
  return {
    events: out,
    texts,
    notices: out.flatMap((event) =>
      event.type === "safety-notice"
        ? [`${event.choice} ${event.redacted} ${event.categories.join(" ")}`]
        : [],
    ),
    finishes: out.flatMap((event) =>
      event.type === "choice-finish" ? [`${event.choice} ${event.reason}`] : [],
    ),
    categories: summary.categories,
    summary,
  };
}

function channelOf(event: ScreenedEvent): [string | undefined, string] {
  switch (event.type) {
    case "text-delta":
    case "refusal-delta":
    case "reasoning-delta":
      return [`${event.choice} ${event.type}`, event.text];
    case "tool-call-delta":
      return [`${event.choice} tool ${event.call}`, event.arguments];
    default:
      return [undefined, ""];
  }
}

/** No generator: thousands of chunkings are made of these, and each promise costs. */
export function stream(events: readonly ModelEvent[]): AsyncIterable<ModelEvent> {
  const values = events.values();
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(values.next()) }) };
}

export type ChannelName = "text-delta" | "refusal-delta" | "reasoning-delta" | "tool-call-delta";

export const piece = (channel: ChannelName, text: string, choice = 0): ModelEvent =>
  channel === "tool-call-delta"
    ? { type: channel, choice, call: 0, arguments: text }
    : { type: channel, choice, text };

export const finish = (choice = 0): ModelEvent => ({ type: "choice-finish", choice, reason: "stop" });

/** Small and repeatable. */
export function randomSource(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export function cut(text: string, random: () => number, longest: number): string[] {
  const chunks: string[] = [];
  for (let at = 0; at < text.length;) {
    const length = 1 + Math.floor(random() * longest);
    chunks.push(text.slice(at, at + length));
    at += length;
  }
  return chunks;
}
