// Opens one deployment's answer and reads on until something would reach the caller.
// Until then another deployment may take over; what was read goes out first afterwards.

import type { ParamChange } from "../core/answer.ts";
import type { ModelEvent, TokenUsage } from "../core/events.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import { pour, type Pourable, Pulled, type Sink, type Tap } from "../core/pouring.ts";
import type { ProviderCall } from "../providers/providers.ts";
import { contentRefused } from "../providers/upstream-failure.ts";
import type { AttemptLog } from "./attempts.ts";

type Batch = readonly ModelEvent[];

export interface Engaged {
  readonly target: PermittedDeployment;
  readonly params: readonly ParamChange[];
  /** What it had counted before it spoke. */
  readonly usage: TokenUsage | undefined;
  /** Everything the deployment says, metered. Throws a `Failure`. */
  readonly events: AsyncIterable<Batch>;
  /** Lets go of the upstream, also where nobody read the events. */
  close(): void;
}

/** Rejects where another may be tried. */
export function engage(
  target: PermittedDeployment,
  call: ProviderCall,
  attempt: AttemptLog,
  failsWhenRefused: boolean,
): Promise<Engaged> {
  return new Promise((resolve, reject) => {
    new Engagement(target, call, attempt, failsWhenRefused, resolve, reject).begin();
  });
}

const reachesCaller = (event: ModelEvent): boolean => event.type !== "answer-begin" && event.type !== "usage";

/** It ended before it said anything, since the provider's own filter said no. */
const isRefused = (opening: Batch): boolean => {
  const first = opening.find(reachesCaller);
  return first?.type === "choice-finish" && first.reason === "content_filter";
};

/** Keeps what comes until somebody wants it; from then on it meters what passes. */
class Engagement implements Pourable<Batch>, Sink<Batch>, Tap {
  readonly #call: ProviderCall;
  readonly #target: PermittedDeployment;
  readonly #attempt: AttemptLog;
  readonly #failsWhenRefused: boolean;
  readonly #resolve: (engaged: Engaged) => void;
  readonly #reject: (error: unknown) => void;
  readonly #source: Tap;
  #opening: ModelEvent[] = [];
  #spoke = false;
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;
  #sink: Sink<Batch> | undefined;

  constructor(
    target: PermittedDeployment,
    call: ProviderCall,
    attempt: AttemptLog,
    failsWhenRefused: boolean,
    resolve: (engaged: Engaged) => void,
    reject: (error: unknown) => void,
  ) {
    this.#target = target;
    this.#call = call;
    this.#attempt = attempt;
    this.#failsWhenRefused = failsWhenRefused;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#source = pour(call.events, this);
  }

  begin(): void {
    this.#source.resume();
  }

  [Symbol.asyncIterator](): Pulled<Batch> {
    return new Pulled(this);
  }

  pour(sink: Sink<Batch>): Tap {
    this.#sink = sink;
    return this;
  }

  pause(): void {
    this.#source.pause();
  }

  resume(): void {
    const opening = this.#opening;
    this.#opening = [];
    if (opening.length > 0) this.#sink?.take(opening);
    if (this.#isOver) this.#settle();
    else this.#source.resume();
  }

  leave(): void {
    this.#sink = undefined;
    if (!this.#isOver) this.#source.leave();
    this.#isOver = true;
    // Where nobody has read the events, nobody else says so.
    this.#attempt.done();
  }

  take(batch: Batch): void {
    const { meter } = this.#attempt;
    for (const event of batch) meter.count(event);
    if (this.#sink && this.#opening.length === 0) return this.#sink.take(batch);
    for (const event of batch) this.#opening.push(event);
    if (!this.#spoke && batch.some(reachesCaller)) this.#speak();
  }

  end(): void {
    this.#isOver = true;
    if (this.#spoke) this.#settle();
    else this.#speak();
  }

  fail(error: unknown): void {
    this.#isOver = true;
    this.#failure = { error };
    if (this.#spoke) this.#settle();
    else this.#reject(error);
  }

  #speak(): void {
    this.#spoke = true;
    this.#source.pause();
    const opening = this.#opening;
    if (this.#failsWhenRefused && isRefused(opening)) {
      this.#source.leave();
      const { name } = this.#target.deployment.provider;
      return this.#reject(contentRefused(`${name} stopped the answer by a filter of its own.`));
    }
    this.#attempt.spoke();
    this.#resolve({
      target: this.#target,
      params: this.#call.params,
      usage: opening.findLast((event) => event.type === "usage")?.usage,
      events: this,
      close: () => this.leave(),
    });
  }

  /** Tells of the end once all before it was told. */
  #settle(): void {
    const sink = this.#sink;
    if (!sink || this.#opening.length > 0) return;
    this.#sink = undefined;
    const failure = this.#failure && this.#attempt.failed(this.#failure.error).failure;
    this.#attempt.done();
    if (failure) sink.fail(failure);
    else sink.end();
  }
}
