// Cuts a growing text into segments that no hit runs across, by its characters alone: however the text
// arrives, the cuts are the same. `held-text.ts` judges a segment when it is whole, and not before.

import { continuesWith, mayContinue, mayContinueWith, type OpenSegment } from "./joining.ts";

/** `plain` stands between words and needs no look; `full` reached the limit and may break off inside a word. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  readonly kind: "word" | "plain" | "full";
}

/** The most that is ever held back. */
const longestSegment = 512;

const outside = String.raw`\s"'<>\x60\u0e00-\u0eff\u1780-\u17ff\u2010-\u2bff\u3000-\ua6ff\ud800-\udfff\ufe30-\uffef`;
const breaker = new RegExp(String.raw`[${outside}{}\[\]|,;\\]`, "g");
/** Passwords in addresses hold commas and brackets. */
const addressBreaker = new RegExp(`[${outside}]`, "g");
const isBreaker = new RegExp(`^${breaker.source}`);
/** Of ASCII, since every unit is asked about. */
const asciiBreakers = Array.from({ length: 128 }, (_, unit) => isBreaker.test(String.fromCharCode(unit)));
const breaks = (unit: number): boolean => asciiBreakers[unit] ?? isBreaker.test(String.fromCharCode(unit));
const space = 32;
const slash = 47;
const tab = 9;
const longestGap = 2;

const keyMark = "-----BEGIN";
const keyHeader = /^-----BEGIN[ A-Z0-9_-]{0,60}PRIVATE KEY/;
const longestHeader = 88;
/** Ends a private key: its last line, or what no key holds. */
export const keyEnd = /-----END[ A-Z0-9_-]{0,60}-----|[^\s\\A-Za-z0-9+/=:,().-]/g;

/** Behind it a quoted value runs to its closing quote, whatever signs it holds. */
const opensSecret =
  /(?:pass|pwd|secret|token|key|cred|auth|kennwort|contraseña)\w{0,32}["'\])]{0,2}[ \t]{0,4}[^\w\s"']{0,4}[ \t]{0,8}@?["']$/i;
const longestName = 64;
const doubleQuote = 34;
const quoteEnd = /["\s]/g;
const singleQuote = 39;
const singleQuoteEnd = /['\s]/g;

type Step = Segment | "go on" | "wait";

export class Segmenter {
  #start = 0;
  #position = 0;
  #lastWord = "";
  #gap = 0;
  #open = false;

  /** Where the undecided text begins. */
  get start(): number {
    return this.#start;
  }

  /** Everything before `index` is decided, by whatever means: goes on from there. */
  restart(index: number): void {
    this.#start = index;
    this.#position = index;
    this.#gap = 0;
    this.#open = false;
  }

  /** After the caller has dropped `count` decided characters from the front. */
  shift(count: number): void {
    this.#start -= count;
    this.#position -= count;
  }

  /** The next whole segment, or undefined until more text comes. */
  next(text: string, final: boolean): Segment | undefined {
    // No decision looks beyond the limit, so that none depends on how much has arrived.
    const isFull = text.length - this.#start >= longestSegment;
    const seen = isFull ? text.slice(0, this.#start + longestSegment) : text;
    const isLast = final && seen.length === text.length;
    for (;;) {
      if (this.#position >= seen.length) break;
      const step =
        this.#overQuoted(seen, isLast) ??
        (breaks(seen.charCodeAt(this.#position)) ? this.#overGap(seen) : this.#overWord(seen, isLast));
      if (step === "wait") break;
      if (step !== "go on") return step;
    }
    if (isLast) return this.#start < seen.length ? this.#cut(seen.length, "word") : undefined;
    return isFull ? { start: this.#start, end: seen.length, kind: "full" } : undefined;
  }

  /** Undefined where no quoted secret begins. */
  #overQuoted(text: string, isLast: boolean): Step | undefined {
    const begin = this.#start;
    if (this.#position !== begin) return undefined;
    const quote = text.charCodeAt(begin - 1);
    const end = quote === doubleQuote ? quoteEnd : quote === singleQuote ? singleQuoteEnd : undefined;
    if (!end || !opensSecret.test(text.slice(Math.max(0, begin - longestName), begin))) return undefined;
    // A private key runs over spaces, quoted or not.
    if (keyMark.startsWith(text.slice(begin, begin + keyMark.length))) return undefined;
    end.lastIndex = begin;
    const stop = end.exec(text)?.index;
    if (stop === begin) return undefined;
    if (stop !== undefined) return this.#cut(stop + 1, "word");
    return isLast ? this.#cut(text.length, "word") : "wait";
  }

  /** Between words: a number may go on behind a space, everything else ends here. */
  #overGap(text: string): Step {
    const at = this.#position;
    const unit = text.charCodeAt(at);
    const isShort = this.#open && (unit === space || unit === tab) && this.#gap < longestGap;
    if (isShort && mayContinue(this.#segment(text, at))) {
      this.#gap += 1;
      this.#position += 1;
      return "go on";
    }
    return this.#start < at ? this.#cut(at, "word") : this.#cut(at + 1, "plain");
  }

  #overWord(text: string, isLast: boolean): Step {
    const begin = this.#position;
    const isNext = this.#open;
    if (isNext && !mayContinueWith(text.charAt(begin), this.#segment(text, begin)))
      return this.#cut(begin, "word");
    const end = endOfWord(text, begin) ?? (isLast ? text.length : undefined);
    const known = text.slice(begin, end);
    const mark = known.indexOf(keyMark);
    if (mark >= 0) {
      const step = this.#overKey(text, begin + mark, isLast);
      if (step !== "go on") return step;
    }
    if (end === undefined) return "wait";
    if (isNext && !continuesWith(known, this.#segment(text, begin))) return this.#cut(begin, "word");
    this.#open = true;
    this.#lastWord = known;
    this.#gap = 0;
    this.#position = end;
    return "go on";
  }

  /** A private key runs over spaces and lines. */
  #overKey(text: string, mark: number, isLast: boolean): Step {
    keyEnd.lastIndex = mark + keyMark.length;
    const stop = keyEnd.exec(text);
    if (!isLast && !stop && text.length - mark < longestHeader) return "wait";
    if (!keyHeader.test(text.slice(mark, mark + longestHeader))) return "go on";
    if (this.#start < mark) return this.#cut(mark, "word");
    if (!stop) return isLast ? this.#cut(text.length, "word") : "wait";
    return this.#cut(stop[0].length > 1 ? keyEnd.lastIndex : stop.index, "word");
  }

  #segment(text: string, end: number): OpenSegment {
    return { text: text.slice(this.#start, end), lastWord: this.#lastWord };
  }

  #cut(end: number, kind: Segment["kind"]): Segment {
    const segment = { start: this.#start, end, kind };
    this.restart(end);
    return segment;
  }
}

/** Undefined while the word may still grow. */
export function endOfWord(text: string, begin: number): number | undefined {
  let found = begin;
  let isAddress = false;
  for (; found < text.length; found++) {
    const unit = text.charCodeAt(found);
    if (breaks(unit)) break;
    isAddress ||= unit === slash && found > begin && text.startsWith("://", found - 1);
  }
  if (found === text.length) return undefined;
  if (!isAddress) return found;
  addressBreaker.lastIndex = found;
  return addressBreaker.exec(text)?.index;
}
