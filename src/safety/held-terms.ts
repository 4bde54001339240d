// Follows one channel for the phrases that the policy lists: says how far nothing can still become one, and plans what
// becomes of those that are whole. `held-text.ts` owns one where there are lists; flagged lists hold nothing back.

import type { NormalForm } from "../detect/normal-form.ts";
import { TermRun, type TermHit } from "../detect/words/term-run.ts";
import type { Outflow } from "./outflow.ts";
import type { Terms } from "./sight.ts";
import type { VerdictAction } from "./verdicts.ts";

export class HeldTerms {
  readonly #held: number;
  readonly #run: TermRun;
  readonly #form: NormalForm;
  readonly #out: Outflow;
  readonly #judge: (category: string) => VerdictAction;
  /** Units of the normal form that were forgotten. */
  #forgotten = 0;

  constructor(
    { lexicon, held }: Terms,
    form: NormalForm,
    out: Outflow,
    judge: (category: string) => VerdictAction,
  ) {
    this.#held = held;
    this.#run = new TermRun(lexicon, true);
    this.#form = form;
    this.#out = out;
    this.#judge = judge;
  }

  /** Reads what the normal form has grown by. */
  read(final: boolean): void {
    const { text } = this.#form;
    const hits: TermHit[] = [];
    this.#run.read(text, this.#run.position - this.#forgotten, text.length, hits);
    if (final) this.#run.end(text, text.length, hits);
    for (const hit of hits) this.#plan(hit);
  }

  /** Up to where the normal form may be decided. */
  get limit(): number {
    return this.#run.openFrom(this.#held) - this.#forgotten;
  }

  /** True where what was read last is known to begin a phrase. */
  get isOpen(): boolean {
    const { text } = this.#form;
    return this.#run.isOpen(text, text.length, this.#held);
  }

  forget(count: number): void {
    this.#forgotten += count;
  }

  #plan({ kind, isBare, start, end }: TermHit): void {
    const { rawLength } = this.#form;
    const [first, last] = [start - this.#forgotten, end - this.#forgotten];
    const rawStart = this.#form.startOf(first) ?? 0;
    // Accents that a text writes as signs of their own are not in its normal form.
    if (isBare && (this.#form.startOf(last) ?? rawLength) - rawStart === end - start) return;
    this.#out.plan({
      start: rawStart,
      end: this.#form.endOf(last - 1) ?? rawLength,
      categories: [kind.category],
      action: this.#judge(kind.category),
      placeholder: "[TERM]",
    });
  }
}
