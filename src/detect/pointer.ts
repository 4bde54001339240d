// The one cheap pass that decides that most text holds nothing, and points at the places where something may be.
// `scan.ts` runs the detectors only there. Widening it costs every request; measure with test/detect/speed.test.ts.

import type { Region } from "./span.ts";

/**
 * In order: a name that may introduce a secret, a birth or a bank (group 1); an at sign; five digits
 * together; a letter beside digits in something long; dotted numbers; colon groups; URLs; PEM.
 */
const pointer =
  /(passw|passphrase|passcode|\bpwd|contraseñ|kennwort|mot de passe|secret|token|credential|[_-]key|api.?key|bearer|basic |auth[:=]|\bborn\b|birth|\bd\.?o\.?b|\bswift|\bbic\b|\bgeb|naissance|nacid|nacim|nascit|nat[ao] il|medical rec|passport|account)|@|\d(?:[ .,:()/-]{0,2}\d){4}|[a-z]\d(?:\d\d|\w{5})|\d[a-z]\w{6}|\d\.\d{1,3}\.\d{1,3}\.\d|[0-9a-f]?:[0-9a-f]{0,4}:[0-9a-f]|[0-9a-f]{2}-[0-9a-f]{2}-[0-9a-f]{2}-|:\/\/|-----b|eyj|(?:gh[oprsu]|sk|hf|gsk)[_-]\w{9}/gi;

const before = 110;
const after = 170;
const longestToken = 4096;
const whitespace = /\s/;

/**
 * The stretches of `text` to look at. With `from`, only what may hold a hit that ends after it: names
 * just before count, other signs must reach beyond it.
 */
export function pointAt(text: string, from: number): Region[] {
  const regions: Region[] = [];
  let open: { start: number; end: number } | undefined;
  pointer.lastIndex = from > before ? from - before : 0;
  for (let match = pointer.exec(text); match; match = pointer.exec(text)) {
    const end = match.index + match[0].length;
    if (end <= from && match[1] === undefined) continue;
    const reach = Math.min(text.length, end + after);
    if (open && match.index - before <= open.end) {
      open.end = Math.max(open.end, reach);
      continue;
    }
    if (open) regions.push(regionOf(text, open.start, open.end));
    open = { start: Math.max(0, match.index - before), end: reach };
  }
  if (open) regions.push(regionOf(text, open.start, open.end));
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
