// One channel of one choice: takes text as it comes, holds back what could still grow into a hit, and
// gives out what is cleared. `screen.ts` owns one per channel. Invariant: released ≤ cleared ≤ received.

import { findMedicalTerms, isIdentity, medicalReach } from "../detect/medical.ts";
import { NormalForm } from "../detect/normal-form.ts";
import { pointsAnywhere } from "../detect/pointer.ts";
import { detect } from "../detect/scan.ts";
import type { Span } from "../detect/span.ts";
import { HeldTerms } from "./held-terms.ts";
import { MarkWatch } from "./mark-watch.ts";
import { Outflow, type Release } from "./outflow.ts";
import { promptLeakCategory, PromptRun, type PromptIndex } from "./prompt-leak.ts";
import { endsSentence, isOrdinary } from "./resting.ts";
import { endOfWord, keyEnd, Segmenter, type Segment } from "./segments.ts";
import type { Terms } from "./sight.ts";
import { categoryOf, placeholderOf, strictest, type VerdictAction } from "./verdicts.ts";

/** Already decided text that detectors may look back on. */
const lookBack = 256;
/** A full segment keeps this much of its end for the next look. */
const keptOfFull = 128;
/** Invisible characters without end are let go in pieces of this size. */
const mostInvisible = 8192;

interface Finding {
  readonly span: Span;
  readonly categories: string[];
}

/** The rest of a hit that was longer than the limit. */
interface Swallow {
  readonly until: "word" | "key";
  readonly action: VerdictAction;
}

export interface HeldTextParts {
  readonly prompts: PromptIndex | undefined;
  readonly terms: Terms | undefined;
  /** Nobody reads before the end: text is judged in long pieces, and may wait for more. */
  readonly isPatient: boolean;
}

export class HeldText {
  readonly #judge: (category: string) => VerdictAction;
  readonly #form = new NormalForm();
  readonly #segmenter = new Segmenter();
  readonly #marks = new MarkWatch();
  /** Undefined where the policy lists no phrases. */
  readonly #terms: HeldTerms | undefined;
  readonly #out: Outflow;
  readonly #isPatient: boolean;
  /** Undefined where there is no prompt to leak, or a leak was let pass. */
  #promptRun: PromptRun | undefined;
  /** How much of the normal form was forgotten. */
  #forgotten = 0;
  #identityEnd = -Infinity;
  #swallow: Swallow | undefined;

  constructor(judge: (category: string) => VerdictAction, isJson: boolean, parts: HeldTextParts) {
    const { prompts, terms } = parts;
    this.#judge = judge;
    this.#out = new Outflow(judge, isJson, terms);
    // Phrases are held and cut out as they come, so that text with them takes the long way.
    this.#isPatient = parts.isPatient && terms === undefined;
    if (terms) this.#terms = new HeldTerms(terms, this.#form, this.#out, judge);
    if (prompts && !prompts.isEmpty) this.#promptRun = new PromptRun(prompts);
  }

  /** Everything received before this offset has been released or replaced. */
  get decided(): number {
    return this.#out.decided;
  }

  get received(): number {
    return this.#out.received + (this.#promptRun?.waiting ?? 0);
  }

