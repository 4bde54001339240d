// Notices an answer that repeats a long run of its system prompt, word by word, whatever the punctuation and case.
// `held-text.ts` feeds it what arrives, before anything else; text that may be such a run waits until it ends.

import { isWord, numberOf, numbersIn, word } from "./prompt-words.ts";

export const promptLeakCategory = "leak.system-prompt";

/** So many words in a row are a leak; of a shorter prompt, all of them. */
const longestRun = 40;
/** A shorter prompt says nothing that an answer could not say by chance. */
const shortestPrompt = 12;
/** Words looked up at once; the prompt is indexed at every window, the answer is looked up at every word. */
const windowLength = 8;
/** More of the prompts is not indexed: building must not cost more than the answer. */
const mostIndexed = 64 * 1024;
/** A word that does not end is none. */
const longestWord = 256;

/** The system prompts of one request as numbered words. Built once, shared by all channels of the answer. */
export class PromptIndex {
  /** Prompt after prompt, each followed by a 0, which no word has. */
  readonly #sequence: number[] = [];
  /** How many words in a row are a leak, by position in the sequence. */
  readonly #limits: number[] = [];
  /** Where windows end, by their hash. */
  readonly #positions = new Map<number, number[]>();

  constructor(prompts: readonly string[]) {
    let left = mostIndexed;
    for (const prompt of prompts) {
      const numbers = numbersIn(prompt.slice(0, left));
      left -= prompt.length;
      if (numbers.length >= shortestPrompt) this.#add(numbers);
      if (left <= 0) break;
    }
  }

  get isEmpty(): boolean {
    return this.#sequence.length === 0;
  }

  /** Where in the prompts the words of `window` stand: positions of the last one. */
  find(window: readonly number[]): readonly number[] {
    const found = this.#positions.get(hash(window, 0)) ?? [];
    return found.filter((end) =>
      window.every((number, index) => number === this.#sequence[end - windowLength + 1 + index]),
    );
  }

  follows(position: number, number: number): boolean {
    return this.#sequence[position + 1] === number;
  }

  limitAt(position: number): number {
    return this.#limits[position] ?? longestRun;
  }

  #add(numbers: readonly number[]): void {
    const begin = this.#sequence.length;
    const limit = Math.min(longestRun, numbers.length);
    for (const number of numbers) {
      this.#sequence.push(number);
      this.#limits.push(limit);
    }
    for (let end = begin + windowLength - 1; end < this.#sequence.length; end += windowLength) {
      const key = hash(this.#sequence, end - windowLength + 1);
      const known = this.#positions.get(key);
      if (known) known.push(end);
      else this.#positions.set(key, [end]);
    }
    this.#sequence.push(0);
    this.#limits.push(limit);
  }
}

function hash(numbers: readonly number[], from: number): number {
  let sum = 7;
  for (let index = from; index < from + windowLength; index++)
    sum = Math.imul(sum, 31) + (numbers[index] ?? 0);
  return sum | 0;
}

/** Follows one channel. What it gives back may be judged further; what it keeps may be a leak. */
export class PromptRun {
  readonly #index: PromptIndex;
  #text = "";
  /** Of `#text`: how far words were read, how far it was given back, and from where it is kept. */
  #read = 0;
  #given = 0;
  #keptFrom = 0;
  #window: number[] = [];
  #positions: readonly number[] = [];
  #length = 0;
  leaked = false;

  constructor(index: PromptIndex) {
    this.#index = index;
  }

  /** What is kept back, for a leak that the policy lets pass. */
  get rest(): string {
    return this.#text.slice(this.#given);
  }

  /** How many characters are kept back. */
  get waiting(): number {
    return this.#text.length - this.#given;
  }

  /** Takes text, gives back what is clear. Once `leaked` is set, nothing more is clear. */
  feed(raw: string, final: boolean): string {
    this.#text += raw;
    word.lastIndex = this.#read;
    for (let match = word.exec(this.#text); match; match = word.exec(this.#text)) {
      const end = word.lastIndex;
      const isUnfinished = end === this.#text.length && !final;
      if (isUnfinished && match[0].length < longestWord) break;
      if (isWord(match[0])) this.#take(numberOf(match[0]), match.index);
      this.#read = end;
      if (this.leaked) return "";
    }
    const isKept = this.#positions.length > 0 && !final;
    return this.#give(isKept ? this.#keptFrom : this.#text.length);
  }

  #take(number: number, start: number): void {
    const going = this.#positions.flatMap((at) => (this.#index.follows(at, number) ? [at + 1] : []));
    this.#window.push(number);
    if (this.#window.length > windowLength) this.#window.shift();
    if (going.length > 0) this.#length += 1;
    this.#positions = going.length > 0 ? going : this.#begin(start);
    this.leaked = this.#positions.some((at) => this.#length >= this.#index.limitAt(at));
  }

  #begin(start: number): readonly number[] {
    if (this.#window.length < windowLength) return [];
    const found = this.#index.find(this.#window);
    this.#length = windowLength;
    this.#keptFrom = start;
    return found;
  }

  #give(end: number): string {
    const clear = this.#text.slice(this.#given, end);
    this.#given = Math.max(this.#given, end);
    const done = Math.min(this.#given, this.#read);
    this.#text = this.#text.slice(done);
    this.#read -= done;
    this.#given -= done;
    this.#keptFrom = Math.max(0, this.#keptFrom - done);
    return clear;
  }
}
