// The slots of one limit of routes.yaml: so many calls at once with each key, and a bounded queue behind them from
// which teams are served in turn. `places.ts` keeps one for each limit. A check never waits for an answer:
// an answer keeps its slot until it ends, and may itself wait for a check.

import { Failure } from "../core/errors.ts";
import type { SlotLimit } from "../core/route.ts";
import type { ProviderKey } from "./key-ring.ts";
import { AttemptFailure } from "./upstream-failure.ts";

export interface Who {
  readonly team: string;
  /** A check judges a text, and waits for nobody. */
  readonly kind: "answer" | "check";
}

/** `no-key`: every key was set aside meanwhile. */
export type WaitOutcome = "served" | "full" | "too-long" | "left" | "no-key";

export interface Slots {
  isFree(key: ProviderKey, who: Who): boolean;
  take(key: ProviderKey, who: Who): void;
  /** Hands the slot on to whoever's turn it is. */
  leave(key: ProviderKey, who: Who, heldMilliseconds: number): void;
  /** True where nobody waits who would have to be passed. */
  readonly quiet: boolean;
  /** `enter` takes a slot if it can; a failure ends the wait. Never rejects. */
  wait<T extends object>(who: Who, enter: Enter<T>, request: WaitRequest): Promise<T | AttemptFailure>;
  /** Why nobody may wait or has waited in vain. */
  overloaded(why: "full" | "too-long"): AttemptFailure;
  /** Slots or keys may have come free. */
  lookAgain(): void;
  configure(limit: SlotLimit): void;
  load(): { readonly slots: number; readonly running: number; readonly waiting: number };
}

/** Undefined while there is no slot. */
type Enter<T> = () => T | AttemptFailure | undefined;

interface WaitRequest {
  readonly mostMilliseconds: number;
  readonly signal: AbortSignal;
  onOutcome(outcome: WaitOutcome, milliseconds: number): void;
}

interface Waiter {
  readonly who: Who;
  /** True where it has been served or has ended. */
  attempt(): boolean;
  turnAway(): void;
}

interface Team {
  running: number;
  waiting: number;
  /** When it was served last, counted in turns. */
  servedAt: number;
}

