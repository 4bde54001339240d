// One number that grows with every change of keys, policy, attestations, budgets or synced rows.
// Every replica polls it; a notification only makes the next poll come sooner.

import type { Database } from "./database.ts";
import { within } from "./deadline.ts";

export interface Generation {
  /** When the database last answered a poll, milliseconds since the epoch; starts with the opening. */
  readonly lastSeenAt: number;
  /** As of the last poll. */
  readonly current: number;
  /** Calls back after each change that a poll saw; answers what stops it. */
  watch(onChange: (generation: number) => void): () => void;
  /** Polls now, after whatever poll is under way; rejects where the database does not answer. */
  refresh(): Promise<void>;
}

export interface OpenedGeneration extends Generation {
  stop(): void;
}

const pollMilliseconds = 500;
/** A poll that hangs must not keep the next ones from trying another connection. */
const longestPoll = 5_000;
/** Made by a trigger in `drizzle/`. */
const channel = "portcullis_generation";

export async function openGeneration(
  database: Database,
  now: () => Date,
  onFault: (error: unknown) => void,
): Promise<OpenedGeneration> {
  const watchers = new Set<(generation: number) => void>();
  let current = await read(database);
  let lastSeenAt = now().getTime();
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let failing = false;
  let stopped = false;

  const poll = async () => {
    const seen = await within(longestPoll, read(database));
    lastSeenAt = now().getTime();
    if (seen === current) return;
    current = seen;
    for (const onChange of watchers) notify(onChange);
  };
  const notify = (onChange: (generation: number) => void) => {
    try {
      onChange(current);
    } catch (error) {
      onFault(error);
    }
  };
  const start = () => (running ??= poll().finally(() => (running = undefined)));
  /** A poll that is under way may have read before the change that is asked about, so one more follows it. */
  const refresh = (): Promise<void> => {
    if (running === undefined) return start();
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return start();
      });
    return next;
  };
  /** An outage is told once, not twice a second. */
  const refreshQuietly = () => {
    if (stopped) return;
    refresh().then(
      () => (failing = false),
      (error: unknown) => {
        if (!failing && !stopped) onFault(error);
        failing = true;
      },
    );
  };

  const timer = setInterval(refreshQuietly, pollMilliseconds);
  timer.unref();
  // Polling serves without it, so a database that cannot listen stops nothing.
  database.listen(channel, refreshQuietly).catch(onFault);

  return {
    get lastSeenAt() {
      return lastSeenAt;
    },
    get current() {
      return current;
    },
    watch(onChange) {
      watchers.add(onChange);
      return () => void watchers.delete(onChange);
    },
    refresh,
    stop() {
      stopped = true;
      clearInterval(timer);
      watchers.clear();
    },
  };
}

async function read(database: Database): Promise<number> {
  const [row] = await database.query<{ number: string }>(
    `select "number"::text as "number" from "generation" where "id" = 1`,
  );
  if (!row) throw new Error("the generation row is missing: the migrations have not run");
  return Number(row.number);
}
