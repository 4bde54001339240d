// Most chunks of a stream say the same round other words. What stands round them is learned from a chunk that was parsed;
// one that has the same round its own need not be. The stream decoders ask it first, and tell it what they parsed.

import type { ModelEvent } from "../core/events.ts";

interface Surroundings {
  readonly choice: number;
  /** With the quotes of the text. */
  readonly before: string;
  readonly after: string;
}

/** Some providers put something new into every chunk. */
const mostLessons = 4;
/** Stands for any text. */
const probe = "\u0001any text";

export class TextChunks {
  /** Where the text of a parsed chunk is. */
  readonly #textOf: (body: unknown) => unknown;
  #known: Surroundings | undefined;
  #lessons = 0;

  constructor(textOf: (body: unknown) => unknown) {
    this.#textOf = textOf;
  }

  /** What the chunk says; undefined where it must be parsed. */
  read(data: string): readonly ModelEvent[] | undefined {
    const known = this.#known;
    if (!known || !data.startsWith(known.before) || !data.endsWith(known.after)) return undefined;
    const { choice, before, after } = known;
    if (data.length <= before.length + after.length) return undefined;
    const written = data.slice(before.length, data.length - after.length);
    const text = plain.test(written) ? written : unescaped(written);
    return text === undefined ? undefined : [{ type: "text-delta", choice, text }];
  }

  /** Only what says a text and nothing else has surroundings that mean the same round every text. */
  learn(data: string, body: unknown, events: readonly ModelEvent[]): void {
    const [event] = events;
    if (this.#lessons >= mostLessons || events.length !== 1 || event?.type !== "text-delta") return;
    if (event.logprobs !== undefined || this.#textOf(body) !== event.text) return;
    this.#lessons += 1;
    const written = JSON.stringify(event.text);
    const start = data.indexOf(written) + 1;
    if (start === 0) return;
    const before = data.slice(0, start);
    const after = data.slice(start + written.length - 2);
    // The same words may stand elsewhere.
    const isThere = this.#textOf(JSON.parse(before + JSON.stringify(probe).slice(1, -1) + after)) === probe;
    if (isThere) this.#known = { choice: event.choice, before, after };
  }
}

/** As it is written: without quotes, escapes and what must be escaped. */
const plain = /^[ !#-[\]-\uffff]+$/;

/** Undefined where it is more than one string. */
function unescaped(written: string): string | undefined {
  try {
    return JSON.parse(`"${written}"`) as string;
  } catch {
    return undefined;
  }
}
