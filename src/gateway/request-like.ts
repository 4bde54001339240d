// A request of which only counts are known, in the shape that the flow works with: it says nothing, and is as
// long, and needs as much, as its line of traffic says. `simulation.ts` makes one for each line.

import type { CompletionRequest, MediaKind, Part, Tool, UserMessage } from "../core/request.ts";
import { assumeInputTokens } from "../metering/estimate.ts";
import type { Need, TrafficLine } from "../routing/traffic.ts";

/** Blanks that need not be looked into. */
const some = (text: string): Part => ({ type: "text", text, native: { dialect: "demo", block: {} } });
/** What escalation has learned goes by length: as many blanks as its three classes tell apart. */
const lengths: readonly (readonly [tokens: number, part: Part])[] = [
  [2_000, some(" ".repeat(6_000))],
  [200, some(" ".repeat(600))],
  [0, some("")],
];
const tool: Tool = { name: "tool", parameters: {} };
const media: readonly MediaKind[] = ["image", "file", "audio", "video"];
const isMedia = (need: Need): need is MediaKind => media.some((kind) => kind === need);

export function requestLike(line: TrafficLine): CompletionRequest {
  const { model, promptTokens, maxOutputTokens, streamed, needs } = line;
  const request: CompletionRequest = {
    action: "complete",
    model,
    messages: messagesOf(line),
    stream: streamed,
    n: 1,
    maxOutputTokens,
    tools: needs.includes("tools") ? [tool] : undefined,
    responseFormat: needs.includes("json")
      ? { type: "schema", name: "answer", schema: {}, strict: true }
      : undefined,
    extras: {},
  };
  assumeInputTokens(request, promptTokens);
  return request;
}

function messagesOf({ messages: count, promptTokens, needs }: TrafficLine): readonly UserMessage[] {
  const text = lengths.find(([tokens]) => promptTokens >= tokens)?.[1] ?? said.parts[0];
  const first: UserMessage = {
    role: "user",
    parts: [
      ...(text ? [text] : []),
      ...needs.filter(isMedia).map((type): Part => ({ type, url: "https://example.com/" })),
    ],
  };
  return [first, ...Array.from({ length: Math.max(0, count - 1) }, () => said)];
}

const said: UserMessage = { role: "user", parts: [] };
