// Word lists compiled for looking: every word of them numbered, and phrases as paths over numbers (Aho and Corasick).
// `policy/` makes one per version; it never changes, and reading a text costs the same however many phrases there are.

import type { Sensitivity } from "../../core/sensitivity.ts";
import { spellingsOf, type Spelling } from "./spellings.ts";

export interface Term {
  readonly list: string;
  readonly phrase: string;
  /** What a request counts as, at least, that holds it. */
  readonly data?: Sensitivity | undefined;
}

/** What a hit tells: never the phrase. */
export interface TermKind {
  readonly list: string;
  /** `lexicon.<list>` */
  readonly category: string;
  readonly data: Sensitivity | undefined;
}

/** A phrase that is whole. */
interface Ending {
  readonly kind: TermKind;
  /** Without its accents: counts only where they were taken off. */
  readonly isBare: boolean;
  /** How many it has. */
  readonly words: number;
}

/** A list is a bit of a number. */
export const mostLists = 30;

export const lexiconCategory = (list: string): string => `lexicon.${list}`;

export class Lexicon {
  readonly lists: readonly string[];
  readonly longestWord: number;
  readonly #words: readonly string[];
  /** Open addressing; 0 is nothing, else the number of a word. */
  readonly #slots: Int32Array;
  readonly #mask: number;
  readonly #hashes: Int32Array;
  readonly #steps: ReadonlyMap<number, number>;
  readonly #fail: Int32Array;
  readonly #depths: Uint16Array;
  /** Lists of which some phrase goes on from here. */
  readonly #below: Int32Array;
  /** Of each kind the longest that ends here. */
  readonly #endings: ReadonlyMap<number, readonly Ending[]>;

