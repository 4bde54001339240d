// Turns the gateway's stream into the events of the contract: with offsets, numbered, never throwing.
// `events.ts` shows them. A failure is the last event, also where nothing came before it.

import type { AnswerBatches, AnswerEvent, Receipt } from "../core/answer.ts";
import type { Deployment } from "../core/deployment.ts";
import { Failure, type SensitivityReport } from "../core/errors.ts";
import { changed, pour, type Pourable, pourable, type Sink, type Tap } from "../core/pouring.ts";
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

export const viewAnswer = (parts: ViewParts): Pourable<EventBody> =>
  pourable((sink) => new AnswerViewing(parts, sink));

class AnswerViewing implements Sink<readonly AnswerEvent[]>, Tap {
  readonly #parts: ViewParts;
  readonly #sink: Sink<EventBody>;
  readonly #gatherer = createGatherer();
  readonly #translate = createTranslator();
  #source: Tap | undefined;
  #format: ResponseFormat | undefined;
  #isOver = false;

  constructor(parts: ViewParts, sink: Sink<EventBody>) {
    this.#parts = parts;
    this.#sink = sink;
  }

  pause(): void {
    this.#source?.pause();
  }

  resume(): void {
    try {
      this.#source ??= this.#open();
    } catch (error) {
      return this.fail(error);
    }
    this.#source.resume();
  }

  leave(): void {
    this.#isOver = true;
    this.#source?.leave();
  }

  take(batch: readonly AnswerEvent[]): void {
    for (const event of batch) {
      if (this.#isOver) return;
      this.#gatherer.push(event);
      const body = this.#translate(event);
      if (body) this.#sink.take(body);
    }
  }

  end(): void {
    try {
      const completion = completionOf(this.#gatherer.done(), this.#format);
      this.#sink.take({ kind: "CompletionFinished", completion });
    } catch (error) {
      return this.fail(error);
    }
    this.#sink.end();
  }

  fail(thrown: unknown): void {
    const { failed, signal } = this.#parts;
    const someoneListens = !signal.aborted || signal.reason instanceof Failure;
    if (!someoneListens) return this.#sink.end();
    failed(thrown).then(this.#onFailed, (unknown: unknown) => this.#sink.fail(unknown));
  }

  readonly #onFailed = (body: EventBody): void => {
    if (this.#isOver) return;
    this.#sink.take(body);
    this.#sink.end();
  };

  #open(): Tap {
    const { events, format } = this.#parts.open();
    this.#format = format;
    return pour(events, this);
  }
}

/** Numbered last, so that merged events leave no gap. */
export function numbered(bodies: AsyncIterable<EventBody>): Pourable<EventView> {
  let seq = 0;
  return changed(bodies, (body) => Object.assign(body, { seq: seq++ }));
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
