// The way out of one channel: the raw text that waits, and what is given, replaced and told of it, in order.
// `held-text.ts` owns one and says how far each part may go. Invariant: nothing leaves but through `emit`.

import { readTags } from "../detect/normal-form.ts";
import { JsonPosition } from "./json-position.ts";
import { categoriesIn, type Terms } from "./sight.ts";
import { strictest, type VerdictAction } from "./verdicts.ts";

export interface Notice {
  readonly categories: readonly string[];
  readonly redacted: boolean;
}

/** What came free in one step. */
export interface Release {
  text: string;
  readonly notices: Notice[];
  /** Set once: nothing of this channel leaves any more. */
  blocked: readonly string[] | undefined;
  /** Ranges of the raw text that were replaced. */
  readonly replaced: { readonly start: number; readonly end: number }[];
}

/** What becomes of a range when it is its turn to leave, whatever else is found in it. */
export interface Planned {
  /** In all that was received. */
  readonly start: number;
  readonly end: number;
  readonly categories: readonly string[];
  readonly action: VerdictAction;
  readonly placeholder: string;
}

export class Outflow {
  readonly #judge: (category: string) => VerdictAction;
  readonly #json: JsonPosition;
  readonly #terms: Terms | undefined;
  #raw = "";
  /** Offset of `#raw[0]` in all that was received. */
  #base = 0;
  /** The last that left or was replaced. */
  #before = "";
  /** In the order in which they begin. */
  readonly #planned: Planned[] = [];
  release: Release = newRelease();

  constructor(judge: (category: string) => VerdictAction, isJson: boolean, terms: Terms | undefined) {
    this.#judge = judge;
    this.#terms = terms;
    this.#json = new JsonPosition(isJson);
  }

  /** Everything received before this offset has been released or replaced. */
  get decided(): number {
    return this.#base;
  }

  get received(): number {
    return this.#base + this.#raw.length;
  }

  get isBlocked(): boolean {
    return this.release.blocked !== undefined;
  }

  /** A new step; what the last one released belongs to its caller. */
  begin(): Release {
    this.release = newRelease();
    return this.release;
  }

  push(raw: string): void {
    this.#raw += raw;
  }

  block(categories: readonly string[]): void {
    this.release.blocked ??= categories;
  }

  tell(categories: readonly string[], redacted: boolean): void {
    this.release.notices.push({ categories, redacted });
  }

  plan(planned: Planned): void {
    // Of what has left there is nothing but to tell.
    if (planned.action === "flag" && planned.start < this.#base) return this.tell(planned.categories, false);
    const before = this.#planned.findLastIndex(({ start }) => start <= planned.start);
    this.#planned.splice(before + 1, 0, planned);
  }

  emit(end: number): void {
    for (let next = this.#nextBefore(end); next && !this.isBlocked; next = this.#nextBefore(end)) {
      this.#give(next.start);
      if (!this.isBlocked) this.#carryOut(next);
    }
    if (!this.isBlocked) this.#give(end);
  }

  /** All up to `end` goes, and what was planned to go from there on as well. */
  replace(end: number, placeholder: string): void {
    const rests: Planned[] = [];
    for (let next = this.#nextBefore(end); next; next = this.#nextBefore(end)) {
      if (next.action === "block") return this.block(next.categories);
      if (next.action === "redact" && next.end > end) rests.push({ ...next, start: end - 1 });
      else this.tell(next.categories, next.action === "redact");
    }
    this.#put(end, placeholder);
    this.#planned.unshift(...rests);
  }

  #nextBefore(end: number): Planned | undefined {
    const [first] = this.#planned;
    return first && first.start < end ? this.#planned.shift() : undefined;
  }

  #carryOut({ start, end, categories, action, placeholder }: Planned): void {
    if (action === "flag") return this.tell(categories, false);
    const raw = this.#raw.slice(0, Math.max(0, end - this.#base));
    const after = this.#raw.charAt(raw.length);
    // What cannot be replaced without breaking what it stands in ends the answer.
    if (action === "block" || this.#json.breaksWithout(raw, this.#before, after))
      return this.block(categories);
    // Where its beginning went with another, its end goes with that too.
    this.#put(end, start < this.#base ? "" : placeholder);
    this.tell(categories, true);
  }

  #give(end: number): void {
    if (end <= this.#base) return;
    const piece = this.#take(end);
    this.release.text += piece.includes("\udb40") ? this.#withoutHidden(piece) : piece;
  }

  #put(end: number, placeholder: string): void {
    if (end <= this.#base) return;
    const quote = this.#json.needsQuotes && placeholder !== "" ? '"' : "";
    this.release.replaced.push({ start: this.#base, end });
    this.#take(end);
    this.release.text += quote + placeholder + quote;
  }

  #take(end: number): string {
    const length = end - this.#base;
    const piece = this.#raw.slice(0, length);
    this.#raw = this.#raw.slice(length);
    this.#base = end;
    this.#before = piece.slice(-1);
    this.#json.feed(piece);
    return piece;
  }

  /** Tag characters can spell a text that nobody sees; where it holds a hit, they are taken out or end the answer. */
  #withoutHidden(piece: string): string {
    const categories = categoriesIn(readTags(piece)?.text ?? "", this.#terms);
    if (categories.length === 0) return piece;
    const action = strictest(categories.map(this.#judge));
    if (action === "block") this.block(categories);
    else this.tell(categories, action === "redact");
    if (action === "flag") return piece;
    this.release.replaced.push({ start: this.#base - piece.length, end: this.#base });
    return piece.replace(/[\u{e0000}-\u{e007f}]/gu, "");
  }
}

const newRelease = (): Release => ({ text: "", notices: [], blocked: undefined, replaced: [] });
