// Opens one deployment's answer and reads on until something would reach the caller.
// Until then another deployment may take over; what was read goes out first afterwards.

import type { ParamChange } from "../core/answer.ts";
import type { ModelEvent, TokenUsage } from "../core/events.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import type { ProviderCall } from "../providers/providers.ts";
import { contentRefused } from "../providers/upstream-failure.ts";
import type { AttemptLog } from "./attempts.ts";

export interface Engaged {
  readonly target: PermittedDeployment;
  readonly params: readonly ParamChange[];
  /** What it had counted before it spoke. */
  readonly usage: TokenUsage | undefined;
  /** Everything the deployment says, metered. Throws a `Failure`. */
  readonly events: AsyncIterable<readonly ModelEvent[]>;
  /** Lets go of the upstream, also where nobody read the events. */
  close(): Promise<void>;
}

export async function engage(
  target: PermittedDeployment,
  call: ProviderCall,
  attempt: AttemptLog,
  failsWhenRefused: boolean,
): Promise<Engaged> {
  const { meter } = attempt;
  const source = call.events[Symbol.asyncIterator]();
  const opening: ModelEvent[] = [];
  let ended = false;
  while (!ended && !opening.some(reachesCaller)) {
    const { done, value } = await source.next();
    if (done) ended = true;
    else {
      for (const event of value) {
        meter.count(event);
        opening.push(event);
      }
    }
  }
  if (failsWhenRefused && isRefused(opening)) {
    await source.return?.();
    throw contentRefused(`${target.deployment.provider.name} stopped the answer by a filter of its own.`);
  }
  attempt.spoke();
  return {
    target,
    params: call.params,
    usage: opening.findLast((event) => event.type === "usage")?.usage,
    events: new Metered(opening, source, ended, attempt),
    async close() {
      await source.return?.();
      // Where nobody has read the events, nobody else says so.
      attempt.done();
    },
  };
}

const reachesCaller = (event: ModelEvent): boolean => event.type !== "answer-begin" && event.type !== "usage";

/** It ended before it said anything, since the provider's own filter said no. */
const isRefused = (opening: readonly ModelEvent[]): boolean => {
  const first = opening.find(reachesCaller);
  return first?.type === "choice-finish" && first.reason === "content_filter";
};

/** No generator: each step of one costs three promises, and there is one for every read of a stream. */
class Metered implements AsyncIterableIterator<readonly ModelEvent[]> {
  readonly #source: AsyncIterator<readonly ModelEvent[]>;
  readonly #attempt: AttemptLog;
  #opening: readonly ModelEvent[] | undefined;
  #over: boolean;

  constructor(
    opening: readonly ModelEvent[],
    source: AsyncIterator<readonly ModelEvent[]>,
    over: boolean,
    attempt: AttemptLog,
  ) {
    this.#opening = opening;
    this.#source = source;
    this.#over = over;
    this.#attempt = attempt;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<readonly ModelEvent[], undefined>> {
    const opening = this.#opening;
    this.#opening = undefined;
    if (opening) return Promise.resolve({ done: false, value: opening });
    if (!this.#over) return this.#source.next().then(this.#counted, this.#failed);
    this.#attempt.done();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Left in the middle, by the caller or by a safety rule: the upstream is closed first. */
  async return(): Promise<IteratorResult<readonly ModelEvent[], undefined>> {
    this.#opening = undefined;
    if (!this.#over) {
      this.#over = true;
      await this.#source.return?.();
    }
    this.#attempt.done();
    return { done: true, value: undefined };
  }

  readonly #counted = (
    step: IteratorResult<readonly ModelEvent[], unknown>,
  ): IteratorResult<readonly ModelEvent[], undefined> => {
    if (step.done !== true) {
      for (const event of step.value) this.#attempt.meter.count(event);
      return step;
    }
    this.#over = true;
    this.#attempt.done();
    return { done: true, value: undefined };
  };

  readonly #failed = (error: unknown): never => {
    this.#over = true;
    const { failure } = this.#attempt.failed(error);
    this.#attempt.done();
    throw failure;
  };
}
