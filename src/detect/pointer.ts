// The one cheap pass that decides that most text holds nothing, and points at the places where something may be.
// `scan.ts` runs the detectors only there. Widening it costs every request; measure with test/detect/speed.test.ts.

import type { Region } from "./span.ts";

/**
 * Each alternative begins with a character that is rare in prose, which is what makes the pass cheap:
 * an at sign; five digits together, a letter beside digits in something long, dotted numbers, a day before
 * a month; a colon of URLs and addresses, or after a name that may introduce a secret; hyphens of PEM and MAC.
 */
const signs = new RegExp(
  [
    "@",
    String.raw`\d(?:(?:[ .,:()/-]{0,2}\d){4}|[a-z]\w{6}|[a-z][a-z\d]\d-[a-z]|(?<=[\w.-]{10}\d)|(?<=[a-z]\d)(?:\d\d|\w{5})|\.\d{1,3}\.\d{1,3}\.\d|(?:st|nd|rd|th|\.|º)?(?: de| of)?[ -][a-zà-ÿ]{3,10}\.?,?(?: de| of)?[ -]\d\d)`,
    String.raw`:(?:\/\/|:\/\d|[0-9a-f]{0,4}:[0-9a-f]|[0-9a-f]{1,4}::)`,
    "[:=](?<=(?:pass|pwd|secret|token|key|credential|auth|ontraseñ|kennwort)\\w{0,16}[\"'`\\])]{0,2}\\s{0,3}[:=])",
    String.raw`-(?:----b|[0-9a-f]{2}-[0-9a-f]{2}-|[a-z0-9_]{20}|(?:u|-user)[ =]{1,4}["']?[^\s"':]{0,64}:)`,
    String.raw`_(?:[a-z0-9]{20}|[a-z]{0,9}\d)`,
  ].join("|"),
  "gi",
);

/** Words that introduce what has no sign of its own; five letters and more, or the search slows down. */
const words =
  /passwo|passwd|passph|passcod|passpor|mot de pa|contras|kennwo|swift| bic[ :]|bearer|akia[a-z2-7]{9}/gi;

/** How far behind a mark something may begin that it points at. */
export const markReach = 110;
const after = 170;
const longestToken = 4096;
const whitespace = /\s/;

interface Mark {
  readonly start: number;
  readonly end: number;
}

/**
 * True where `pointAt` would point somewhere in the text, or in any part of it: no sign is a sign because of what does
 * not stand beside it.
 */
export function pointsAnywhere(text: string): boolean {
  words.lastIndex = 0;
  signs.lastIndex = 0;
  return words.test(text) || signs.test(text);
}

/** Each sign begins with one of them. */
const signBegins = Array.from({ length: 128 }, (_, unit) => /[@\d:=_-]/.test(String.fromCharCode(unit)));
const longestWord = 14;

/**
 * Behind the last unit in what `text` has from `from` on without which `pointAt` points nowhere; -1 where there is none.
 * A word that ends there counts.
 */
export function lastMark(text: string, from: number): number {
  let last = -1;
  for (let index = text.length; index > from; index--) {
    if (signBegins[text.charCodeAt(index - 1)] !== true) continue;
    last = index;
    break;
  }
  words.lastIndex = Math.max(0, from - longestWord);
  while (words.test(text)) last = Math.max(last, words.lastIndex);
  return last;
}

/**
 * The stretches of `text` to look at. With `from`, only what may hold a hit that ends after it: words and
 * names just before count, other signs must reach beyond it.
 */
export function pointAt(text: string, from: number): Region[] {
  const marks: Mark[] = [];
  const first = from > markReach ? from - markReach : 0;
  words.lastIndex = first;
  for (let match = words.exec(text); match; match = words.exec(text)) {
    marks.push({ start: match.index, end: words.lastIndex });
  }
  const isMixed = marks.length > 0;
  signs.lastIndex = first;
  for (let match = signs.exec(text); match; match = signs.exec(text)) {
    const introduces = match[0] === ":" || match[0] === "=";
    if (introduces || signs.lastIndex > from) marks.push({ start: match.index, end: signs.lastIndex });
  }
  if (marks.length === 0) return [];
  if (isMixed) marks.sort((a, b) => a.start - b.start);
  return merge(text, marks);
}

function merge(text: string, marks: readonly Mark[]): Region[] {
  const regions: Region[] = [];
  let start = 0;
  let end = -1;
  for (const mark of marks) {
    if (end >= 0 && mark.start - markReach > end) {
      regions.push(regionOf(text, start, end));
      end = -1;
    }
    if (end < 0) start = Math.max(0, mark.start - markReach);
    end = Math.max(end, Math.min(text.length, mark.end + after));
  }
  regions.push(regionOf(text, start, end));
  return regions;
}

/** Widened to white space, so that no token is cut. */
function regionOf(whole: string, start: number, end: number): Region {
  let left = start;
  while (left > 0 && start - left < longestToken && !whitespace.test(whole.charAt(left - 1))) left -= 1;
  let right = end;
  while (right < whole.length && right - end < longestToken && !whitespace.test(whole.charAt(right)))
    right += 1;
  return {
    whole,
    text: left === 0 && right === whole.length ? whole : whole.slice(left, right),
    offset: left,
  };
}
