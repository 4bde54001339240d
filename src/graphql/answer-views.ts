// Turns the gateway's stream into the events of the contract: with offsets, numbered, never throwing.
// `events.ts` shows them. A failure is the last event, also where nothing came before it.

import type { AnswerBatches, AnswerEvent, Receipt } from "../core/answer.ts";
import type { Deployment } from "../core/deployment.ts";
import { Failure, type SensitivityReport } from "../core/errors.ts";
import type { ResponseFormat } from "../core/request.ts";
import { createGatherer } from "../wire/gather.ts";
import { completionOf, type Completion } from "./completions.ts";
import type { FailureView } from "./failures.ts";

export type EventBody =
  | { kind: "CompletionStarted"; receiptId: string; deployment: Deployment; sensitivity: SensitivityReport }
  | {
      kind: "TextDelta" | "ReasoningDelta";
      choice: number;
      offset: number;
      text: string;
      logprobs?: readonly unknown[] | undefined;
    }
  | {
      kind: "ToolCallDelta";
      choice: number;
      call: number;
      callId: string;
      name: string;
      argumentsDelta: string;
    }
  | {
      kind: "SafetyNotice";
      choice: number;
      categories: readonly string[];
      redacted: boolean;
      retractFrom: number | undefined;
      retroactive: boolean;
    }
  | { kind: "CompletionFinished"; completion: Completion }
  | { kind: "CompletionFailed"; failure: FailureView; receipt: Receipt | undefined };

export type EventKind = EventBody["kind"];
export type EventView<Kind extends EventKind = EventKind> = Extract<EventBody, { kind: Kind }> & {
  seq: number;
};

export interface ViewParts {
  /** Asks the gateway. Whatever it throws becomes the one event of a stream that never started. */
  readonly open: () => {
    readonly events: AnswerBatches;
    readonly format: ResponseFormat | undefined;
  };
  readonly failed: (error: unknown) => Promise<EventBody>;
  /** Aborted once nobody listens any more, or with the failure by which the gateway ends the stream. */
  readonly signal: AbortSignal;
}

export async function* viewAnswer({
  open,
  failed,
  signal,
}: ViewParts): AsyncGenerator<EventBody, void, undefined> {
  try {
    const { events, format } = open();
    const gatherer = createGatherer();
    const translate = createTranslator();
    for await (const batch of events)
      for (const event of batch) {
        gatherer.push(event);
        const body = translate(event);
        if (body) yield body;
      }
    yield { kind: "CompletionFinished", completion: completionOf(gatherer.done(), format) };
  } catch (error) {
    const someoneListens = !signal.aborted || signal.reason instanceof Failure;
    if (someoneListens) yield await failed(error);
  }
}

/** Numbered last, so that merged events leave no gap. */
export async function* numbered(
  bodies: AsyncIterable<EventBody>,
): AsyncGenerator<EventView, void, undefined> {
  let seq = 0;
  for await (const body of bodies) yield { ...body, seq: seq++ };
}

/** Remembers where each choice stands: UTF-16 units, apart for text and reasoning. */
function createTranslator(): (event: AnswerEvent) => EventBody | undefined {
  const lengths = new Map<string, number>();
  const calls = new Map<string, { id: string; name: string }>();

  function delta(
    kind: "TextDelta" | "ReasoningDelta",
    choice: number,
    text: string,
    logprobs?: readonly unknown[],
  ): EventBody | undefined {
    if (text === "" && logprobs === undefined) return undefined;
    const channel = `${kind} ${choice}`;
    const offset = lengths.get(channel) ?? 0;
    lengths.set(channel, offset + text.length);
    return logprobs === undefined ? { kind, choice, offset, text } : { kind, choice, offset, text, logprobs };
  }

  return (event) => {
    switch (event.type) {
      case "started": {
        const { receiptId, deployment, sensitivity } = event;
        return { kind: "CompletionStarted", receiptId, deployment, sensitivity };
      }
      case "text-delta":
        return delta("TextDelta", event.choice, event.text, event.logprobs);
      case "refusal-delta":
        return delta("TextDelta", event.choice, event.text);
      case "reasoning-delta":
        return delta("ReasoningDelta", event.choice, event.text);
      case "tool-call-delta": {
        const { choice, call, arguments: argumentsDelta } = event;
        const known = calls.get(`${choice} ${call}`) ?? { id: "", name: "" };
        calls.set(`${choice} ${call}`, known);
        known.id ||= event.id ?? "";
        known.name ||= event.name ?? "";
        return { kind: "ToolCallDelta", choice, call, callId: known.id, name: known.name, argumentsDelta };
      }
      case "safety-notice": {
        const { choice, categories, redacted, retractFrom, retroactive = false } = event;
        return { kind: "SafetyNotice", choice, categories, redacted, retractFrom, retroactive };
      }
      default:
        return undefined;
    }
  };
}