  /** True where what is held ends a sentence, so that nothing can grow out of it. */
  get isAtRest(): boolean {
    if ((this.#promptRun && this.#promptRun.waiting > 0) || this.#terms?.isOpen) return false;
    return this.#form.isWhole && !this.#swallow && endsSentence(this.#form.text.slice(this.#segmenter.start));
  }

  /** True where what is held is at most one word of everyday text. */
  get isOrdinary(): boolean {
    if (!this.#form.isWhole || this.#swallow || this.#terms?.isOpen) return false;
    return isOrdinary(this.#form.text, this.#segmenter.start, this.#promptRun?.rest ?? "");
  }

  push(raw: string): Release {
    const release = this.#out.begin();
    this.#takeIn(this.#promptRun ? this.#promptRun.feed(raw, false) : raw);
    if (this.#promptRun?.leaked) this.#leak(this.#promptRun);
    return release;
  }

  /** Says where text begins no more than the prompt did: there is nothing to redact, only to end or to let pass. */
  #leak(run: PromptRun): void {
    const categories = [promptLeakCategory];
    this.#promptRun = undefined;
    if (this.#actionOf(categories) !== "flag") {
      this.#out.block(categories);
      return;
    }
    this.#out.tell(categories, false);
    this.#takeIn(run.rest);
  }

  #takeIn(raw: string): void {
    // In pieces, so that a whole answer takes no more memory than a streamed one.
    for (let at = 0; at < raw.length && !this.#out.isBlocked; at += longestPiece) {
      const piece = raw.slice(at, at + longestPiece);
      this.#out.push(piece);
      this.#form.push(piece, false);
      this.#terms?.read(false);
      const waiting = this.#form.text.length - this.#segmenter.start;
      if (!this.#isPatient || waiting > longestPiece) this.#run(false);
    }
  }

  /** Judges what was left waiting, where another channel begins and readers expect this one's words first. */
  catchUp(): Release {
    const release = this.#out.begin();
    if (this.#isPatient) this.#run(false);
    return release;
  }

  /** Nothing follows: judges and gives out what is held. Text may come again later, as a new beginning. */
  finish(): Release {
    const release = this.#out.begin();
    if (this.#promptRun) this.#takeIn(this.#promptRun.feed("", true));
    if (this.#promptRun?.leaked) this.#leak(this.#promptRun);
    if (release.blocked) return release;
    this.#form.push("", true);
    this.#terms?.read(true);
    if (!this.#isClear()) this.#run(true);
    if (!release.blocked) this.#out.emit(this.received);
    this.#segmenter.restart(this.#form.text.length);
    return release;
  }

  /** True where nothing in what is held can be a hit or a part of one, wherever it were cut: most text is such. */
  #isClear(): boolean {
    const { start } = this.#segmenter;
    if (this.#terms || this.#swallow || start + this.#forgotten - this.#identityEnd <= medicalReach)
      return false;
    const window = this.#form.text.slice(Math.max(0, start - lookBack));
    return !pointsAnywhere(window) && !window.includes(tokenMark);
  }

  #run(final: boolean): void {
    const out = this.#out;
    const text = this.#text(final);
    this.#marks.read(this.#form.text, this.#forgotten, this.#segmenter.start);
    let clear = -1;
    while (!out.isBlocked) {
      if (this.#swallow && !this.#swallowMore(this.#swallow, text, final)) break;
      const segment = this.#segmenter.next(text, final);
      if (segment && this.#isPlain(segment)) {
        clear = segment.end;
        continue;
      }
      if (clear >= 0) this.#emitTo(clear);
      clear = -1;
      if (!segment) break;
      if (!out.isBlocked) this.#decide(segment);
    }
    if (out.received - out.decided > mostInvisible && !out.isBlocked) this.#emitInvisible();
    this.#forget();
  }

  /** What can be decided: not what may still become a phrase. */
  #text(final: boolean): string {
    const { text } = this.#form;
    return this.#terms && !final ? text.slice(0, this.#terms.limit) : text;
  }

  #isPlain({ start, end, kind }: Segment): boolean {
    if (kind !== "word") return kind === "plain";
    const [from, to] = [start + this.#forgotten, end + this.#forgotten];
    return from - this.#identityEnd > medicalReach && this.#marks.isClear(from, to);
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
      if (this.#out.isBlocked) return;
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
    if (this.#out.isBlocked) return;
    if (action === "block") {
      this.#out.block(categories);
      return;
    }
    const rawEnd = this.#form.endOf(to - 1) ?? this.#form.rawLength;
    if (action === "redact") this.#out.replace(rawEnd, placeholderOf(span.kind));
    else this.#out.emit(rawEnd);
    if (!this.#out.isBlocked) this.#out.tell(categories, action === "redact");
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
  #swallowMore({ until, action }: Swallow, text: string, final: boolean): boolean {
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
      else this.#out.replace(this.#form.endOf(to - 1) ?? this.#form.rawLength, "");
      this.#segmenter.restart(to);
    }
    if (isOver) this.#swallow = undefined;
    return isOver;
  }

  /** Up to the beginning of `normal[index]`; what is invisible before it goes along. */
  #emitTo(index: number): void {
    const end = this.#form.startOf(index) ?? this.#form.endOf(index - 1);
    if (end !== undefined) this.#out.emit(end);
  }

  #emitInvisible(): void {
    if (this.#form.startOf(this.#segmenter.start) === undefined) this.#out.emit(this.#form.rawLength);
  }

  #forget(): void {
    const count = this.#segmenter.start - lookBack;
    if (count < lookBack) return;
    this.#form.forget(count);
    this.#segmenter.shift(count);
    this.#forgotten += count;
    this.#terms?.forget(count);
  }
}

const longestPiece = 2048;
const longestKeyEnd = 80;
const tokenMark = "eyJ";
const unfinishedToken = /(?<![\w-])eyJ[\w-]{200,}$/;
