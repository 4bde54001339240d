// A window as its reader would understand it, with a map back: escapes read, what is invisible left out, hidden
// tags spelled out, full-width and mixed-in look-alikes folded. Classifiers are shown this and never the disguise.

import { unmask } from "../detect/look-alikes.ts";

export interface Readable {
  readonly text: string;
  /** The raw range behind `[start, end)` of the text. */
  rawRange(start: number, end: number): { readonly start: number; readonly end: number };
}

const unusual = /[^\n\r\t\x20-\x5b\x5d-\x7e]/;

export function readable(raw: string, isJson: boolean): Readable {
  if (!unusual.test(raw)) return { text: raw, rawRange: (start, end) => ({ start, end }) };
  const written = new Mapped();
  readEscapes(raw, isJson ? jsonEscape : unicodeEscape, written);
  const seen = new Mapped();
  unfold(written.text, seen);
  return {
    text: seen.text,
    rawRange(start, end) {
      const inner = seen.range(start, end);
      return written.range(inner.start, inner.end);
    },
  };
}

/** `text[i]` came from units `starts[i]` up to `ends[i]` of the text before. */
class Mapped {
  text = "";
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  add(text: string, start: number, end: number): void {
    this.text += text;
    for (let unit = 0; unit < text.length; unit++) {
      this.#starts.push(start);
      this.#ends.push(end);
    }
  }

  /** Unit by unit. */
  copy(text: string, start: number): void {
    this.text += text;
    for (let unit = 0; unit < text.length; unit++) {
      this.#starts.push(start + unit);
      this.#ends.push(start + unit + 1);
    }
  }

  range(start: number, end: number): { start: number; end: number } {
    const first = this.#starts[start] ?? 0;
    return { start: first, end: this.#ends[end - 1] ?? first };
  }
}

const unicodeEscape = /\\{1,8}u([0-9A-Fa-f]{4})/g;
const jsonEscape = /\\{1,8}(?:u([0-9A-Fa-f]{4})|([nrtbf"/\\]))/g;
const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: " ", f: " " };

function readEscapes(raw: string, escape: RegExp, into: Mapped): void {
  let at = 0;
  for (const match of raw.matchAll(escape)) {
    into.copy(raw.slice(at, match.index), at);
    at = match.index + match[0].length;
    const [, hex, letter = ""] = match;
    const meant =
      hex === undefined ? (escapes[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16));
    into.add(meant, match.index, at);
  }
  into.copy(raw.slice(at), at);
}

const word = /[\p{L}\p{N}\p{M}\p{Cf}]+|[^\p{L}\p{N}\p{M}\p{Cf}]+/gu;
const plain = /^[\n\r\t\x20-\x7e]+$/;
const latin = /[A-Za-z]/;
const mark = /^\p{Mn}$/u;
const format = /^\p{Cf}$/u;

function unfold(text: string, into: Mapped): void {
  for (const { 0: piece, index } of text.matchAll(word)) {
    if (plain.test(piece)) into.copy(piece, index);
    else unfoldWord(piece, index, into);
  }
}

/** Foreign letters among Latin ones are there to deceive; a word all in its own script is left as it is. */
function unfoldWord(piece: string, start: number, into: Mapped): void {
  const isMixed = latin.test(piece);
  let at = start;
  for (const character of piece) {
    const end = at + character.length;
    into.add(meaningOf(character, isMixed), at, end);
    at = end;
  }
}

function meaningOf(character: string, isMixed: boolean): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 128) return character;
  if (code >= 0xe0020 && code <= 0xe007e) return String.fromCharCode(code - 0xe0000);
  if (format.test(character)) return "";
  if (isMixed) return mark.test(character) ? "" : unmask(code);
  const compatible = character.normalize("NFKC");
  return plain.test(compatible) ? compatible : character;
}
