// Begins subscriptions, a bounded number for each caller over all transports: each is an answer that is paid for and a
// connection. `execute.ts` hands them over once they may run. What goes wrong in a stream leaves through the same seam as elsewhere.

import { subscribe, type ExecutionArgs, type ExecutionResult } from "graphql";
import { identityOf, type Caller } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import { maskError, maskResult, type Masking } from "./masking.ts";
import type { Outcome, ResultStream } from "./outcome.ts";

type Begin = (prepared: ExecutionArgs, caller: Caller, masking: Masking) => Promise<Outcome>;

const mostPerCaller = 1_000;

export function createSubscriptions(): Begin {
  const open = new Map<string, number>();

  /** What it answers is called at the end, once or more often. */
  function admit(identity: string): () => void {
    const count = open.get(identity) ?? 0;
    if (count >= mostPerCaller) {
      throw new Failure("RATE_LIMITED", `At most ${mostPerCaller} subscriptions of one caller run at once.`, {
        retryAfterSeconds: 10,
      });
    }
    open.set(identity, count + 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const left = (open.get(identity) ?? 1) - 1;
      if (left > 0) open.set(identity, left);
      else open.delete(identity);
    };
  }

  return async (prepared, caller, masking) => {
    const end = admit(identityOf(caller));
    try {
      const outcome = await subscribe(prepared);
      if (Symbol.asyncIterator in outcome) return masked(outcome, masking, end);
      end();
      return maskResult(outcome, masking);
    } catch (error) {
      end();
      throw error;
    }
  };
}

/** `return()` goes straight through: it must not wait behind a pending `next()`. */
function masked(stream: AsyncGenerator<ExecutionResult>, masking: Masking, end: () => void): ResultStream {
  let failed = false;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (failed) return { done: true, value: undefined };
      try {
        const step = await stream.next();
        if (!step.done) return { done: false, value: maskResult(step.value, masking) };
        end();
        return { done: true, value: undefined };
      } catch (error) {
        failed = true;
        end();
        return { done: false, value: { errors: [maskError(error, masking)] } };
      }
    },
    async return() {
      end();
      await stream.return(undefined);
      return { done: true, value: undefined };
    },
    async throw(error: unknown) {
      end();
      await stream.return(undefined);
      throw error;
    },
  };
}
