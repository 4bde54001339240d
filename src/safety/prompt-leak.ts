// Notices an answer that repeats a long run of its system prompt, word by word, whatever the punctuation and case.
// `held-text.ts` feeds it what arrives, before anything else; text that may be such a run waits until it ends.

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

/** Scripts written without spaces count by character; escapes of JSON are seen, and are no words. */
const word =
  /\\[nrtbf"\\/]|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_]|['’](?=\p{L}))*/gu;

/** The system prompts of one request as numbered words. Built once, shared by all channels of the answer. */
export class PromptIndex {
  readonly #numbers = new Map<string, number>();
  /** Prompt after prompt, each followed by a 0, which no word has. */
  readonly #sequence: number[] = [];
  /** How many words in a row are a leak, by position in the sequence. */
  readonly #limits: number[] = [];
  readonly #positions = new Map<number, number[]>();

  constructor(prompts: readonly string[]) {
    let left = mostIndexed;
    for (const prompt of prompts) {
      const words = (prompt.slice(0, left).match(word) ?? []).filter(isWord);
      left -= prompt.length;
      if (words.length >= shortestPrompt) this.#add(words);
      if (left <= 0) break;
    }
  }

  get isEmpty(): boolean {
    return this.#sequence.length === 0;
  }

  /** 0 for a word that no prompt has. */
  numberOf(text: string): number {
    return this.#numbers.get(text.toLowerCase()) ?? 0;
  }

  /** Where in the prompts the words of `window` stand: positions of the last one. */
  find(window: readonly number[]): readonly number[] {
    const found = this.#positions.get(hash(window)) ?? [];
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

  #add(words: readonly string[]): void {
    const begin = this.#sequence.length;
    const limit = Math.min(longestRun, words.length);
    for (const one of words) {
      const key = one.toLowerCase();
      const number = this.#numbers.get(key) ?? this.#numbers.size + 1;
      this.#numbers.set(key, number);
      this.#sequence.push(number);
      this.#limits.push(limit);
    }
    for (let end = begin + windowLength - 1; end < this.#sequence.length; end += windowLength) {
      const key = hash(this.#sequence.slice(end - windowLength + 1, end + 1));
      const known = this.#positions.get(key);
      if (known) known.push(end);
      else this.#positions.set(key, [end]);
    }
    this.#sequence.push(0);
    this.#limits.push(limit);
  }
}

const isWord = (text: string): boolean => !text.startsWith("\\");

const hash = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => Math.imul(sum, 31) + number, 7) | 0;

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
      if (isWord(match[0])) this.#take(match[0], match.index);
      this.#read = end;
      if (this.leaked) return "";
    }
    const isKept = this.#positions.length > 0 && !final;
    return this.#give(isKept ? this.#keptFrom : this.#text.length);
  }

  #take(text: string, start: number): void {
    const number = this.#index.numberOf(text);
    const going = this.#positions.flatMap((at) => (this.#index.follows(at, number) ? [at + 1] : []));
    this.#window.push(number);
    if (this.#window.length > windowLength) this.#window.shift();
    if (going.length > 0) this.#length += 1;
    this.#positions = going.length > 0 ? going : this.#begin(number, start);
    this.leaked = this.#positions.some((at) => this.#length >= this.#index.limitAt(at));
  }

  #begin(number: number, start: number): readonly number[] {
    if (number === 0) this.#window = [];
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
