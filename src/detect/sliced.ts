// Scans long text in slices, so that one request of a megabyte does not hold up everyone else's.
// `intake/` and the CLI call it for what is longer than they would scan at once.

import { settleOverlaps } from "./overlaps.ts";
import { scan } from "./scan.ts";
import type { Span } from "./span.ts";

const sliceLength = 4 * 1024;
/** Longer than any hit save a private key, whose parts are then found one by one. */
const overlap = 768;

/** As `scan`, with a turn of the event loop after each slice. */
export async function scanSliced(text: string): Promise<readonly Span[]> {
  const found: Span[] = [];
  for (let start = 0; start < text.length; start += sliceLength) {
    const from = Math.max(0, start - overlap);
    const to = Math.min(text.length, start + sliceLength + overlap);
    for (const span of scan(text.slice(from, to))) {
      const moved = { ...span, start: span.start + from, end: span.end + from };
      const cut = (moved.start === from && from > 0) || (moved.end === to && to < text.length);
      const own = moved.end > start && moved.start < start + sliceLength;
      if (own || cut) found.push(moved);
    }
    await nextTurn();
  }
  return settleOverlaps(found);
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
