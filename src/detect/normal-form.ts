// The text as a reader would understand it, with a map back to the raw text: look-alikes folded, what is
// invisible left out, JSON escapes read. `scan.ts` and the streaming guard detect on it and cut the raw text.

import { unmask } from "./look-alikes.ts";

/** Scripts and signs that can stand for ASCII, and those that are not seen. */
const strange = [
  "\\u00a0\\u00ad\\u00d7\\u0131\\u0251-\\u0592\\u05c3\\u0660-\\u0669\\u06f0-\\u06f9\\u07c0-\\u07c9\\u0966-\\u096f",
  "\\u09e6-\\u09ef\\u0e50-\\u0e59\\u115f\\u1160\\u180b-\\u180e\\u1d00-\\u1d2f\\u2000-\\u200f\\u2024\\u202a-\\u202f",
  "\\u2044\\u205f-\\u209f\\u20d0-\\u20ff\\u2100-\\u218f\\u2212\\u2215\\u2236\\u2460-\\u24ff\\u2800\\u3000\\u3002\\u3164",
  "\\ufe50-\\ufe6f\\ufeff\\uff00-\\uffef\\ud800-\\ud83b\\ud83f-\\udbff",
].join("");
/** Everyday in prose, so suspect only between letters or digits. */
const marks = "\\u0300-\\u036f\\ufe00-\\ufe0f";
const punctuation = "\\u2010-\\u2015\\u2018-\\u201f";

const disguise = new RegExp(
  [
    `[${strange}]`,
    `[${marks}](?<=[\\w@.].)[${marks}]{0,3}[\\w@.]`,
    "\\ud83c[\\udd00-\\uddff]",
    String.raw`\\(?:u[0-9A-Fa-f]{4}|[nrtbf"/])`,
  ].join("|"),
);

/** Anything but Latin letters and the dashes and quotes of prose: most text stops here. */
const unusual = /[^\0-[\]-\x9f\xa1-\xac\xae-\xd6\xd8-\xff\u2010-\u2015\u2018-\u201f\u2026]/;
const joined = new RegExp(`[${punctuation}](?<=[\\d@.].)[${punctuation}]{0,3}[\\w@.]`);

/** Cheap; true does not yet mean that there is something to see through. */
export const isDisguised = (text: string): boolean =>
  (unusual.test(text) && disguise.test(text)) || joined.test(text);

/** The text, and where each unit of it came from. Grows at the end, so that a stream can feed it. */
export class NormalForm {
  text = "";
  /** Raw units from which `text[i]` came; empty while each came from one, as in everyday text. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #isOneToOne = true;
  #rawLength = 0;
  #unread = "";

  /** Raw units taken in, also those that wait for their second half. */
  get rawLength(): number {
    return this.#rawLength + this.#unread.length;
  }

  /** True where nothing waits for its second half. */
  get isWhole(): boolean {
    return this.#unread === "";
  }

