// Makes a classifier of a format and a way to ask: in its pool, within its time, tried twice.
// `roster.ts` makes one per request and configured deployment. What fails is an error, never a pass.

import { follow } from "../../core/abortable.ts";
import { Failure, type FailureCode } from "../../core/errors.ts";
import type { ModerationAnswer, ModerationCall } from "../../core/moderation.ts";
import type { CheckInput, Classifier, Verdict } from "../classifier.ts";
import type { Format, Reading } from "./format.ts";
import { unreadable } from "./format.ts";
import { PoolFull, type Pool } from "./pool.ts";

/** One call to the deployment: permitted, paid for and recorded by whoever hands it in. */
export type Ask = (call: ModerationCall, signal: AbortSignal) => Promise<ModerationAnswer>;

export interface ModelClassifierParts {
  readonly id: string;
  readonly kind: "model" | "remote-api";
  readonly format: Format;
  readonly pool: Pool;
  readonly timeoutMilliseconds: number;
  readonly ask: Ask;
  now(): number;
  /** `atFault`: it failed, and not for a reason of ours or the caller's. */
  onVerdict(verdict: Verdict, atFault: boolean): void;
}

interface Attempted {
  readonly reading: Reading;
  readonly atFault: boolean;
}

/** Streams are slowed down by a crowd before they are failed by it. */
const mostMillisecondsInLine = 10_000;

/** Asking again would not help, and says nothing about the classifier. */
const notItsFault: ReadonlySet<FailureCode> = new Set([
  "BUDGET_EXCEEDED",
  "OVERLOADED",
  "POLICY_REVOKED",
  "POLICY_UNAVAILABLE",
]);

export function createModelClassifier(parts: ModelClassifierParts): Classifier {
  const { id, kind, format, now } = parts;
  return {
    id,
    kind,
    categories: format.categories,
    async check(input) {
      const startedAt = now();
      let attempted = await attempt(input, parts);
      if (attempted.atFault && !input.signal.aborted) attempted = await attempt(input, parts);
      input.signal.throwIfAborted();
      const verdict = verdictOf(attempted.reading, id, now() - startedAt);
      parts.onVerdict(verdict, attempted.atFault);
      return verdict;
    },
  };
}

async function attempt(input: CheckInput, parts: ModelClassifierParts): Promise<Attempted> {
  const { pool, format, ask } = parts;
  const { controller, release } = follow(input.signal);
  const { signal } = controller;
  const { timeoutMilliseconds } = parts;
  const leave = (why: Error): void => controller.abort(why);
  // The line is ours: how long it is says nothing of the classifier, whose time begins when it is asked.
  let timer = setTimeout(leave, mostMillisecondsInLine, new PoolFull("it waited too long for its turn"));
  const calls = format.calls(input);
  let inLine = calls.length;
  const askInTurn = (call: ModerationCall): Promise<ModerationAnswer> => {
    inLine -= 1;
    if (inLine === 0) {
      clearTimeout(timer);
      timer = setTimeout(leave, timeoutMilliseconds, new CheckTimedOut(timeoutMilliseconds));
    }
    return ask(call, signal);
  };
  try {
    const answers = Promise.all(calls.map((call) => pool.run(() => askInTurn(call), signal)));
    // Whoever carries the call may be slow to let go of it; the guard must not wait for that.
    const reading = format.read(await Promise.race([answers, aborted(signal)]));
    return { reading, atFault: reading.outcome === "error" };
  } catch (error) {
    // Where one of several calls failed, the others are of no use.
    controller.abort();
    return { reading: unreadable(reasonOf(error)), atFault: isAtFault(error) };
  } finally {
    clearTimeout(timer);
    release();
  }
}

/** Why a call is left when its time is over: nobody else left it. */
export class CheckTimedOut extends Error {
  override readonly name = "CheckTimedOut";

  constructor(milliseconds: number) {
    super(`it did not answer within ${milliseconds} ms`);
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    else signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });

/** Messages of other errors may quote what they choked on. */
function reasonOf(error: unknown): string {
  if (error instanceof CheckTimedOut || error instanceof PoolFull) return error.message;
  return error instanceof Failure ? `the call failed with ${error.code}` : "the call failed";
}

const isAtFault = (error: unknown): boolean =>
  error instanceof Failure ? !notItsFault.has(error.code) : !(error instanceof PoolFull);

function verdictOf(reading: Reading, model: string, latencyMs: number): Verdict {
  const { outcome } = reading;
  const hits = reading.outcome === "hit" ? reading.hits : [];
  return reading.outcome === "error"
    ? { outcome, hits, model, latencyMs, because: reading.because }
    : { outcome, hits, model, latencyMs };
}
