// The streaming guard: wraps the events of an answer so that no character leaves before its verdict.
// `gateway/` puts it round every stream, whole answers too. Fails closed: an error in here ends the answer.
// Classifiers first, where there are any; then the deterministic scan of what they cleared.

import { Failure } from "../core/errors.ts";
import type { ModelEvent } from "../core/events.ts";
import { pour, type Pourable, Pulled, type Sink, type Tap } from "../core/pouring.ts";
import { CheckedAnswer } from "./checked-answer.ts";
import { ChoiceGuard, type GuardParts } from "./choice-guard.ts";
import type { Classifier } from "./classifier.ts";
import { strictActionOf } from "./judgement.ts";
import { PromptIndex } from "./prompt-leak.ts";
import type { CheckedEvent, ScreenedEvent } from "./screened-event.ts";
import { scanAccount, type ScanAccount } from "./scan-account.ts";
import { VerdictTally } from "./verdict-tally.ts";
import { categoriesIn, type Terms } from "./sight.ts";
import { remembering, type Decide, type MutableSafetySummary, type VerdictAction } from "./verdicts.ts";
import { wholeFirst } from "./whole-first.ts";

export interface ScreenOptions {
  readonly decide: Decide;
  /** Filled as the answer runs. */
  readonly summary: MutableSafetySummary;
  /** What the model was told and its readers were not: long runs of it count as `leak.system-prompt`. */
  readonly systemPrompts?: readonly string[];
  /** Phrases that the policy lists. */
  readonly terms?: Terms | undefined;
  /** Semantic ones; without any there is no waiting beyond the held tail. */
  readonly classifiers?: readonly Classifier[] | undefined;
  /** `hold` where nothing is said; `lookahead` only where the client asked for it. */
  readonly mode?: ReleaseMode | undefined;
  /** Lets through what no classifier could judge. */
  readonly failOpen?: boolean | undefined;
  /** What the model was asked, for the classifiers. */
  readonly prompt?: string | undefined;
  /** True where nobody reads before the end. */
  readonly whole?: boolean | undefined;
  /** Of the request: ends checks at once. */
  readonly signal?: AbortSignal | undefined;
  /** How long text waits for a window to fill. */
  readonly maxDelayMilliseconds?: number | undefined;
  /** Closes the upstream at once, also while it is being read. */
  readonly leave?: (() => void) | undefined;
  /** Called once, before the upstream is left, when a rule ends the answer. */
  onBlock?(): void;
}

export type ReleaseMode = "complete" | "hold" | "lookahead";

const usualDelayMilliseconds = 400;

export function screen(
  /** In batches, and so is what it clears: what came together leaves together. */
  events: AsyncIterable<readonly ModelEvent[]>,
  options: ScreenOptions,
): AsyncIterable<readonly ScreenedEvent[]> {
  const { classifiers = [], mode = "hold", summary } = options;
  const judge = remembering(options.decide, summary);
  const checked =
    classifiers.length === 0
      ? events
      : new CheckedAnswer(events, {
          classifiers,
          prompt: options.prompt ?? "",
          signal: options.signal ?? new AbortController().signal,
          failOpen: options.failOpen === true,
          lookahead: mode === "lookahead",
          whole: options.whole === true || mode === "complete",
          maxDelayMilliseconds: options.maxDelayMilliseconds ?? usualDelayMilliseconds,
          tally: new VerdictTally(summary),
          actionOf: strictActionOf(judge),
          leave: () => options.leave?.(),
        });
  const screened = new Screen(checked, options, judge, classifiers.length > 0);
  return mode === "complete" ? wholeFirst(new Pulled(screened), () => screened.blocked) : screened;
}

class Screen implements Pourable<readonly ScreenedEvent[]>, Sink<readonly CheckedEvent[]>, Tap {
  readonly #source: Tap;
  readonly #options: ScreenOptions;
  readonly #decide: (category: string) => VerdictAction;
  /** Not assigned in the constructor: V8 takes a function that is assigned to a property for one that stays, and makes it old. */
  readonly #judge = (category: string): VerdictAction =>
    this.#account.found(category, this.#decide(category));
  readonly #account: ScanAccount;
  /** In the order in which they began. */
  readonly #guards: ChoiceGuard[] = [];
  /** The one that was asked last: mostly there is no other. */
  #guard: ChoiceGuard | undefined;
  readonly #parts: GuardParts;
  #sink: Sink<readonly ScreenedEvent[]> | undefined;
  #ready: ScreenedEvent[] = [];
  #ended = false;
  blocked = false;

