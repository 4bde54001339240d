// The streaming guard: wraps the events of an answer so that no character leaves before its verdict.
// `gateway/` puts it round every stream, whole answers too. Fails closed: an error in here ends the answer.

import { Failure } from "../core/errors.ts";
import type { ModelEvent } from "../core/events.ts";
import { ChoiceGuard, type ScreenedEvent } from "./choice-guard.ts";
import { deterministicClassifier } from "./deterministic.ts";
import { PromptIndex } from "./prompt-leak.ts";
import { remembering, type Decide, type MutableSafetySummary, type VerdictAction } from "./verdicts.ts";

export interface ScreenOptions {
  readonly decide: Decide;
  /** Filled as the answer runs. */
  readonly summary: MutableSafetySummary;
  /** What the model was told and its readers were not: long runs of it count as `leak.system-prompt`. */
  readonly systemPrompts?: readonly string[];
  /** Called once, before the upstream is left, when a rule ends the answer. */
  onBlock?(): void;
}

export function screen(
  events: AsyncIterable<ModelEvent>,
  options: ScreenOptions,
): AsyncIterableIterator<ScreenedEvent> {
  return new Screen(events, options);
}

class Screen implements AsyncIterableIterator<ScreenedEvent> {
  readonly #source: AsyncIterator<ModelEvent>;
  readonly #options: ScreenOptions;
  readonly #judge: (category: string) => VerdictAction;
  readonly #guards = new Map<number, ChoiceGuard>();
  readonly #prompts: PromptIndex | undefined;
  #ready: ScreenedEvent[] = [];
  #given = 0;
  #ended = false;
  /** So that callers who ask twice at once are served in order. */
  #last: Promise<unknown> | undefined;

  constructor(events: AsyncIterable<ModelEvent>, options: ScreenOptions) {
    this.#source = events[Symbol.asyncIterator]();
    this.#options = options;
    this.#judge = remembering(options.decide, options.summary);
    const { systemPrompts = [] } = options;
    if (systemPrompts.length > 0) this.#prompts = new PromptIndex(systemPrompts);
    const { classifiers } = options.summary;
    if (!classifiers.includes(deterministicClassifier.id)) classifiers.push(deterministicClassifier.id);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<ScreenedEvent, undefined>> {
    const before = this.#last;
    const result = before
      ? before.then(
          () => this.#pull(),
          () => this.#pull(),
        )
      : this.#pull();
    this.#last = result;
    try {
      return await result;
    } finally {
      if (this.#last === result) this.#last = undefined;
    }
  }

  /** Runs inward at once, also while `next` waits for a stalled upstream. */
  async return(): Promise<IteratorResult<ScreenedEvent, undefined>> {
    this.#ended = true;
    this.#ready = [];
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  async #pull(): Promise<IteratorResult<ScreenedEvent, undefined>> {
    for (;;) {
      const event = this.#ready[this.#given];
      if (event) {
        this.#given += 1;
        return { done: false, value: event };
      }
      this.#ready = [];
      this.#given = 0;
      if (this.#ended) return { done: true, value: undefined };
      const step = await this.#source.next();
      if (this.#ended) continue;
      await this.#judged(step);
    }
  }

  async #judged(step: IteratorResult<ModelEvent, unknown>): Promise<void> {
    try {
      if (step.done) this.#finish();
      else this.#take(step.value);
    } catch (error) {
      this.#ready = [];
      this.#ended = true;
      await this.#source.return?.();
      throw new Failure("SAFETY_UNAVAILABLE", undefined, { phase: "output", cause: error });
    }
    if (this.#ended && !step.done) await this.#source.return?.();
  }

  #take(event: ModelEvent): void {
    if (event.type === "answer-begin" || event.type === "usage") {
      this.#ready.push(event);
      return;
    }
    let guard = this.#guards.get(event.choice);
    if (!guard) {
      guard = new ChoiceGuard(event.choice, this.#judge, (out) => this.#ready.push(out), this.#prompts);
      this.#guards.set(event.choice, guard);
    }
    guard.take(event);
    if (guard.blocked) this.#block(event.choice);
  }

  /** The upstream ended: a choice without its finish is judged and given out all the same. */
  #finish(): void {
    this.#ended = true;
    for (const [choice, guard] of this.#guards) {
      if (!guard.finished) guard.finish();
      if (!guard.blocked) continue;
      this.#block(choice);
      return;
    }
  }

  /** The blocked choice ends first, then every other that is open; what they still held is dropped. */
  #block(blocked: number): void {
    const open = [...this.#guards].filter(([choice, guard]) => choice === blocked || !guard.finished);
    open.sort(([a], [b]) => Number(b === blocked) - Number(a === blocked));
    for (const [choice] of open)
      this.#ready.push({ type: "choice-finish", choice, reason: "content_filter" });
    this.#ended = true;
    this.#options.onBlock?.();
  }
}
