// One channel of one choice: takes text as it comes, holds back what could still grow into a hit, and
// gives out what is cleared. `screen.ts` owns one per channel. Invariant: released ≤ cleared ≤ received.

import { findMedicalTerms, isIdentity, medicalReach } from "../detect/medical.ts";
import { NormalForm, readTags } from "../detect/normal-form.ts";
import { detect } from "../detect/scan.ts";
import type { Span } from "../detect/span.ts";
import { JsonPosition } from "./json-position.ts";
import { promptLeakCategory, PromptRun, type PromptIndex } from "./prompt-leak.ts";
import { endsSentence, isOrdinary } from "./resting.ts";
import { endOfWord, keyEnd, longestSegment, Segmenter, type Segment } from "./segments.ts";
import { categoryOf, placeholderOf, strictest, type VerdictAction } from "./verdicts.ts";

/** Already decided text that detectors may look back on. */
const lookBack = 256;
/** A full segment keeps this much of its end for the next look. */
const keptOfFull = 128;
/** Invisible characters without end are let go in pieces of this size. */
const mostInvisible = 8192;

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

interface Finding {
  readonly span: Span;
  readonly categories: string[];
}

/** The rest of a hit that was longer than the limit. */
interface Swallow {
  readonly until: "word" | "key";
  readonly action: VerdictAction;
}

export class HeldText {
  readonly #judge: (category: string) => VerdictAction;
  readonly #form = new NormalForm();
  readonly #segmenter = new Segmenter();
  readonly #json: JsonPosition;
  /** Undefined where there is no prompt to leak, or a leak was let pass. */
  #promptRun: PromptRun | undefined;
  #raw = "";
  /** Offset of `#raw[0]` in all that was received. */
  #rawBase = 0;
  /** How much of the normal form was forgotten. */
  #forgotten = 0;
  #identityEnd = -Infinity;
  #swallow: Swallow | undefined;
  #release: Release = newRelease();

  constructor(judge: (category: string) => VerdictAction, isJson: boolean, prompts?: PromptIndex) {
    this.#judge = judge;
    this.#json = new JsonPosition(isJson);
    if (prompts && !prompts.isEmpty) this.#promptRun = new PromptRun(prompts);
  }

  /** Everything received before this offset has been released or replaced. */
  get decided(): number {
    return this.#rawBase;
  }

  get received(): number {
    return this.#rawBase + this.#raw.length + (this.#promptRun?.waiting ?? 0);
  }

