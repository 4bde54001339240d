// Reads a text once, unit by unit, and says which phrases of the word lists end where. The streaming guard feeds it what
// has come, `find-terms.ts` whole texts. It keeps no text, and never looks back further than one word.

import { readUnit } from "../normal-form.ts";
import { hashPrime, hashSeed, type Lexicon, type TermKind } from "./lexicon.ts";
import { between, learnUnit, signOf, strange, units, unseen } from "./units.ts";

export interface TermHit {
  readonly kind: TermKind;
  /** Units of what was read, half-open. */
  readonly start: number;
  readonly end: number;
  /** Counts only where something was left out of the text between the two. */
  readonly isBare: boolean;
}

/** From the first word of a phrase to its last, gaps included. What is longer is no hit, and need not be held. */
const longestStretch = 512;
/** A phrase has at most as many characters, and so words. */
export const longestPhrase = 256;

export class TermRun {
  readonly #lexicon: Lexicon;
  readonly #isNormal: boolean;
  /** Where the last words began. */
  readonly #starts = new Int32Array(longestPhrase);
  #count = 0;
  #state = 0;
  #wordStart = -1;
  #hash = 0;
  /** Units read so far. */
  position = 0;

  /** `isNormal` where the text is in normal form already. */
  constructor(lexicon: Lexicon, isNormal: boolean) {
    this.#lexicon = lexicon;
    this.#isNormal = isNormal;
  }

  /** Reads `text` from `from` on, `to` at most; what was read before is there as far as its last word. */
  read(text: string, from: number, to: number, hits: TermHit[]): void {
    const lexicon = this.#lexicon;
    const offset = this.position - from;
    let index = from;
    let wordStart = this.#wordStart;
    let hash = this.#hash;
    for (; index < to; index++) {
      const code = text.charCodeAt(index);
      const unit = units[code] || learnUnit(code);
      if (unit > 0) {
        if (wordStart < 0) {
          wordStart = index + offset;
          hash = hashSeed;
        }
        hash = Math.imul(hash ^ unit, hashPrime);
        continue;
      }
      if (unit === unseen) continue;
      if (unit === strange && !this.#isNormal) {
        this.#wordStart = wordStart;
        this.#hash = hash;
        index += this.#readStrange(text, index, offset, hits) - 1;
        wordStart = this.#wordStart;
        hash = this.#hash;
        continue;
      }
      if (wordStart >= 0) {
        if (lexicon.mayHave(hash)) this.#endWord(text, wordStart, index + offset, offset, hash, hits);
        else this.#state = 0;
        wordStart = -1;
      }
      if (unit !== between) this.#sign(signOf(unit, code), index + offset, index + offset + 1, hits);
    }
    this.#wordStart = wordStart;
    this.#hash = hash;
    this.position = index + offset;
  }

  /** Nothing follows what was read, up to `text[to]`: the last word is whole. What comes later is a new beginning. */
  end(text: string, to: number, hits: TermHit[]): void {
    if (this.#wordStart >= 0)
      this.#endWord(text, this.#wordStart, this.position, this.position - to, this.#hash, hits);
    this.#wordStart = -1;
    this.#state = 0;
  }

  /** From where on a phrase of these lists may have begun that is not whole yet. */
  openFrom(lists: number): number {
    const { position } = this;
    if (lists === 0) return position;
    const word = this.#wordStart;
    if (word >= 0 && position - word > this.#lexicon.longestWord) return position;
    const state = this.#openState(lists);
    if (state !== 0) return this.#startOf(state);
    return word >= 0 ? word : position;
  }

  /** True where what was read last, up to `text[to]`, is known to begin one. */
  isOpen(text: string, to: number, lists: number): boolean {
    if (lists === 0) return false;
    if (this.#openState(lists) !== 0) return true;
    if (this.#wordStart < 0) return false;
    return this.#lexicon.hasWordFrom(folded(text, this.#wordStart - this.position + to, to));
  }

  #openState(lists: number): number {
    let state = this.#state;
    while (state !== 0) {
      const isShort = this.position - this.#startOf(state) < longestStretch;
      if (isShort && this.#lexicon.goesOn(state, lists)) break;
      state = this.#lexicon.failOf(state);
    }
    return state;
  }

  #startOf(state: number): number {
    return this.#starts[(this.#count - this.#lexicon.depthOf(state)) % longestPhrase] ?? 0;
  }

  /** What stands for something else, or for several. Gives how many units it takes. */
  #readStrange(text: string, index: number, offset: number, hits: TermHit[]): number {
    const [seen, length] = readUnit(text, index);
    const start = index + offset;
    for (let at = 0; at < seen.length; at++) {
      const code = seen.charCodeAt(at);
      const unit = units[code] || learnUnit(code);
      if (unit === unseen) continue;
      if (unit > 0) {
        if (this.#wordStart < 0) this.#hash = hashSeed;
        if (this.#wordStart < 0) this.#wordStart = start;
        this.#hash = Math.imul(this.#hash ^ unit, hashPrime);
        continue;
      }
      if (this.#wordStart >= 0) this.#endWord(text, this.#wordStart, start, offset, this.#hash, hits);
      this.#wordStart = -1;
      if (unit !== between) this.#sign(signOf(unit, code), start, start + length, hits);
    }
    return length;
  }

  #endWord(text: string, start: number, end: number, offset: number, hash: number, hits: TermHit[]): void {
    const spelled = (word: string): boolean => spells(text, start - offset, end - offset, word);
    this.#take(this.#lexicon.numberOf(hash, spelled), start, end, hits);
  }

  #sign(sign: number, start: number, end: number, hits: TermHit[]): void {
    const hash = Math.imul(hashSeed ^ sign, hashPrime);
    if (!this.#lexicon.mayHave(hash)) {
      this.#state = 0;
      return;
    }
    const isIt = (word: string): boolean => word.length === 1 && word.charCodeAt(0) === sign;
    this.#take(this.#lexicon.numberOf(hash, isIt), start, end, hits);
  }

  #take(number: number, start: number, end: number, hits: TermHit[]): void {
    if (number === 0) {
      this.#state = 0;
      return;
    }
    this.#starts[this.#count % longestPhrase] = start;
    this.#count += 1;
    let state = this.#lexicon.step(this.#state, number);
    while (state !== 0 && end - this.#startOf(state) > longestStretch) state = this.#lexicon.failOf(state);
    this.#state = state;
    if (state === 0) return;
    for (const { kind, isBare, words } of this.#lexicon.endingsAt(state)) {
      const first = this.#starts[(this.#count - words) % longestPhrase] ?? 0;
      hits.push({ kind, start: first, end, isBare });
    }
  }
}

/** True where the letters of a text are those of a listed word, as they count. */
function spells(text: string, from: number, to: number, word: string): boolean {
  let at = 0;
  for (let index = from; index < to; index++) {
    const unit = units[text.charCodeAt(index)] ?? unseen;
    if (unit === strange) return folded(text, from, to) === word;
    if (unit > 0 && unit !== word.charCodeAt(at++)) return false;
  }
  return at === word.length;
}

/** The letters of a word as they count, whatever is not seen between them. */
function folded(text: string, from: number, to: number): string {
  let word = "";
  for (let index = from; index < to; index++) {
    const unit = units[text.charCodeAt(index)] ?? unseen;
    if (unit > 0) word += String.fromCharCode(unit);
    if (unit !== strange) continue;
    const [seen, length] = readUnit(text, index);
    word += folded(seen, 0, seen.length);
    index += length - 1;
  }
  return word;
}
