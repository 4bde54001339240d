// Scans long text in slices, so that one request of a megabyte does not hold up everyone else's.
// `intake/` and the CLI call it for what is longer than they would scan at once.

import { settleOverlaps } from "./overlaps.ts";
import { scan } from "./scan.ts";
import type { Span } from "./span.ts";

const shortestSlice = 1024;
const longestSlice = 16 * 1024;
/** Aimed at for one slice; what takes longer is followed by a shorter one. */
const aimMilliseconds = 1;
/** Longer than any hit save a private key, whose parts are then found one by one. */
const overlap = 768;

/** As `scan`, with a turn of the event loop after each slice, or with what else `turn` does there. */
export async function scanSliced(text: string, turn = nextTurn): Promise<readonly Span[]> {
  const settled: Span[] = [];
  /** What the next slice may see as well, or otherwise. */
  let open: Span[] = [];
  let length = 2 * 1024;
  for (let start = 0; start < text.length;) {
    const began = performance.now();
    const end = Math.min(text.length, start + length);
    const from = Math.max(0, start - overlap);
    const to = Math.min(text.length, end + overlap);
    for (const span of scan(text.slice(from, to))) {
      const moved = { ...span, start: span.start + from, end: span.end + from };
      const cut = (moved.start === from && from > 0) || (moved.end === to && to < text.length);
      const own = moved.end > start && moved.start < end;
      if (own || cut) open.push(moved);
    }
    open = settleOverlaps(open).filter((span) => span.end > end - overlap || settled.push(span) === 0);
    const took = performance.now() - began;
    length = took > aimMilliseconds ? length / 2 : took < aimMilliseconds / 3 ? length * 2 : length;
    length = Math.min(longestSlice, Math.max(shortestSlice, length));
    start = end;
    await turn();
  }
  settled.push(...open);
  return settled;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