  constructor(terms: readonly Term[]) {
    this.lists = [...new Set(terms.map(({ list }) => list))].sort();
    const paths = terms.flatMap((term) => this.#pathsOf(term));
    this.#words = [...new Set(paths.flatMap(({ words }) => words))].sort();
    this.longestWord = this.#words.reduce((most, word) => Math.max(most, word.length), 0);
    const slots = 2 ** Math.ceil(Math.log2(this.#words.length * 4 + 1));
    this.#slots = new Int32Array(slots);
    this.#mask = slots - 1;
    this.#hashes = new Int32Array(slots);
    for (const [index, word] of this.#words.entries()) this.#place(word, index + 1);
    const numbers = new Map(this.#words.map((word, index) => [word, index + 1]));
    const tree = grow(
      paths.map((path) => ({ ...path, numbers: path.words.map((word) => numbers.get(word) ?? 0) })),
      this.#width,
    );
    this.#steps = tree.steps;
    this.#depths = Uint16Array.from(tree.depths);
    this.#below = Int32Array.from(tree.below);
    this.#fail = failsOf(tree, this.#width);
    this.#endings = endingsOf(tree, this.#fail);
  }

  /** The bits of the lists that are so. */
  bitsOf(isSo: (list: string) => boolean): number {
    return this.lists.reduce((bits, list, index) => (isSo(list) ? bits | (1 << index) : bits), 0);
  }

  /** False where no listed word hashes so: most words of most texts stop here. */
  mayHave(hash: number): boolean {
    let slot = (hash ^ (hash >>> 15)) & this.#mask;
    while (this.#slots[slot] !== 0) {
      if (this.#hashes[slot] === hash) return true;
      slot = (slot + 1) & this.#mask;
    }
    return false;
  }

  /** The number of the word that hashes so, where `isIt`; 0 where no list has it. */
  numberOf(hash: number, isIt: (word: string) => boolean): number {
    for (let slot = (hash ^ (hash >>> 15)) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const number = this.#slots[slot] ?? 0;
      if (number === 0) return 0;
      if (this.#hashes[slot] === hash && isIt(this.#words[number - 1] ?? "")) return number;
    }
  }

  /** True where some listed word begins so. */
  hasWordFrom(beginning: string): boolean {
    let low = 0;
    let high = this.#words.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#words[middle] ?? "") < beginning) low = middle + 1;
      else high = middle;
    }
    return this.#words[low]?.startsWith(beginning) === true;
  }

  step(state: number, number: number): number {
    for (let from = state; ; from = this.failOf(from)) {
      const to = this.#steps.get(from * this.#width + number);
      if (to !== undefined) return to;
      if (from === 0) return 0;
    }
  }

  failOf(state: number): number {
    return this.#fail[state] ?? 0;
  }

  depthOf(state: number): number {
    return this.#depths[state] ?? 0;
  }

  /** True where a phrase of these lists goes on from here. */
  goesOn(state: number, lists: number): boolean {
    return ((this.#below[state] ?? 0) & lists) !== 0;
  }

  endingsAt(state: number): readonly Ending[] {
    return this.#endings.get(state) ?? none;
  }

  get #width(): number {
    return this.#words.length + 1;
  }

  #place(word: string, number: number): void {
    const hash = hashOf(word);
    let slot = (hash ^ (hash >>> 15)) & this.#mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots[slot] = number;
    this.#hashes[slot] = hash;
  }

  readonly #kinds = new Map<string, TermKind>();

  #pathsOf({ list, phrase, data }: Term): readonly Path[] {
    const key = JSON.stringify([list, data]);
    const kind = this.#kinds.get(key) ?? { list, category: lexiconCategory(list), data };
    this.#kinds.set(key, kind);
    const bit = 1 << this.lists.indexOf(list);
    return spellingsOf(phrase).map((spelling) => ({ ...spelling, kind, bit }));
  }
}

const none: readonly Ending[] = [];

export const hashSeed = 0x811c9dc5 | 0;
export const hashPrime = 0x01000193;

function hashOf(word: string): number {
  let hash = hashSeed;
  for (let index = 0; index < word.length; index++)
    hash = Math.imul(hash ^ word.charCodeAt(index), hashPrime);
  return hash;
}

interface Path extends Spelling {
  readonly kind: TermKind;
  readonly bit: number;
}

interface Tree {
  readonly steps: ReadonlyMap<number, number>;
  readonly depths: readonly number[];
  readonly parents: readonly number[];
  readonly arrivals: readonly number[];
  readonly below: readonly number[];
  readonly endings: ReadonlyMap<number, readonly Ending[]>;
  /** Without the root, the nearest first. */
  readonly byDepth: readonly number[];
}

function grow(paths: readonly (Path & { readonly numbers: readonly number[] })[], width: number): Tree {
  const steps = new Map<number, number>();
  const [depths, parents, arrivals, below] = [[0], [0], [0], [0]];
  const endings = new Map<number, Ending[]>();
  for (const { numbers, kind, bit, isBare } of paths) {
    let node = 0;
    for (const number of numbers) {
      below[node] = (below[node] ?? 0) | bit;
      const key = node * width + number;
      let next = steps.get(key);
      if (next === undefined) {
        next = depths.length;
        steps.set(key, next);
        depths.push((depths[node] ?? 0) + 1);
        parents.push(node);
        arrivals.push(number);
        below.push(0);
      }
      node = next;
    }
    const ending = { kind, isBare, words: numbers.length };
    endings.set(node, [...(endings.get(node) ?? []), ending]);
  }
  const byDepth = depths
    .map((_depth, node) => node)
    .slice(1)
    .sort((a, b) => (depths[a] ?? 0) - (depths[b] ?? 0));
  return { steps, depths, parents, arrivals, below, endings, byDepth };
}

/** Where to go on from a node at which no phrase goes on: the longest end of its path that begins one. */
function failsOf({ steps, parents, arrivals, depths, byDepth }: Tree, width: number): Int32Array {
  const fails = new Int32Array(depths.length);
  for (const node of byDepth) {
    const parent = parents[node] ?? 0;
    if (parent === 0) continue;
    const number = arrivals[node] ?? 0;
    let from = fails[parent] ?? 0;
    let to = steps.get(from * width + number);
    while (to === undefined && from !== 0) {
      from = fails[from] ?? 0;
      to = steps.get(from * width + number);
    }
    fails[node] = to ?? 0;
  }
  return fails;
}

/** Those that end at a node are its own, and those of the ends of its path; a longer one covers a shorter one. */
function endingsOf({ endings, byDepth }: Tree, fails: Int32Array): ReadonlyMap<number, readonly Ending[]> {
  const all = new Map<number, readonly Ending[]>();
  for (const node of byDepth) {
    const own = endings.get(node) ?? [];
    const behind = all.get(fails[node] ?? 0) ?? [];
    if (own.length + behind.length === 0) continue;
    const kept = behind.filter(
      (one) => !own.some(({ kind, isBare }) => kind === one.kind && (!isBare || one.isBare)),
    );
    all.set(node, kept.length === 0 ? own : [...own, ...kept]);
  }
  return all;
}
