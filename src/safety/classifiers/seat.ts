// One configured classifier in this process: its format, its pool, and whether it may be used.
// It is proven by canaries before its first use; it rests after failures in a row until canaries prove it again.

import type { ClassifierSetting } from "../../catalog/classifier-settings.ts";
import type { Classifier, Verdict } from "../classifier.ts";
import { judgeCanaries } from "./canaries.ts";
import { formats } from "./formats.ts";
import { createModelClassifier, type Ask } from "./model-classifier.ts";
import { createPool } from "./pool.ts";
import type { CategoryChoice } from "./taxonomy.ts";

/** `resting` is an open breaker: it failed or cannot be read; `wrong` got a canary wrong. */
export type SeatState = "unproven" | "fit" | "resting" | "wrong";

export interface Seat {
  /** The deployment. */
  readonly id: string;
  readonly kind: Classifier["kind"];
  readonly categories: readonly string[];
  readonly state: SeatState;
  /** Why it may not be used; undefined where it may. */
  readonly because: string | undefined;
  /** For one request; `ask` is how that request may ask the deployment. */
  classifier(ask: Ask, onVerdict?: (verdict: Verdict) => void): Classifier;
  /** Nobody here may ask it now: the next request that may brings its own way. */
  awaitRequest(): void;
  /** Judges the canaries; several at once are one. Never rejects. */
  prove(ask: Ask, signal: AbortSignal): Promise<void>;
}

export interface SeatParts {
  readonly timeoutMilliseconds: number;
  readonly categories: CategoryChoice;
  now(): number;
  onVerdict(id: string, verdict: Verdict): void;
  onState(seat: Seat): void;
}

/** A self-hosted model batches what comes together. Each stream in the line has one or two checks there at a time. */
const poolSize = { atOnce: 64, waiting: 1024 };
const failuresToRest = 5;
/** A model that is just being loaded takes its time. */
const canaryMilliseconds = 30_000;

export function createSeat({ deploymentId: id, format: name }: ClassifierSetting, parts: SeatParts): Seat {
  const { now } = parts;
  const { kind, make } = formats[name];
  const format = make(id.slice(id.indexOf("/") + 1), parts.categories);
  const shared = { id, kind, format, now, pool: createPool(poolSize) };
  let state: SeatState = "unproven";
  let because: string | undefined = "its canaries have not been judged yet";
  let failures = 0;
  let proving: Promise<void> | undefined;

  function become(next: SeatState, why: string | undefined): void {
    failures = 0;
    because = why;
    if (state === next) return;
    state = next;
    parts.onState(seat);
  }

  function note(verdict: Verdict, atFault: boolean): void {
    parts.onVerdict(id, verdict);
    if (verdict.outcome !== "error") failures = 0;
    else if (atFault) failures += 1;
    if (state === "fit" && failures >= failuresToRest)
      become("resting", `it failed ${failures} times in a row; at last ${verdict.because ?? "it failed"}`);
  }

  async function prove(ask: Ask, signal: AbortSignal): Promise<void> {
    const classifier = createModelClassifier({
      ...shared,
      ask,
      timeoutMilliseconds: canaryMilliseconds,
      onVerdict: (verdict) => parts.onVerdict(id, verdict),
    });
    try {
      const result = await judgeCanaries(classifier, signal);
      become(result.state, result.state === "fit" ? undefined : result.because);
    } catch {
      // Left by whoever asked: nothing is known that was not known before.
    }
  }

  const seat: Seat = {
    id,
    kind,
    categories: format.categories,
    get state() {
      return state;
    },
    get because() {
      return because;
    },
    classifier(ask, onVerdict) {
      return createModelClassifier({
        ...shared,
        ask,
        timeoutMilliseconds: parts.timeoutMilliseconds,
        onVerdict(verdict, atFault) {
          note(verdict, atFault);
          onVerdict?.(verdict);
        },
      });
    },
    awaitRequest: () => become("unproven", "its canaries wait for a request that may ask it"),
    prove: (ask, signal) => (proving ??= prove(ask, signal).finally(() => (proving = undefined))),
  };
  return seat;
}
