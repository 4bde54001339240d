// What a detector finds, and the piece of text it is given to look at.
// Every file in `detect/` speaks in these; `scan.ts` hands the spans out with raw offsets.

export type DetectionLabel = "contact" | "pii" | "phi" | "pci" | "secret";

export interface Span {
  readonly label: DetectionLabel;
  /** As `email` or `de-tax-id`: kebab-case, stable, part of policy categories. */
  readonly kind: string;
  /** UTF-16 units, half-open. */
  readonly start: number;
  readonly end: number;
  /** Checksummed, or of a form that nothing else has. */
  readonly certain: boolean;
}

/** A stretch of the whole text in which something may be. Offsets in `text` are relative to `offset`. */
export interface Region {
  readonly whole: string;
  readonly text: string;
  readonly offset: number;
}

/** Adds what it finds, in offsets of the whole text. Must be linear in the region on any input. */
export type Detector = (region: Region, found: Span[]) => void;

const wordCharacter = /[A-Za-z0-9_]/;

/** Calls `use` for each match that does not begin inside a word cut by the region's edge. */
export function eachMatch(
  pattern: RegExp,
  region: Region,
  use: (match: RegExpExecArray, start: number) => void,
): void {
  pattern.lastIndex = 0;
  for (let match = pattern.exec(region.text); match; match = pattern.exec(region.text)) {
    if (match[0] === "") pattern.lastIndex += 1;
    const start = region.offset + match.index;
    const cut = match.index === 0 && start > 0 && wordCharacter.test(region.whole.charAt(start - 1));
    if (!cut) use(match, start);
  }
}

const reachBefore = 64;
const reachAfter = 28;

/** True where one of `words` stands shortly before the span, or right after it. */
export function hasContext(whole: string, start: number, end: number, words: RegExp): boolean {
  return (
    words.test(whole.slice(Math.max(0, start - reachBefore), start)) ||
    words.test(whole.slice(end, end + reachAfter))
  );
}

export const hasContextBefore = (whole: string, start: number, words: RegExp, reach = reachBefore): boolean =>
  words.test(whole.slice(Math.max(0, start - reach), start));
