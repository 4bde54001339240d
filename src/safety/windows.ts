// Where a growing text is cut for the classifiers: small windows first, so that text comes soon, then larger
// ones, so that calls stay few. By the text alone: however it arrives, the cuts are the same.

export interface WindowPlan {
  /** Characters of the first window; each next one may be twice as long, up to `most`. */
  readonly first: number;
  readonly most: number;
  /** The share of a window behind which the end of a sentence ends it. */
  readonly least: number;
}

/** What a person reads along. */
export const proseWindows: WindowPlan = { first: 40, most: 640, least: 0.5 };
/** Nobody acts on half a tool call. */
export const argumentWindows: WindowPlan = { first: 320, most: 2560, least: 0.5 };
/** Where nobody reads before the end. */
export const wholeWindows: WindowPlan = { first: 8192, most: 8192, least: 0.9 };

/** What the classifier is shown again of what came before. */
export const contextLength = 400;
/** The end of a window that ends no sentence: shown once more with what follows, and released only then. */
const mostKeptBack = 48;

const sentenceEnd = /[.!?…]["'”’»)\]]{0,3}(?=\s)|[。！？]|\n/g;
const endsAtRest = /(?:[.!?…]["'”’»)\]]{0,3}|[。！？])\s*$|\n\s*$/;
const unicodeEscape = /\\u[0-9A-Fa-f]{4}/g;
const blank = /\s/;
/** An escape of JSON, or a pair of surrogates, of which only the beginning is there. */
const unfinished = /(?:\\{1,8}(?:u[0-9A-Fa-f]{0,3})?|[\ud800-\udbff])$/;

/** How much of `text` makes a window: up to the end of a sentence behind `least` of it, else all of a full one. */
export function windowLength(text: string, size: number, least: number): number | undefined {
  const half = Math.ceil(size * least);
  if (text.length <= half) return undefined;
  // One character takes six where all are escaped.
  if (isEscaped(text.slice(0, half)) && size < wholeWindows.most) return windowLength(text, size * 6, least);
  sentenceEnd.lastIndex = half - 1;
  if (sentenceEnd.test(text) && sentenceEnd.lastIndex <= size) return sentenceEnd.lastIndex;
  // One more than the size, so that what stands behind the last character is known.
  if (text.length <= size) return undefined;
  for (let at = size; at > half; at--) if (blank.test(text.charAt(at - 1))) return at;
  return wholeCharacters(text.slice(0, size));
}

const isEscaped = (text: string): boolean =>
  text.includes("\\u") && (text.match(unicodeEscape)?.length ?? 0) * 12 > text.length;

/** The length without half a character or escape at the end, save where that would leave nothing. */
export function wholeCharacters(text: string): number {
  const length = text.length - (unfinished.exec(text.slice(-longestEscape))?.[0].length ?? 0);
  return length > 0 ? length : text.length;
}

/** How much of a passed window may go, as it reads; the rest could be the beginning of something. At least half. */
export function releasableLength(window: string): number {
  if (endsAtRest.test(window)) return window.length;
  const half = Math.ceil(window.length / 2);
  const cut = Math.max(half, window.length - mostKeptBack);
  for (let at = cut; at > half; at--) if (blank.test(window.charAt(at - 1))) return at;
  return wholeCharacters(window.slice(0, cut));
}

const longestEscape = 14;
