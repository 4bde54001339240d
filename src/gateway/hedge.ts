// Calls a second permitted deployment where the first is slow to speak, and takes whichever speaks first.
// The other is let go at once, and charged what its provider may have read. Only `failover.ts` calls it.

import type { PermittedDeployment } from "../core/permit.ts";
import type { Entry } from "../providers/places.ts";
import type { AttemptFailure } from "../providers/upstream-failure.ts";
import type { AttemptLog } from "./attempts.ts";

/** One candidate's turn: its value, or the failures that it came to. */
export type Turn<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failures: readonly AttemptFailure[] };

/** A deployment and a place there. */
export interface Opened {
  readonly target: PermittedDeployment;
  readonly entry: Entry;
}

interface HedgeParts<T> extends Opened {
  /** Milliseconds. */
  readonly after: number;
  begin(target: PermittedDeployment, entry: Entry): AttemptLog;
  made(target: PermittedDeployment, attempt: AttemptLog): Promise<Turn<T>>;
  /** The next candidate that may be called now; undefined where there is none. */
  second(): Opened | undefined;
  discard(value: T): void;
}

const why = "Another deployment answered first.";

export function hedged<T>(parts: HedgeParts<T>): Promise<Turn<T>> {
  return new Promise((resolve, reject) => {
    const running = new Map<AttemptLog, PermittedDeployment>();
    const failures: AttemptFailure[] = [];
    let over = false;

    function settle(turn: Turn<T>): void {
      over = true;
      clearTimeout(timer);
      resolve(turn);
    }

    function ended(attempt: AttemptLog, turn: Turn<T>): void {
      running.delete(attempt);
      if (over) {
        if (turn.ok) parts.discard(turn.value);
        return;
      }
      if (turn.ok) {
        for (const loser of running.keys()) loser.leave(why);
        return settle(turn);
      }
      failures.push(...turn.failures);
      // A fault of the caller's would be one everywhere.
      const hopeless = turn.failures.some(({ mayTryAnother }) => !mayTryAnother);
      if (hopeless) for (const other of running.keys()) other.leave("The request itself was refused.");
      if (hopeless || running.size === 0) settle({ ok: false, failures });
    }

    function start({ target, entry }: Opened): void {
      const attempt = parts.begin(target, entry);
      running.set(attempt, target);
      parts.made(target, attempt).then((turn) => ended(attempt, turn), reject);
    }

    const timer = setTimeout(() => {
      const second = over ? undefined : parts.second();
      if (second !== undefined) start(second);
    }, parts.after);
    start(parts);
  });
}
