// Gathers the events of one answer into the whole that a door shows where nobody reads it as it comes.
// Both doors use it; it adds nothing and drops nothing, and is linear in the length of the answer.

import type { AnswerBatches, AnswerEvent, GatheredAnswer, GatheredChoice, Sound } from "../core/answer.ts";
import type { FinishReason } from "../core/events.ts";
import { pour } from "../core/pouring.ts";
import type { ReasoningBlock, ToolCall } from "../core/request.ts";

export interface Gatherer {
  push(event: AnswerEvent): void;
  /** Throws where `finished` never came: such an answer has failed. */
  done(): GatheredAnswer;
}

export function gather(batches: AnswerBatches): Promise<GatheredAnswer> {
  const gatherer = createGatherer();
  const whole = new Promise<void>((end, fail) => {
    const take = (batch: readonly AnswerEvent[]): void => {
      for (const event of batch) gatherer.push(event);
    };
    pour(batches, { take, end, fail }).resume();
  });
  return whole.then(() => gatherer.done());
}

interface OpenCall {
  id: string;
  name: string;
  arguments: string;
  signature: string | undefined;
  freeform: true | undefined;
}

interface OpenChoice {
  text: string;
  refusal: string;
  readonly reasoning: ReasoningBlock[];
  openReasoning: string;
  readonly calls: OpenCall[];
  readonly logprobs: unknown[];
  readonly citations: unknown[];
  sound: Sound | undefined;
  finish: FinishReason | undefined;
}

export const createGatherer = (): Gatherer => new Gathering();

/** A class, and no closures: every whole answer makes one. */
class Gathering implements Gatherer {
  /** By their index, which is small. */
  readonly #choices: (OpenChoice | undefined)[] = [];
  readonly #notices: Extract<AnswerEvent, { type: "safety-notice" }>[] = [];
  #started: Extract<AnswerEvent, { type: "started" }> | undefined;
  #begun: Extract<AnswerEvent, { type: "answer-begin" }> | undefined;
  #finished: Extract<AnswerEvent, { type: "finished" }> | undefined;

  #choice(index: number): OpenChoice {
    return (this.#choices[index] ??= newChoice());
  }

  push(event: AnswerEvent): void {
    switch (event.type) {
      case "started":
        this.#started = event;
        return;
      case "answer-begin":
        this.#begun = event;
        return;
      case "text-delta": {
        const open = this.#choice(event.choice);
        open.text += event.text;
        // Not by spreading: a whole answer's logprobs are more than a call may have arguments.
        if (event.logprobs) for (const logprob of event.logprobs) open.logprobs.push(logprob);
        return;
      }
      case "refusal-delta":
        this.#choice(event.choice).refusal += event.text;
        return;
      case "reasoning-delta":
        this.#choice(event.choice).openReasoning += event.text;
        return;
      case "reasoning-seal":
        sealReasoning(this.#choice(event.choice), event.signature, event.redacted);
        return;
      case "tool-call-delta":
        addToCall(this.#choice(event.choice), event);
        return;
      case "sound":
        this.#choice(event.choice).sound = event.base64 === undefined ? undefined : event;
        return;
      case "citations":
        this.#choice(event.choice).citations.push(...event.citations);
        return;
      case "choice-finish":
        this.#choice(event.choice).finish = event.reason;
        return;
      case "safety-notice":
        this.#notices.push(event);
        if (event.retractFrom !== undefined) takeBack(this.#choice(event.choice), event.retractFrom);
        return;
      case "finished":
        this.#finished = event;
    }
  }

  done(): GatheredAnswer {
    const started = this.#started;
    const finished = this.#finished;
    const begun = this.#begun;
    if (!started || !finished) throw new Error("The answer was gathered before it was finished.");
    const choices: GatheredChoice[] = [];
    for (const [index, open] of this.#choices.entries()) if (open) choices.push(closeChoice(index, open));
    return {
      choices,
      upstreamId: begun?.upstreamId,
      upstreamModel: begun?.upstreamModel,
      fingerprint: begun?.fingerprint,
      serviceTier: begun?.serviceTier,
      receipt: finished.receipt,
      deployment: started.deployment,
      notices: this.#notices,
    };
  }
}

const newChoice = (): OpenChoice => ({
  text: "",
  refusal: "",
  reasoning: [],
  openReasoning: "",
  calls: [],
  logprobs: [],
  citations: [],
  sound: undefined,
  finish: undefined,
});

/** Offsets count text and refusal together; which of them came first is not kept, so more may go than must. */
function takeBack(open: OpenChoice, from: number): void {
  const { text, refusal } = open;
  open.text = text.slice(0, Math.max(0, from - refusal.length));
  open.refusal = refusal.slice(0, Math.max(0, from - text.length));
}

/** An encrypted block stands for itself; a signature closes the text before it. */
function sealReasoning(open: OpenChoice, signature: string | undefined, redacted: string | undefined): void {
  if (redacted !== undefined) {
    if (open.openReasoning !== "") open.reasoning.push({ text: open.openReasoning });
    open.reasoning.push({ text: "", redacted });
  } else open.reasoning.push({ text: open.openReasoning, ...(signature === undefined ? {} : { signature }) });
  open.openReasoning = "";
}

const emptyCall = { id: "", name: "", arguments: "", signature: undefined };

function addToCall(open: OpenChoice, event: Extract<AnswerEvent, { type: "tool-call-delta" }>): void {
  const { freeform } = event;
  const call = (open.calls[event.call] ??= { ...emptyCall, freeform });
  call.id ||= event.id ?? "";
  call.name ||= event.name ?? "";
  call.arguments += event.arguments;
  call.signature = event.signature ?? call.signature;
}

function closeChoice(index: number, open: OpenChoice): GatheredChoice {
  const { text, refusal, reasoning, openReasoning, calls, logprobs, citations, sound, finish } = open;
  return {
    index,
    text,
    refusal,
    reasoning: openReasoning === "" ? reasoning : [...reasoning, { text: openReasoning }],
    toolCalls: calls.filter((call) => call !== undefined).map(closeCall),
    logprobs,
    citations,
    sound,
    finish: finish ?? "stop",
  };
}

function closeCall({ id, name, arguments: text, signature, freeform }: OpenCall): ToolCall {
  return {
    id,
    name,
    arguments: text,
    ...(signature === undefined ? {} : { signature }),
    ...(freeform ? { freeform } : {}),
  };
}