  /** True where what is held ends a sentence, so that nothing can grow out of it. */
  get isAtRest(): boolean {
    if (this.#promptRun && this.#promptRun.waiting > 0) return false;
    return this.#form.isWhole && !this.#swallow && endsSentence(this.#form.text.slice(this.#segmenter.start));
  }

  /** True where what is held is at most one word of everyday text. */
  get isOrdinary(): boolean {
    if (!this.#form.isWhole || this.#swallow) return false;
    return isOrdinary(this.#form.text, this.#segmenter.start, this.#promptRun?.rest ?? "");
  }

  push(raw: string): Release {
    this.#release = newRelease();
    this.#takeIn(this.#promptRun ? this.#promptRun.feed(raw, false) : raw);
    if (this.#promptRun?.leaked) this.#leak(this.#promptRun);
    return this.#release;
  }

  /** Says where text begins no more than the prompt did: there is nothing to redact, only to end or to let pass. */
  #leak(run: PromptRun): void {
    const categories = [promptLeakCategory];
    this.#promptRun = undefined;
    if (this.#actionOf(categories) !== "flag") {
      this.#release.blocked ??= categories;
      return;
    }
    this.#release.notices.push({ categories, redacted: false });
    this.#takeIn(run.rest);
  }

  #takeIn(raw: string): void {
    // In pieces, so that a whole answer takes no more memory than a streamed one.
    for (let at = 0; at < raw.length && !this.#release.blocked; at += longestPiece) {
      const piece = raw.slice(at, at + longestPiece);
      this.#raw += piece;
      this.#form.push(piece, false);
      this.#run(false);
    }
  }

  /** Nothing follows: judges and gives out what is held. Text may come again later, as a new beginning. */
  finish(): Release {
    this.#release = newRelease();
    if (this.#promptRun) this.#takeIn(this.#promptRun.feed("", true));
    if (this.#promptRun?.leaked) this.#leak(this.#promptRun);
    if (this.#release.blocked) return this.#release;
    this.#form.push("", true);
    this.#run(true);
    if (!this.#release.blocked) this.#emit(this.received);
    this.#segmenter.restart(this.#form.text.length);
    return this.#release;
  }

  #run(final: boolean): void {
    const release = this.#release;
    while (release.blocked === undefined) {
      if (this.#swallow && !this.#swallowMore(this.#swallow, final)) break;
      const segment = this.#segmenter.next(this.#form.text, final);
      if (!segment) break;
      if (segment.kind === "plain") this.#emitTo(segment.end);
      else this.#decide(segment);
    }
    if (this.#raw.length > mostInvisible && release.blocked === undefined) this.#emitInvisible();
    this.#forget();
  }

  #decide({ start, end, kind }: Segment): void {
    const base = Math.max(0, start - lookBack);
    const window = this.#form.text.slice(base, end);
    const isFull = kind === "full";
    let cut = isFull ? end - keptOfFull : end;
    for (const { span, categories } of this.#found(window, base, start, isFull)) {
      const from = Math.max(start, span.start + base);
      const to = span.end + base;
      if (isFull && from >= cut) continue;
      this.#act(span, categories, from, to);
      if (this.#release.blocked) return;
      cut = Math.max(cut, to);
      if (!isFull || to < end) continue;
      // It goes on beyond what was looked at: what follows goes the same way.
      const until = span.kind === "private-key" ? "key" : "word";
      this.#swallow = { until, action: this.#actionOf(categories) };
    }
    this.#emitTo(cut);
    this.#segmenter.restart(cut);
  }

  #actionOf(categories: readonly string[]): VerdictAction {
    return strictest(categories.map(this.#judge));
  }

  #act(span: Span, categories: readonly string[], from: number, to: number): void {
    const action = this.#actionOf(categories);
    this.#emitTo(from);
    if (action === "block") {
      this.#release.blocked = categories;
      return;
    }
    const rawEnd = this.#form.ends[to - 1] ?? this.#form.rawLength;
    if (action === "redact") this.#replace(rawEnd, placeholderOf(span.kind));
    else this.#emit(rawEnd);
    this.#release.notices.push({ categories, redacted: action === "redact" });
  }

  /** Hits that end behind `start`. Health words count beside an identity, on either side of it. */
  #found(window: string, base: number, start: number, isFull: boolean): Finding[] {
    const offset = base + this.#forgotten;
    const from = start - base;
    const spans = detect(window, from);
    const unfinished = isFull ? unfinishedToken.exec(window) : null;
    if (unfinished && !spans.some((span) => span.end > unfinished.index)) {
      spans.push({
        label: "secret",
        kind: "jwt",
        start: unfinished.index,
        end: window.length,
        certain: true,
      });
    }
    const identity = spans.findLast(isIdentity);
    const findings: Finding[] = spans.map((span) => ({ span, categories: [categoryOf(span)] }));
    if (!identity && start + this.#forgotten - this.#identityEnd > medicalReach) return findings;
    const terms: Span[] = [];
    findMedicalTerms(window, 0, window.length, terms);
    for (const term of terms) {
      if (identity && term.end <= from) {
        // The term has left already: the identity behind it bears both categories.
        const finding = findings.find(({ span }) => span === identity);
        if (finding && finding.categories.length === 1) finding.categories.push(categoryOf(term));
      } else if (term.end > from && !spans.some((span) => span.start < term.end && term.start < span.end)) {
        findings.push({ span: term, categories: [categoryOf(term)] });
      }
    }
    if (identity) this.#identityEnd = identity.end + offset;
    return findings.sort((a, b) => a.span.start - b.span.start);
  }

  /** Drops, or lets pass, the rest of a hit that was longer than the limit. True when it is over. */
  #swallowMore({ until, action }: Swallow, final: boolean): boolean {
    const text = this.#form.text;
    const start = this.#segmenter.start;
    let end: number | undefined;
    if (until === "word") end = endOfWord(text, start);
    else {
      keyEnd.lastIndex = Math.max(0, start - longestKeyEnd);
      const stop = keyEnd.exec(text);
      if (stop) end = stop[0].length > 1 ? keyEnd.lastIndex : stop.index;
    }
    const isOver = end !== undefined || final;
    const to = end ?? text.length;
    if (to > start) {
      if (action === "flag") this.#emitTo(to);
      else this.#replace(this.#form.ends[to - 1] ?? this.#form.rawLength, "");
      this.#segmenter.restart(to);
    }
    if (isOver) this.#swallow = undefined;
    return isOver;
  }

  /** Up to the beginning of `normal[index]`; what is invisible before it goes along. */
  #emitTo(index: number): void {
    const { starts, ends } = this.#form;
    const end = starts[index] ?? ends[index - 1];
    if (end !== undefined) this.#emit(end);
  }

  #emit(rawEnd: number): void {
    if (rawEnd <= this.#rawBase) return;
    const piece = this.#take(rawEnd);
    this.#release.text += piece.includes("\udb40") ? this.#withoutHidden(piece) : piece;
  }

  #replace(rawEnd: number, placeholder: string): void {
    if (rawEnd <= this.#rawBase) return;
    const quote = this.#json.needsQuotes && placeholder !== "" ? '"' : "";
    this.#release.replaced.push({ start: this.#rawBase, end: rawEnd });
    this.#take(rawEnd);
    this.#release.text += quote + placeholder + quote;
  }

  #take(rawEnd: number): string {
    const length = rawEnd - this.#rawBase;
    const piece = this.#raw.slice(0, length);
    this.#raw = this.#raw.slice(length);
    this.#rawBase = rawEnd;
    this.#json.feed(piece);
    return piece;
  }

  /** Tag characters can spell a text that nobody sees; where it holds a hit, they are taken out or end the answer. */
  #withoutHidden(piece: string): string {
    const spans = detect(readTags(piece)?.text ?? "", 0);
    if (spans.length === 0) return piece;
    const categories = [...new Set(spans.map(categoryOf))];
    const action = this.#actionOf(categories);
    if (action === "flag") this.#release.notices.push({ categories, redacted: false });
    if (action === "flag") return piece;
    if (action === "block") this.#release.blocked = categories;
    else this.#release.notices.push({ categories, redacted: true });
    this.#release.replaced.push({ start: this.#rawBase - piece.length, end: this.#rawBase });
    return piece.replace(/[\u{e0000}-\u{e007f}]/gu, "");
  }

  #emitInvisible(): void {
    const { starts } = this.#form;
    const first = starts[this.#segmenter.start];
    if (first === undefined) this.#emit(this.#form.rawLength);
  }

  #forget(): void {
    const count = this.#segmenter.start - lookBack;
    if (count < longestSegment) return;
    this.#form.forget(count);
    this.#segmenter.shift(count);
    this.#forgotten += count;
  }
}

const longestPiece = 2048;
const longestKeyEnd = 80;
const unfinishedToken = /(?<![\w-])eyJ[\w-]{200,}$/;
const newRelease = (): Release => ({ text: "", notices: [], blocked: undefined, replaced: [] });
