// How long one attempt may take, and how it is let go alone: its own signal inside the request's.
// `attempts.ts` opens one per attempt; where nothing limits it, it is the request's signal and nothing more.

import { follow } from "../core/abortable.ts";
import type { RouteTimeouts } from "../core/route.ts";
import { tooLate, type AttemptFailure } from "../providers/upstream-failure.ts";

export interface AttemptScope {
  readonly signal: AbortSignal;
  /** Which limit it passed; undefined while it passed none. */
  readonly expired: AttemptFailure | undefined;
  /** The first word came: from here on only the whole counts. */
  spoke(): void;
  /** Lets go of the upstream. */
  abort(): void;
  end(): void;
}

/** `alone`: another attempt may run beside it, so it must be possible to end this one. Undefined where nothing limits it. */
export function openScope(
  parent: AbortSignal,
  { firstToken, total }: RouteTimeouts,
  alone: boolean,
): AttemptScope | undefined {
  if (firstToken === undefined && total === undefined && !alone) return undefined;
  const { controller, release } = follow(parent);
  let expired: AttemptFailure | undefined;
  const expireAfter = (milliseconds: number | undefined, what: string): NodeJS.Timeout | undefined =>
    milliseconds === undefined
      ? undefined
      : setTimeout(() => {
          expired = tooLate(`It ${what} within ${Math.round(milliseconds)} ms.`);
          controller.abort(expired);
        }, milliseconds);
  const untilSpoken = expireAfter(firstToken, "did not begin to answer");
  const untilDone = expireAfter(total, "did not finish");
  const end = (): void => {
    clearTimeout(untilSpoken);
    clearTimeout(untilDone);
    release();
  };
  return {
    signal: controller.signal,
    get expired() {
      return expired;
    },
    spoke: () => clearTimeout(untilSpoken),
    abort() {
      end();
      controller.abort();
    },
    end,
  };
}
