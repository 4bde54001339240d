// What a replica does for the others beside its requests: shows that it lives, and tidies up after
// those that died. Nothing waits for it, and what fails is tried again at the next round.

import { forgetExpiredClaims } from "./claims.ts";
import type { OpenedBudgetBook } from "./budgets.ts";
import type { OpenedEscalationMemory } from "./escalations.ts";
import { closeDeadChains, closeOwnChain } from "./recovery.ts";
import type { RecoveryParts } from "./recovery.ts";
import type { OpenedReplicaBook } from "./replicas.ts";
import type { OpenedRouteResults } from "./route-results.ts";
import { forgetExpiredSessions } from "./sessions.ts";

export interface UpkeepParts extends RecoveryParts {
  readonly budgets: Pick<OpenedBudgetBook, "expireHolds">;
  readonly replicas: Pick<OpenedReplicaBook, "heartbeat">;
  readonly routeResults: Pick<OpenedRouteResults, "flush">;
  readonly escalations: Pick<OpenedEscalationMemory, "exchange">;
  readonly onFault: (error: unknown) => void;
}

const heartbeatMilliseconds = 10_000;
const tidyMilliseconds = 30_000;
const resultsMilliseconds = 5_000;

/** Resolves when what was interrupted before is closed; answers what stops the rounds. */
export async function startUpkeep(parts: UpkeepParts): Promise<() => void> {
  const { database, replicas, onFault } = parts;
  // A round that takes longer than its interval is not overtaken by the next.
  const heartbeat = single(() => replicas.heartbeat(), onFault);
  const tidy = single(() => tidyUp(parts), onFault);

  const flush = single(
    () => Promise.all([parts.routeResults.flush(), parts.escalations.exchange()]),
    onFault,
  );

  await single(() => closeOwnChain(parts), onFault)();
  await tidy();
  const timers = [
    ...(database.embedded ? [] : [setInterval(() => void heartbeat(), heartbeatMilliseconds)]),
    setInterval(() => void tidy(), tidyMilliseconds),
    setInterval(() => void flush(), resultsMilliseconds),
  ];
  for (const timer of timers) timer.unref();
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

async function tidyUp(parts: UpkeepParts): Promise<void> {
  await closeDeadChains(parts);
  await parts.budgets.expireHolds();
  await forgetExpiredClaims(parts.database, parts.now());
  await forgetExpiredSessions(parts.database, parts.now());
  await parts.database.tidy();
}

function single(work: () => Promise<unknown>, onFault: (error: unknown) => void): () => Promise<void> {
  let running: Promise<void> | undefined;
  const run = async () => {
    try {
      await work();
    } catch (error) {
      onFault(error);
    } finally {
      running = undefined;
    }
  };
  return () => (running ??= run());
}
