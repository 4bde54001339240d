// Merges text that comes in quick succession, for clients that draw anew with every event.
// `events.ts` wraps the stream in it where coalesceMs is above 0. Order and offsets stay as they were.

import type { EventBody } from "./answer-views.ts";

export const longestCoalesce = 10_000;

type Delta = Extract<EventBody, { kind: "TextDelta" | "ReasoningDelta" }>;

const isDelta = (body: EventBody): body is Delta =>
  body.kind === "TextDelta" || body.kind === "ReasoningDelta";

/** Holds text at most `milliseconds`; anything else comes at once, after the text before it. */
export async function* coalesce(
  bodies: AsyncIterable<EventBody>,
  milliseconds: number,
): AsyncGenerator<EventBody, void, undefined> {
  const source = bodies[Symbol.asyncIterator]();
  let held: Delta | undefined;
  let due: Promise<"due"> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const release = (): Delta[] => {
    clearTimeout(timer);
    due = undefined;
    const released = held ? [held] : [];
    held = undefined;
    return released;
  };
  try {
    let next = source.next();
    for (;;) {
      const winner = await (due ? Promise.race([due, next]) : next);
      if (winner === "due") {
        yield* release();
        continue;
      }
      if (winner.done) break;
      next = source.next();
      // Whoever leaves now does not wait for it any more.
      next.catch(() => undefined);
      const body = winner.value;
      if (held && isDelta(body) && body.kind === held.kind && body.choice === held.choice) {
        held = { ...held, text: held.text + body.text, logprobs: both(held.logprobs, body.logprobs) };
        continue;
      }
      yield* release();
      if (!isDelta(body)) {
        yield body;
        continue;
      }
      held = body;
      due = new Promise((resolve) => (timer = setTimeout(resolve, milliseconds, "due")));
    }
    yield* release();
  } finally {
    clearTimeout(timer);
    await source.return?.();
  }
}

const both = (a: Delta["logprobs"], b: Delta["logprobs"]): Delta["logprobs"] =>
  a === undefined || b === undefined ? (a ?? b) : [...a, ...b];
