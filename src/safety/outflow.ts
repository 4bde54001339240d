// The way out of one channel: the raw text that waits, and what is given, replaced and told of it, in order.
// `held-text.ts` owns one and says how far each part may go. Invariant: nothing leaves but through `emit`.

import { readTags } from "../detect/normal-form.ts";
import { detect } from "../detect/scan.ts";
import { JsonPosition } from "./json-position.ts";
import { categoryOf, strictest, type VerdictAction } from "./verdicts.ts";

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

export class Outflow {
  readonly #judge: (category: string) => VerdictAction;
  readonly #json: JsonPosition;
  #raw = "";
  /** Offset of `#raw[0]` in all that was received. */
  #base = 0;
  release: Release = newRelease();

  constructor(judge: (category: string) => VerdictAction, isJson: boolean) {
    this.#judge = judge;
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

  emit(end: number): void {
    if (end <= this.#base) return;
    const piece = this.#take(end);
    this.release.text += piece.includes("\udb40") ? this.#withoutHidden(piece) : piece;
  }

  replace(end: number, placeholder: string): void {
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
    this.#json.feed(piece);
    return piece;
  }

  /** Tag characters can spell a text that nobody sees; where it holds a hit, they are taken out or end the answer. */
  #withoutHidden(piece: string): string {
    const spans = detect(readTags(piece)?.text ?? "", 0);
    if (spans.length === 0) return piece;
    const categories = [...new Set(spans.map(categoryOf))];
    const action = strictest(categories.map(this.#judge));
    if (action === "block") this.block(categories);
    else this.tell(categories, action === "redact");
    if (action === "flag") return piece;
    this.release.replaced.push({ start: this.#base - piece.length, end: this.#base });
    return piece.replace(/[\u{e0000}-\u{e007f}]/gu, "");
  }
}

const newRelease = (): Release => ({ text: "", notices: [], blocked: undefined, replaced: [] });
