// Gathers the events of an answer into what each choice says, as a door would show it.
// Codec tests compare recordings and fixtures with it.

import type { FinishReason, ModelEvent, TokenUsage } from "../../src/core/events.ts";
import type { AssistantMessage, ReasoningBlock, ToolCall } from "../../src/core/request.ts";

export interface Gathered {
  text: string;
  refusal: string;
  reasoning: ReasoningBlock[];
  toolCalls: ToolCall[];
  citations: unknown[];
  logprobs: unknown[];
  finish: FinishReason | undefined;
}

export function gatherChoices(events: readonly ModelEvent[]): readonly Gathered[] {
  const choices: Gathered[] = [];
  const thoughts: string[] = [];
  for (const event of events) {
    if (!("choice" in event)) continue;
    const said = (choices[event.choice] ??= emptyChoice());
    if (event.type === "text-delta") {
      said.text += event.text;
      said.logprobs.push(...(event.logprobs ?? []));
    } else if (event.type === "refusal-delta") said.refusal += event.text;
    else if (event.type === "reasoning-delta") {
      thoughts[event.choice] = (thoughts[event.choice] ?? "") + event.text;
    } else if (event.type === "reasoning-seal") {
      const { signature, redacted } = event;
      said.reasoning.push({ text: thoughts[event.choice] ?? "", ...defined({ signature, redacted }) });
      thoughts[event.choice] = "";
    } else if (event.type === "tool-call-delta") addToCall(said.toolCalls, event);
    else if (event.type === "citations") said.citations.push(...event.citations);
    else if (event.type === "choice-finish") said.finish = event.reason;
  }
  return choices;
}

export function gather(events: readonly ModelEvent[]): Gathered {
  return gatherChoices(events)[0] ?? emptyChoice();
}

export const lastUsage = (events: readonly ModelEvent[]): TokenUsage | undefined =>
  events.findLast((event) => event.type === "usage")?.usage;

/** What a client puts back into the conversation. */
export const asMessage = (said: Gathered): AssistantMessage => ({
  role: "assistant",
  parts: said.text === "" ? [] : [{ type: "text", text: said.text }],
  toolCalls: said.toolCalls,
  reasoning: said.reasoning,
});

function addToCall(calls: ToolCall[], event: Extract<ModelEvent, { type: "tool-call-delta" }>): void {
  const begun = calls[event.call];
  const { signature = begun?.signature } = event;
  calls[event.call] = {
    id: begun?.id ?? event.id ?? "",
    name: begun?.name ?? event.name ?? "",
    arguments: (begun?.arguments ?? "") + event.arguments,
    ...defined({ signature }),
  };
}

const emptyChoice = (): Gathered => ({
  text: "",
  refusal: "",
  reasoning: [],
  toolCalls: [],
  citations: [],
  logprobs: [],
  finish: undefined,
});

const defined = <T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
