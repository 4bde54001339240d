// The streaming guard: wraps the events of an answer so that no character leaves before its verdict.
// `gateway/` puts it round every stream, whole answers too. Fails closed: an error in here ends the answer.
// Classifiers first, where there are any; then the deterministic scan of what they cleared.

import { Failure } from "../core/errors.ts";
import type { ModelEvent } from "../core/events.ts";
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
  leave?(): void;
  /** Called once, before the upstream is left, when a rule ends the answer. */
  onBlock?(): void;
}

export type ReleaseMode = "complete" | "hold" | "lookahead";

const usualDelayMilliseconds = 400;

export function screen(
  /** In batches, and so is what it clears: what came together leaves together. */
  events: AsyncIterable<readonly ModelEvent[]>,
  options: ScreenOptions,
): AsyncIterableIterator<readonly ScreenedEvent[]> {
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
  return mode === "complete" ? wholeFirst(screened, () => screened.blocked) : screened;
}

type Step = IteratorResult<readonly ScreenedEvent[], undefined>;

class Screen implements AsyncIterableIterator<readonly ScreenedEvent[]> {
  readonly #source: AsyncIterator<readonly CheckedEvent[]>;
  readonly #options: ScreenOptions;
  readonly #judge: (category: string) => VerdictAction;
  readonly #account: ScanAccount;
  readonly #guards = new Map<number, ChoiceGuard>();
  readonly #parts: GuardParts;
  #ready: ScreenedEvent[] = [];
  #ended = false;
  blocked = false;
  /** Who asked and was not answered yet: whoever asks twice at once is served in order. */
  #asking = 0;
  #last: Promise<Step> | undefined;

  constructor(
    events: AsyncIterable<readonly CheckedEvent[]>,
    options: ScreenOptions,
    judge: (category: string) => VerdictAction,
    takesBack: boolean,
  ) {
    this.#source = events[Symbol.asyncIterator]();
    this.#options = options;
    this.#account = scanAccount(options.summary);
    this.#judge = (category) => this.#account.found(category, judge(category));
    const { systemPrompts = [] } = options;
    this.#parts = {
      prompts: systemPrompts.length > 0 ? new PromptIndex(systemPrompts) : undefined,
      terms: options.terms,
      takesBack,
      isPatient: options.whole === true,
    };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Step> {
    const last = this.#asking > 0 ? this.#last : undefined;
    this.#asking += 1;
    return (this.#last = last ? last.then(this.#pull, this.#pull) : this.#pull());
  }

  /** Runs inward at once, also while `next` waits for a stalled upstream. */
  async return(): Promise<Step> {
    this.#ended = true;
    this.#ready = [];
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  readonly #pull = async (): Promise<Step> => {
    try {
      while (!this.#ended) {
        const step = await this.#source.next();
        if (this.#ended) break;
        this.#ready = [];
        const fault = this.#judged(step);
        // A rule ended the answer, or something failed in here.
        if (this.#ended && step.done !== true) await this.#source.return?.();
        if (fault) throw fault;
        if (this.#ready.length > 0) return { done: false, value: this.#ready };
      }
      return { done: true, value: undefined };
    } finally {
      this.#asking -= 1;
    }
  };

  /** Closed where anything fails in here: nothing more is released. */
  #judged(step: IteratorResult<readonly CheckedEvent[], unknown>): Failure | undefined {
    try {
      if (step.done === true) this.#finish();
      else
        for (const event of step.value) {
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
    let guard = this.#guards.get(choice);
    if (!guard) {
      const out = (event: ScreenedEvent): void => void this.#ready.push(event);
      guard = new ChoiceGuard(choice, this.#judge, out, this.#parts);
      this.#guards.set(choice, guard);
    }
    return guard;
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
    this.blocked = true;
    this.#options.onBlock?.();
  }
}