  /** Where `text[index]` begins in the raw text; undefined where there is no such unit. */
  startOf(index: number): number | undefined {
    if (!this.#isOneToOne) return this.#starts[index];
    return index >= 0 && index < this.text.length ? this.#rawLength - this.text.length + index : undefined;
  }

  endOf(index: number): number | undefined {
    if (!this.#isOneToOne) return this.#ends[index];
    return index >= 0 && index < this.text.length
      ? this.#rawLength - this.text.length + index + 1
      : undefined;
  }

  /** Takes raw text. A half of a surrogate pair or of an escape at the end waits, unless `final`. */
  push(raw: string, final: boolean): void {
    const input = this.#unread === "" ? raw : this.#unread + raw;
    const plain = endOfPlain(input, 0);
    if (plain === input.length) {
      this.#unread = "";
      return this.#addPlain(input);
    }
    const whole = final
      ? input.length
      : input.length - (unfinished.exec(input.slice(-longestEscape))?.[0].length ?? 0);
    this.#unread = whole === input.length ? "" : input.slice(whole);
    for (let index = 0; index < whole;) {
      const end = Math.min(whole, index === 0 ? plain : endOfPlain(input, index));
      this.#addPlain(input.slice(index, end));
      index = end;
      if (index === whole) break;
      const [seen, length] = readUnit(input, index);
      this.add(seen, this.#rawLength, this.#rawLength + length);
      this.#rawLength += length;
      index += length;
    }
  }

  /** Units that stand for themselves. */
  #addPlain(plain: string): void {
    if (!this.#isOneToOne) {
      for (let unit = 0; unit < plain.length; unit++) {
        this.#starts.push(this.#rawLength + unit);
        this.#ends.push(this.#rawLength + unit + 1);
      }
    }
    this.text += plain;
    this.#rawLength += plain.length;
  }

  /** Takes what was read elsewhere: `seen` came from the raw units from `start` to `end`. */
  add(seen: string, start: number, end: number): void {
    const follows = start === this.#rawLength && end === start + 1 && seen.length === 1;
    if (this.#isOneToOne && !follows) this.#mapEach();
    if (!this.#isOneToOne) {
      for (let unit = 0; unit < seen.length; unit++) {
        this.#starts.push(start);
        this.#ends.push(end);
      }
    }
    this.text += seen;
  }

  #mapEach(): void {
    const first = this.#rawLength - this.text.length;
    for (let index = 0; index < this.text.length; index++) {
      this.#starts.push(first + index);
      this.#ends.push(first + index + 1);
    }
    this.#isOneToOne = false;
  }

  /** Forgets the first `count` units of the normal text; raw offsets stay as they are. */
  forget(count: number): void {
    this.text = this.text.slice(count);
    this.#starts.splice(0, count);
    this.#ends.splice(0, count);
  }
}

/** Anything but ASCII, and the sign that begins escapes. */
const special = /[^\0-[\]-\x7f]/g;

function endOfPlain(text: string, from: number): number {
  special.lastIndex = from;
  return special.exec(text)?.index ?? text.length;
}

const backslash = 92;
const longestEscape = 14;
const unfinished = /(?:\\{1,8}(?:u[0-9A-Fa-f]{0,3})?|[\ud800-\udbff])$/;
const escape = /\\{1,8}(?:u([0-9A-Fa-f]{4})|([nrtbf"/]))/y;
const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: " ",
  f: " ",
  '"': '"',
  "/": "/",
};

/** What stands at `index` as it reads, and how many units it takes. */
export const readUnit = (input: string, index: number): readonly [seen: string, length: number] =>
  input.charCodeAt(index) === backslash ? readEscape(input, index) : readCharacter(input, index);

/** One JSON escape, however often it was escaped again on its way here. */
function readEscape(input: string, index: number): [seen: string, length: number] {
  escape.lastIndex = index;
  const match = escape.exec(input);
  if (!match) return ["\\", 1];
  const hex = match[1];
  if (hex === undefined) return [escapes[match[2] ?? ""] ?? "", match[0].length];
  const code = Number.parseInt(hex, 16);
  return [code < 128 ? String.fromCharCode(code) : unmask(code), match[0].length];
}

function readCharacter(input: string, index: number): [seen: string, length: number] {
  const codePoint = input.codePointAt(index) ?? 0;
  return [unmask(codePoint), codePoint > 0xffff ? 2 : 1];
}

/** Tag characters spell ASCII that nobody sees: what they say, or undefined where there are none. */
export function readTags(text: string): NormalForm | undefined {
  if (!text.includes("\udb40")) return undefined;
  const form = new NormalForm();
  for (const match of text.matchAll(/\u{e0001}?[\u{e0020}-\u{e007e}]+/gu)) {
    let at = match.index;
    for (const tag of match[0]) {
      const code = (tag.codePointAt(0) ?? 0) - 0xe0000;
      if (code >= 0x20) form.add(String.fromCharCode(code), at, at + tag.length);
      at += tag.length;
    }
    form.add("\n", at, at);
  }
  return form;
}
