// Requests with an idempotency key: each runs once, and whoever asks again joins the running answer.
// A run outlives a caller who was cut off, so that a client that reconnects does not pay twice.

import { createHmac } from "node:crypto";
import type { AnswerBatches, AnswerEvent } from "../core/answer.ts";
import { identityOf } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import type { CompletionRequest } from "../core/request.ts";
import type { Asked } from "../core/stages.ts";
import type { Claims } from "../metering/claims.ts";

type Start = (controller: AbortController) => AnswerBatches;

export interface Runs {
  /** Starts the answer, or joins the one that runs under the same key, from its first event. */
  join(
    asked: Asked<CompletionRequest>,
    idempotencyKey: string,
    signal: AbortSignal,
    start: Start,
  ): AnswerBatches;
  /** Ends every run at once: the process stops. */
  close(): void;
}

export interface RunParts {
  readonly claims: Claims;
  readonly secret: string;
  /** How long a run goes on without a listener, and is kept after its end. */
  readonly lingerMilliseconds: number;
}

interface Run {
  readonly requestId: string;
  readonly bodyHash: string;
  readonly events: AnswerEvent[];
  readonly controller: AbortController;
  readonly wakeListeners: Set<() => void>;
  listeners: number;
  ended: boolean;
  failure: unknown;
  linger: NodeJS.Timeout | undefined;
}

export function createRuns(parts: RunParts): Runs {
  const runs = new Map<string, Run>();

  function forget(id: string, run: Run): void {
    clearTimeout(run.linger);
    run.controller.abort();
    if (runs.get(id) === run) runs.delete(id);
  }

  function lingerFrom(id: string, run: Run): void {
    clearTimeout(run.linger);
    run.linger = setTimeout(() => forget(id, run), parts.lingerMilliseconds);
    run.linger.unref();
  }

  async function drive(
    id: string,
    run: Run,
    asked: Asked,
    idempotencyKey: string,
    start: Start,
  ): Promise<void> {
    let started = false;
    try {
      await claim(parts.claims, asked, idempotencyKey, run.bodyHash);
      started = true;
      for await (const batch of start(run.controller)) {
        for (const event of batch) run.events.push(event);
        wake(run);
      }
    } catch (error) {
      run.failure = error ?? new Failure("INTERNAL");
      // Nothing was said, so nothing was paid: the same key may be tried again.
      if (started && run.events.length === 0) {
        await parts.claims
          .release(identityOf(asked.caller), idempotencyKey, run.requestId)
          .catch(() => undefined);
      }
      if (run.events.length === 0 && runs.get(id) === run) runs.delete(id);
    }
    run.ended = true;
    wake(run);
    if (runs.get(id) === run) lingerFrom(id, run);
  }

  function open(
    id: string,
    asked: Asked<CompletionRequest>,
    key: string,
    bodyHash: string,
    start: Start,
  ): Run {
    const run: Run = {
      requestId: asked.requestId,
      bodyHash,
      events: [],
      controller: new AbortController(),
      wakeListeners: new Set(),
      listeners: 0,
      ended: false,
      failure: undefined,
      linger: undefined,
    };
    runs.set(id, run);
    void drive(id, run, asked, key, start);
    return run;
  }

  return {
    join(asked, idempotencyKey, signal, start) {
      const bodyHash = createHmac("sha256", parts.secret).update(bodyOf(asked)).digest("hex");
      const id = `${identityOf(asked.caller)} ${idempotencyKey}`;
      const known = runs.get(id);
      if (known && known.bodyHash !== bodyHash) throw otherBody();
      const run = known ?? open(id, asked, idempotencyKey, bodyHash, start);
      return listen(run, signal, () => lingerFrom(id, run));
    },
    close() {
      for (const [id, run] of runs) forget(id, run);
    },
  };
}

/** Who cannot take text back must not join an answer that may be, nor anybody a rehearsal who asked for none. */
const bodyOf = ({ request, lookahead = false, rehearse }: Asked<CompletionRequest>): string =>
  JSON.stringify(lookahead || rehearse !== undefined ? { request, lookahead, rehearse } : request);

/** Leaving is instant: a listener that waits is woken by its own `return()`. */
function listen(
  run: Run,
  signal: AbortSignal,
  onLastLeft: () => void,
): AsyncIterableIterator<readonly AnswerEvent[]> {
  let at = 0;
  let left = false;
  let entered = false;
  let wakeMe: (() => void) | undefined;
  const leave = (): void => {
    if (left) return;
    left = true;
    if (wakeMe) {
      run.wakeListeners.delete(wakeMe);
      wakeMe();
    }
    if (!entered) return;
    run.listeners -= 1;
    if (run.listeners === 0) onLastLeft();
  };
  signal.addEventListener("abort", leave, { once: true });
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (!entered) {
        entered = true;
        run.listeners += 1;
        clearTimeout(run.linger);
      }
      for (;;) {
        if (left) return { done: true, value: undefined };
        if (at < run.events.length) {
          const batch = run.events.slice(at);
          at = run.events.length;
          return { done: false, value: batch };
        }
        if (run.ended) {
          leave();
          if (run.failure !== undefined) throw run.failure;
          return { done: true, value: undefined };
        }
        await new Promise<void>((resolve) => {
          wakeMe = resolve;
          run.wakeListeners.add(resolve);
        });
      }
    },
    async return() {
      leave();
      return { done: true, value: undefined };
    },
  };
}

function wake(run: Run): void {
  const waiting = [...run.wakeListeners];
  run.wakeListeners.clear();
  for (const resolve of waiting) resolve();
}

async function claim(claims: Claims, asked: Asked, idempotencyKey: string, bodyHash: string): Promise<void> {
  const outcome = await claims.claim(identityOf(asked.caller), idempotencyKey, bodyHash, asked.requestId);
  if (outcome.kind === "other-body") throw otherBody();
  if (outcome.kind === "taken") {
    throw new Failure("DUPLICATE_REQUEST", undefined, { requestId: outcome.requestId });
  }
}

const otherBody = (): Failure =>
  new Failure("INVALID_REQUEST", "This idempotency key was used with another body.", {
    path: "idempotencyKey",
  });