  constructor(
    events: AsyncIterable<readonly CheckedEvent[]>,
    options: ScreenOptions,
    judge: (category: string) => VerdictAction,
    takesBack: boolean,
  ) {
    this.#source = pour(events, this);
    this.#options = options;
    this.#account = scanAccount(options.summary);
    this.#decide = judge;
    const { systemPrompts = [] } = options;
    this.#parts = {
      prompts: systemPrompts.length > 0 ? new PromptIndex(systemPrompts) : undefined,
      terms: options.terms,
      takesBack,
      isPatient: options.whole === true,
    };
  }

  [Symbol.asyncIterator](): Pulled<readonly ScreenedEvent[]> {
    return new Pulled(this);
  }

  pour(sink: Sink<readonly ScreenedEvent[]>): Tap {
    this.#sink = sink;
    return this;
  }

  pause(): void {
    this.#source.pause();
  }

  resume(): void {
    this.#source.resume();
  }

  /** Runs inward at once, also while a stalled upstream is waited for. */
  leave(): void {
    this.#ended = true;
    this.#sink = undefined;
    this.#source.leave();
  }

  take(batch: readonly CheckedEvent[]): void {
    if (this.#ended) return;
    const fault = this.#judged(batch);
    // A rule ended the answer, or something failed in here.
    if (this.#ended) this.#source.leave();
    this.#release(fault);
  }

  end(): void {
    if (!this.#ended) this.#release(this.#judged(undefined));
  }

  fail(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#sink?.fail(error);
  }

  #release(fault: Failure | undefined): void {
    const ready = this.#ready;
    if (ready.length > 0) {
      this.#ready = [];
      this.#sink?.take(ready);
    }
    if (!this.#ended) return;
    if (fault) this.#sink?.fail(fault);
    else this.#sink?.end();
  }

  /** Closed where anything fails in here: nothing more is released. */
  #judged(batch: readonly CheckedEvent[] | undefined): Failure | undefined {
    try {
      if (batch === undefined) this.#finish();
      else
        for (const event of batch) {
          this.#take(event);
          if (this.#ended) break;
        }
      return undefined;
    } catch (cause) {
      this.#ready = [];
      this.#ended = true;
      return new Failure("SAFETY_UNAVAILABLE", undefined, { phase: "output", cause });
    }
  }

  #take(event: CheckedEvent): void {
    if (event.type === "usage") return void this.#ready.push(event);
    if (event.type === "answer-begin") return void this.#ready.push(this.#introduced(event));
    const guard = this.#guardOf(event.choice);
    if (event.type === "safety-notice") guard.note(event);
    else if (event.type === "retract") guard.takeBack(event);
    else if (event.type === "stop") guard.stop(event.categories);
    else {
      this.#account.read(event);
      guard.take(event);
    }
    if (guard.blocked) this.#block(event.choice);
  }

  /** What the upstream calls itself is told unless something is hidden in it. */
  #introduced(event: Extract<ModelEvent, { type: "answer-begin" }>): ScreenedEvent {
    const { upstreamId = "", upstreamModel = "", fingerprint = "", serviceTier = "" } = event;
    const said = [upstreamId, upstreamModel, fingerprint, serviceTier].join("\n");
    const isTold = categoriesIn(said, this.#parts.terms).every((one) => this.#judge(one) === "flag");
    return isTold ? event : { type: "answer-begin" };
  }

  #guardOf(choice: number): ChoiceGuard {
    if (this.#guard?.index === choice) return this.#guard;
    let guard = this.#guards.find(({ index }) => index === choice);
    if (!guard) {
      const out = (event: ScreenedEvent): void => void this.#ready.push(event);
      guard = new ChoiceGuard(choice, this.#judge, out, this.#parts);
      this.#guards.push(guard);
    }
    return (this.#guard = guard);
  }

  /** The upstream ended: a choice without its finish is judged and given out all the same. */
  #finish(): void {
    this.#ended = true;
    for (const guard of this.#guards) {
      if (!guard.finished) guard.finish();
      if (guard.blocked) return this.#block(guard.index);
    }
  }

  /** The blocked choice ends first, then every other that is open; what they still held is dropped. */
  #block(blocked: number): void {
    const open = this.#guards.filter(({ index, finished }) => index === blocked || !finished);
    open.sort((a, b) => Number(b.index === blocked) - Number(a.index === blocked));
    for (const { index: choice } of open)
      this.#ready.push({ type: "choice-finish", choice, reason: "content_filter" });
    this.#ended = true;
    this.blocked = true;
    this.#options.onBlock?.();
  }
}
