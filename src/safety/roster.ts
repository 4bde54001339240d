// The classifiers that are configured, in their order, and the watch over them: canaries at the start, and
// again, less and less often, while one is not fit. The gateway takes seats from it for each request.

import type { ClassifierSetting } from "../catalog/classifier-settings.ts";
import type { Verdict } from "./classifier.ts";
import type { Ask } from "./classifiers/model-classifier.ts";
import { createSeat, type Seat, type SeatState } from "./classifiers/seat.ts";
import type { CategoryChoice } from "./classifiers/taxonomy.ts";

export interface Roster {
  readonly seats: readonly Seat[];
  /**
   * Resolves when each was tried once. `askFor` gives the gateway's own way to ask; undefined where the policy
   * has none: then the first request that may ask brings its own.
   */
  start(askFor: (deploymentId: string) => Ask | undefined): Promise<void>;
  close(): void;
}

export interface RosterParts {
  readonly classifiers: readonly ClassifierSetting[];
  readonly categories: CategoryChoice;
  readonly timeoutMilliseconds: number;
  /** How long until the next try, by how many there were; the last one stays. */
  readonly pauses?: readonly number[];
  now(): number;
  onVerdict(id: string, verdict: Verdict): void;
  onState(id: string, state: SeatState, because: string | undefined): void;
}

const defaultPauses = [1_000, 2_000, 5_000, 15_000, 60_000];

export function createRoster(parts: RosterParts): Roster {
  const { pauses = defaultPauses } = parts;
  const ending = new AbortController();
  const timers = new Map<string, NodeJS.Timeout>();
  const tries = new Map<string, number>();
  let askFor: ((id: string) => Ask | undefined) | undefined;

  const seats = parts.classifiers.map((setting) =>
    createSeat(setting, {
      ...parts,
      onState(seat) {
        parts.onState(seat.id, seat.state, seat.because);
        if (seat.state === "fit") tries.delete(seat.id);
        else tryLater(seat);
      },
    }),
  );

  async function tryNow(seat: Seat): Promise<void> {
    const ask = wayToAsk(seat);
    if (ask) await seat.prove(ask, ending.signal);
    else if (seat.state !== "fit") seat.awaitRequest();
    if (seat.state === "fit" || ending.signal.aborted) return;
    if (!tries.has(seat.id)) parts.onState(seat.id, seat.state, seat.because);
    tryLater(seat);
  }

  /** Without a policy nobody may ask anything; there may be one later. */
  function wayToAsk(seat: Seat): Ask | undefined {
    try {
      return askFor?.(seat.id);
    } catch {
      return undefined;
    }
  }

  function tryLater(seat: Seat): void {
    if (timers.has(seat.id) || ending.signal.aborted || !askFor) return;
    const count = tries.get(seat.id) ?? 0;
    tries.set(seat.id, count + 1);
    const pause = pauses[Math.min(count, pauses.length - 1)] ?? 0;
    const again = (): void => {
      timers.delete(seat.id);
      void tryNow(seat);
    };
    timers.set(seat.id, setTimeout(again, pause).unref());
  }

  return {
    seats,
    async start(ask) {
      askFor = ask;
      await Promise.all(seats.map(tryNow));
    },
    close() {
      ending.abort();
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
