// Makes a classifier of a format and a way to ask: in its pool, within its time, tried twice.
// `roster.ts` makes one per request and configured deployment. What fails is an error, never a pass.

import { follow } from "../../core/abortable.ts";
import { Failure } from "../../core/errors.ts";
import type { ModerationAnswer, ModerationCall } from "../../core/moderation.ts";
import type { CheckInput, Classifier, Verdict } from "../classifier.ts";
import type { Format, Reading } from "./format.ts";
import { unreadable } from "./format.ts";
import { PoolFull, type Pool } from "./pool.ts";

export interface ModelClassifierParts {
  readonly id: string;
  readonly kind: "model" | "remote-api";
  readonly format: Format;
  readonly pool: Pool;
  readonly timeoutMilliseconds: number;
  /** One call to the deployment: permitted, paid for and recorded by whoever hands this in. */
  ask(call: ModerationCall, signal: AbortSignal): Promise<ModerationAnswer>;
  now(): number;
  onVerdict(verdict: Verdict): void;
}

const tries = 2;

export function createModelClassifier(parts: ModelClassifierParts): Classifier {
  const { id, kind, format, now } = parts;
  return {
    id,
    kind,
    categories: format.categories,
    async check(input) {
      const startedAt = now();
      let reading = unreadable("it was not asked");
      for (let left = tries; left > 0; left -= 1) {
        reading = await attempt(input, parts);
        input.signal.throwIfAborted();
        if (reading.outcome !== "error") break;
      }
      const verdict = verdictOf(reading, id, now() - startedAt);
      parts.onVerdict(verdict);
      return verdict;
    },
  };
}

async function attempt(input: CheckInput, parts: ModelClassifierParts): Promise<Reading> {
  const { pool, format, ask } = parts;
  const { controller, release } = follow(input.signal);
  const { signal } = controller;
  const late = new TimedOut(`it did not answer within ${parts.timeoutMilliseconds} ms`);
  const timer = setTimeout(() => controller.abort(late), parts.timeoutMilliseconds);
  try {
    const calls = format.calls(input).map((call) => pool.run(() => ask(call, signal), signal));
    const answers = Promise.all(calls);
    // Whoever carries the call may be slow to let go of it; the guard must not wait for that.
    return format.read(await Promise.race([answers, aborted(signal)]));
  } catch (error) {
    return unreadable(reasonOf(error));
  } finally {
    clearTimeout(timer);
    release();
    // Where one of several calls failed, the others are of no use.
    controller.abort();
  }
}

class TimedOut extends Error {
  override readonly name = "TimedOut";
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    else signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });

/** Messages of other errors may quote what they choked on. */
function reasonOf(error: unknown): string {
  if (error instanceof TimedOut || error instanceof PoolFull) return error.message;
  return error instanceof Failure ? `the call failed with ${error.code}` : "the call failed";
}

function verdictOf(reading: Reading, model: string, latencyMs: number): Verdict {
  const { outcome } = reading;
  const hits = reading.outcome === "hit" ? reading.hits : [];
  return reading.outcome === "error"
    ? { outcome, hits, model, latencyMs, because: reading.because }
    : { outcome, hits, model, latencyMs };
}