export function createSlots(
  name: string,
  first: SlotLimit,
  keys: readonly ProviderKey[],
  now: () => number,
): Slots {
  let limit = first;
  const used = new Map(keys.map((key) => [key, { answer: 0, check: 0 }]));
  /** In the order of their arrival. */
  const waiters: Waiter[] = [];
  const teams = new Map<string, Team>();
  let turns = 0;
  let averageHeld = 1_000;

  function teamOf(id: string): Team {
    let team = teams.get(id);
    if (team === undefined) teams.set(id, (team = { running: 0, waiting: 0, servedAt: 0 }));
    return team;
  }

  function forget(id: string): void {
    const team = teams.get(id);
    if (team !== undefined && team.running + team.waiting === 0) teams.delete(id);
  }

  function isFree(key: ProviderKey, { kind }: Who): boolean {
    const running = used.get(key);
    if (running === undefined) return false;
    const total = running.answer + running.check;
    const kept = limit.checks ?? 0;
    if (kind === "check") return total < limit.concurrent || running.check < Math.max(1, kept);
    return total < limit.concurrent && running.answer < Math.max(1, limit.concurrent - kept);
  }

  const hasFree = (who: Who): boolean => keys.some((key) => isFree(key, who));

  /** The team with the fewest running, then the one that waits longer for its turn; in a team its checks. */
  function isSooner(a: Waiter, b: Waiter): boolean {
    const [one, other] = [teamOf(a.who.team), teamOf(b.who.team)];
    if (one.running !== other.running) return one.running < other.running;
    if (one === other) return a.who.kind === "check" && b.who.kind === "answer";
    return one.servedAt < other.servedAt;
  }

  function fairest(passed: ReadonlySet<Waiter>): Waiter | undefined {
    let best: Waiter | undefined;
    for (const waiter of waiters) {
      if (passed.has(waiter) || !hasFree(waiter.who)) continue;
      if (best === undefined || isSooner(waiter, best)) best = waiter;
    }
    return best;
  }

  function lookAgain(): void {
    if (waiters.length === 0) return;
    const passed = new Set<Waiter>();
    for (let next = fairest(passed); next; next = fairest(passed)) if (!next.attempt()) passed.add(next);
  }

  /** Room for one of this team: the newest of a team that waits for much more gives way. */
  function makesRoom(team: string): boolean {
    if (waiters.length < limit.queue) return true;
    const [noisiest, most] = [...teams].reduce<readonly [string, number]>(
      (best, [id, { waiting }]) => (waiting > best[1] ? [id, waiting] : best),
      ["", 0],
    );
    if (most <= (teams.get(team)?.waiting ?? 0) + 1) return false;
    waiters.findLast(({ who }) => who.team === noisiest)?.turnAway();
    return true;
  }

  function overloaded(why: "full" | "too-long"): AttemptFailure {
    const slots = Math.max(1, keys.length * limit.concurrent);
    const seconds = (averageHeld * (waiters.length + 1)) / slots / 1_000;
    const failure = new Failure("OVERLOADED", `Every slot of ${name} is taken, ${reasons[why]}.`, {
      retryAfterSeconds: Math.min(60, Math.max(1, Math.ceil(seconds))),
      fix: "Try again later, or name a route that has other deployments.",
    });
    return new AttemptFailure(failure, { mayTryAnother: true });
  }

  return {
    isFree,
    take(key, who) {
      const running = used.get(key);
      if (running !== undefined) running[who.kind] += 1;
      const team = teamOf(who.team);
      team.running += 1;
      team.servedAt = turns += 1;
    },
    leave(key, who, heldMilliseconds) {
      const running = used.get(key);
      if (running !== undefined) running[who.kind] -= 1;
      averageHeld += (heldMilliseconds - averageHeld) / 10;
      teamOf(who.team).running -= 1;
      forget(who.team);
      lookAgain();
    },
    get quiet() {
      return waiters.length === 0;
    },
    wait<T extends object>(who: Who, enter: Enter<T>, { mostMilliseconds, signal, onOutcome }: WaitRequest) {
      if (!makesRoom(who.team)) {
        onOutcome("full", 0);
        return Promise.resolve(overloaded("full"));
      }
      const { promise, resolve } = Promise.withResolvers<T | AttemptFailure>();
      const since = now();
      const end = (outcome: WaitOutcome, value: T | AttemptFailure): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", left);
        const at = waiters.indexOf(waiter);
        if (at >= 0) waiters.splice(at, 1);
        teamOf(who.team).waiting -= 1;
        forget(who.team);
        onOutcome(outcome, now() - since);
        resolve(value);
      };
      const left = (): void => end("left", overloaded("too-long"));
      const waiter: Waiter = {
        who,
        attempt() {
          const value = enter();
          if (value !== undefined) end(value instanceof AttemptFailure ? "no-key" : "served", value);
          return value !== undefined;
        },
        turnAway: () => end("full", overloaded("full")),
      };
      const most = Math.min(mostMilliseconds, limit.wait);
      const timer = setTimeout(() => end("too-long", overloaded("too-long")), most);
      signal.addEventListener("abort", left, { once: true });
      waiters.push(waiter);
      teamOf(who.team).waiting += 1;
      if (signal.aborted) left();
      else lookAgain();
      return promise;
    },
    overloaded,
    lookAgain,
    configure(next) {
      limit = next;
      lookAgain();
    },
    load: () => ({
      slots: limit.concurrent * keys.length,
      running: [...used.values()].reduce((sum, { answer, check }) => sum + answer + check, 0),
      waiting: waiters.length,
    }),
  };
}

const reasons = {
  full: "and no more may wait",
  "too-long": "and none came free in time",
};
