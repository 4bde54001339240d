// A first answer, held whole until it is decided whether it is good enough: read, weighed, and played on.
// `escalation.ts` uses it; nothing of it has reached the caller.

import type { ModelEvent } from "../core/events.ts";
import type { CompletionRequest } from "../core/request.ts";
import type { Escalation } from "../core/route.ts";
import { schemaFault } from "../routing/schema-check.ts";

export interface FirstAnswer {
  readonly text: string;
  readonly events: readonly ModelEvent[];
  readonly callsTools: boolean;
  readonly refused: boolean;
  /** Of all tokens whose probability was told; undefined where none was. */
  readonly meanLogprob: number | undefined;
}

export async function readFirst(stream: AsyncIterable<readonly ModelEvent[]>): Promise<FirstAnswer> {
  const events: ModelEvent[] = [];
  const texts: string[] = [];
  let callsTools = false;
  let refused = false;
  let tokens = 0;
  let sum = 0;
  for await (const batch of stream) for (const event of batch) take(event);

  function take(event: ModelEvent): void {
    events.push(event);
    if (event.type === "tool-call-delta") callsTools = true;
    if (event.type === "refusal-delta") refused = true;
    if (event.type === "choice-finish" && event.reason === "content_filter") refused = true;
    if (event.type !== "text-delta" || event.choice !== 0) return;
    texts.push(event.text);
    for (const entry of event.logprobs ?? []) {
      const { logprob } = entry as { logprob?: unknown };
      if (typeof logprob !== "number") continue;
      tokens += 1;
      sum += logprob;
    }
  }
  const text = texts.join("");
  return {
    text,
    events,
    callsTools,
    refused: refused || looksLikeRefusal(text),
    meanLogprob: tokens === 0 ? undefined : sum / tokens,
  };
}

/** What models begin with when they decline; a long answer that begins so says more than no. */
const refusal =
  /^\W*(?:i['’]?m (?:really )?sorry|sorry|unfortunately|i (?:can(?:no|['’])t|am (?:not able|unable)))\b/i;
const longestRefusal = 400;

const looksLikeRefusal = (text: string): boolean => text.length <= longestRefusal && refusal.test(text);

/** Why it is not good enough, by what can be seen without asking anyone; undefined where it may be. */
export function visibleFault(
  answer: FirstAnswer,
  { when }: Escalation,
  { responseFormat }: CompletionRequest,
): string | undefined {
  if (when.refused && answer.refused) return "it declined to answer";
  if (answer.callsTools) return undefined;
  if (when.schema && responseFormat !== undefined) {
    const fault = schemaFault(answer.text, responseFormat.type === "schema" ? responseFormat.schema : true);
    if (fault !== undefined) return fault;
  }
  const { meanLogprob } = answer;
  if (when.meanLogprobBelow === undefined || meanLogprob === undefined) return undefined;
  return meanLogprob < when.meanLogprobBelow
    ? `its mean logprob ${meanLogprob.toFixed(2)} is below ${when.meanLogprobBelow}`
    : undefined;
}
