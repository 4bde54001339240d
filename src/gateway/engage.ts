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
    events: goOn(opening, source, ended, attempt),
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

async function* goOn(
  opening: readonly ModelEvent[],
  source: AsyncIterator<readonly ModelEvent[]>,
  ended: boolean,
  attempt: AttemptLog,
): AsyncGenerator<readonly ModelEvent[], void, undefined> {
  let over = false;
  try {
    yield opening;
    if (!ended)
      for (;;) {
        const { done, value } = await source.next();
        if (done) break;
        for (const event of value) attempt.meter.count(event);
        yield value;
      }
    over = true;
  } catch (error) {
    over = true;
    throw attempt.failed(error).failure;
  } finally {
    // Left in the middle, by the caller or by a safety rule: the upstream is closed first.
    if (!over) await source.return?.();
    attempt.done();
  }
}
