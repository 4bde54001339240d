// Mode `complete`: keeps the whole answer back until all of it was judged. Blocked in any place, nothing of it is
// shown. `screen.ts` puts it round the guard where the policy asks for it; a failure drops what was kept.

import { Failure } from "../core/errors.ts";
import type { ScreenedEvent } from "./screened-event.ts";

/** Characters; what is longer cannot be promised to fit. */
const mostKept = 4 * 1024 * 1024;

export function wholeFirst(
  screened: AsyncIterableIterator<readonly ScreenedEvent[]>,
  isBlocked: () => boolean,
): AsyncIterableIterator<readonly ScreenedEvent[]> {
  let over = false;

  async function keep(): Promise<readonly ScreenedEvent[]> {
    const events: ScreenedEvent[] = [];
    let length = 0;
    for await (const batch of screened) for (const event of batch) take(event);
    return isBlocked() ? events.filter(saysNothing) : events;

    function take(event: ScreenedEvent): void {
      const last = events.at(-1);
      const both = last && joined(last, event);
      if (both) events[events.length - 1] = both;
      else events.push(event);
      if ("text" in event) length += event.text.length;
      if ("arguments" in event) length += event.arguments.length;
      if (length > mostKept) {
        throw new Failure(
          "SAFETY_UNAVAILABLE",
          "The answer is too long to be judged whole before it is shown.",
        );
      }
    }
  }

  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (over) return { done: true, value: undefined };
      over = true;
      return { done: false, value: await keep() };
    },
    async return() {
      over = true;
      await screened.return?.();
      return { done: true, value: undefined };
    },
  };
}

/** Neighbouring pieces of one text, so that a long answer is not kept as a hundred thousand pieces. */
function joined(a: ScreenedEvent, b: ScreenedEvent): ScreenedEvent | undefined {
  if (!("choice" in a && "choice" in b) || a.choice !== b.choice) return undefined;
  if (a.type === "tool-call-delta" && b.type === "tool-call-delta") {
    const isMore = a.call === b.call && b.id === undefined && b.name === undefined;
    if (!isMore || a.signature !== undefined || b.signature !== undefined) return undefined;
    return { ...a, arguments: a.arguments + b.arguments };
  }
  if (!("text" in a && "text" in b) || a.type !== b.type || "logprobs" in a || "logprobs" in b)
    return undefined;
  return { ...a, text: a.text + b.text };
}

const silent: ReadonlySet<ScreenedEvent["type"]> = new Set([
  "answer-begin",
  "usage",
  "safety-notice",
  "choice-finish",
]);

const saysNothing = (event: ScreenedEvent): boolean => silent.has(event.type);
