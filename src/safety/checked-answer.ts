// The classifiers' part of the guard: reads the model's events ahead of whoever reads the answer, has every window
// judged, and gives out what is cleared, in order. `screen.ts` puts it before the deterministic scan, and leaves it
// out where there is no classifier. It fails closed in one place, `#fail`.

import { Failure } from "../core/errors.ts";
import type { ModelEvent } from "../core/events.ts";
import type { CheckedChannel, Window } from "./checked-channel.ts";
import { ChoiceQueue, type QueueStyle } from "./choice-queue.ts";
import { judgeWindow, type Bench, type Question } from "./judge-window.ts";
import { Outlet } from "./outlet.ts";
import { wholeWindows } from "./windows.ts";
import type { CheckedEvent } from "./screened-event.ts";
import type { Readable } from "./readable.ts";

export interface CheckOptions extends QueueStyle, Bench {
  /** What the model was asked: shown to the classifiers. */
  readonly prompt: string;
  /** Of the request: ends every check at once. */
  readonly signal: AbortSignal;
  readonly maxDelayMilliseconds: number;
  /** Closes the upstream at once, also while it is being read. */
  leave(): void;
}

type Found = Awaited<ReturnType<typeof judgeWindow>>;

/** Characters of one choice that may wait; beyond them the upstream is not read. */
const mostHeld = 8 * 1024;

/** Says nothing. */
const isBlank = /^\s*$/;

export class CheckedAnswer implements AsyncIterableIterator<readonly CheckedEvent[]> {
  readonly #source: AsyncIterator<readonly ModelEvent[]>;
  readonly #options: CheckOptions;
  readonly #queues = new Map<number, ChoiceQueue>();
  #blocked: { readonly queue: ChoiceQueue; readonly categories: readonly string[] } | undefined;
  readonly #outlet = new Outlet();
  #running = 0;
  #isReading = false;
  /** The upstream has ended, or was left. */
  #isRead = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(events: AsyncIterable<readonly ModelEvent[]>, options: CheckOptions) {
    this.#source = events[Symbol.asyncIterator]();
    this.#options = options;
    if (options.signal.aborted) this.#onAbort();
    else options.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<readonly CheckedEvent[], undefined>> {
    return this.#outlet.take(this.#read);
  }

  /** Runs inward at once: upstream and checks are left, whatever either is doing. */
  async return(): Promise<IteratorResult<readonly CheckedEvent[], undefined>> {
    this.#outlet.drop();
    this.#end();
    return { done: true, value: undefined };
  }

  readonly #read = (): void => {
    if (this.#isReading || this.#isRead || this.#outlet.isOver) return;
    if (this.#isFull()) {
      // Nothing can come that would fill a window, so that each is checked as it is.
      if (this.#running === 0) for (const queue of this.#queues.values()) this.#advance(queue, true);
      return;
    }
    this.#isReading = true;
    this.#source.next().then(this.#onStep, this.#onFault);
  };

  #isFull(): boolean {
    let held = this.#outlet.length;
    for (const queue of this.#queues.values()) held += queue.held;
    const most = this.#options.whole ? 4 * wholeWindows.most : mostHeld;
    return held >= most * Math.max(1, this.#queues.size);
  }

  readonly #onStep = (step: IteratorResult<readonly ModelEvent[], unknown>): void => {
    this.#isReading = false;
    if (this.#outlet.isOver || this.#isRead) return;
    this.#closed(() => {
      if (step.done === true) this.#finish();
      else for (const event of step.value) if (!this.#outlet.isOver && !this.#isRead) this.#take(event);
    });
    this.#read();
  };

  /** The upstream ended, whether or not it said so of every choice. */
  #finish(): void {
    this.#isRead = true;
    for (const queue of this.#queues.values()) {
      queue.end();
      this.#advance(queue);
    }
    this.#settle();
  }

  readonly #onFault = (error: unknown): void => {
    this.#isReading = false;
    if (!this.#isRead) this.#fail(error);
  };

  readonly #onAbort = (): void => this.#fail(this.#options.signal.reason);

  #take(event: ModelEvent): void {
    if (event.type === "answer-begin" || event.type === "usage") return this.#give(event);
    let queue = this.#queues.get(event.choice);
    if (!queue) {
      queue = new ChoiceQueue(event.choice, this.#options);
      this.#queues.set(event.choice, queue);
    }
    queue.take(event, performance.now());
    this.#advance(queue);
  }

  /** Starts what checks can be started, and gives what can be given. */
  #advance(queue: ChoiceQueue, isForced = false): void {
    if (this.#outlet.isOver || (this.#blocked && this.#blocked.queue !== queue)) return;
    const now = performance.now();
    for (const channel of queue.channels.values()) {
      if (isForced) channel.rest();
      for (let window = channel.next(now); window; window = channel.next(now)) {
        if (isBlank.test(window.seen.text)) channel.settle(window, [], now);
        else this.#check(queue, channel, window);
      }
      const whole = channel.lastLook();
      if (whole) this.#lookBack(queue, channel, whole);
    }
    const goesOn = queue.release(this.#give);
    if (!goesOn && this.#blocked) return this.#stop(queue, this.#blocked.categories);
    this.#settle();
    this.#watch();
  }

  #check(queue: ChoiceQueue, channel: CheckedChannel, window: Window): void {
    const { context, final, seen, from, to } = window;
    const place = { phase: "output", choice: queue.index, channel: channel.name, from, to } as const;
    this.#ask(queue, { context, final, seen, offset: from, place }, (found) => {
      if (found.isUnjudged) return this.#failUnavailable();
      if (found.blocked.length > 0) return this.#block(queue, channel, found.blocked);
      this.#notice(queue, found.flagged, false);
      // What was shown ahead of its verdict can only be taken back.
      const isLost = found.edits.length > 0 && queue.isAhead(channel);
      if (isLost || !channel.settle(window, found.edits, performance.now())) {
        return this.#block(queue, channel, found.redacted);
      }
      this.#notice(queue, found.redacted, true);
      this.#advance(queue);
    });
  }

  /** The end of the answer once more, as one text: what shows only there is told, though it may have been read. */
  #lookBack(queue: ChoiceQueue, channel: CheckedChannel, seen: Readable): void {
    const { cleared, received: to, name } = channel;
    const from = seen.text.length < wholeWindows.most ? 0 : to - seen.text.length;
    const range = { choice: queue.index, channel: name, from, to };
    const place = { phase: "output", ...range, retroactive: true } as const;
    const question = { context: "", final: true, seen, offset: 0, place, replacesUpTo: cleared };
    this.#ask(queue, question, (found) => {
      if (found.isUnjudged) return this.#failUnavailable();
      const blocked = [...found.blocked, ...found.redacted];
      // What a window finds as well is for the window to end: then less is taken back.
      channel.lookedBack(() => {
        if (blocked.length > 0) this.#stop(queue, blocked, channel);
        else this.#notice(queue, found.flagged, false, true);
      });
      this.#advance(queue);
    });
  }

  #ask(queue: ChoiceQueue, question: Omit<Question, "prompt">, answered: (found: Found) => void): void {
    const { signal } = queue.checks;
    const settled = (then: () => void): void => {
      this.#running -= 1;
      if (this.#outlet.isOver || signal.aborted) return;
      this.#closed(then);
      this.#read();
    };
    this.#running += 1;
    judgeWindow(this.#options, { prompt: this.#options.prompt, ...question }, signal).then(
      (found) => settled(() => answered(found)),
      (error: unknown) => settled(() => this.#failUnavailable(error)),
    );
  }

  /** Whatever goes wrong in here ends the answer, and never the process. */
  #closed(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#failUnavailable(error);
    }
  }

  #notice(queue: ChoiceQueue, categories: readonly string[], redacted: boolean, retroactive = false): void {
    const fresh = categories.filter((category) => !queue.noticed.has(category));
    if (fresh.length === 0) return;
    for (const category of fresh) queue.noticed.add(category);
    const notice = { type: "safety-notice", choice: queue.index, categories: fresh, redacted } as const;
    this.#give(retroactive ? { ...notice, retroactive } : notice);
  }

  readonly #give = (event: CheckedEvent): void => this.#outlet.give(event);

  /** What stands before it in its choice may still go; nothing else does. */
  #block(queue: ChoiceQueue, channel: CheckedChannel, categories: readonly string[]): void {
    channel.blocked = true;
    this.#blocked = { queue, categories };
    this.#leave();
    for (const other of this.#queues.values()) if (other !== queue) other.checks.abort();
    queue.end();
    this.#advance(queue);
  }

  #stop(queue: ChoiceQueue, categories: readonly string[], late?: CheckedChannel): void {
    this.#takeBack(categories);
    const channel = late && queue.shownChannel(late);
    const { index: choice } = queue;
    if (channel) this.#give({ type: "retract", choice, channel, from: 0, categories, retroactive: true });
    this.#give({ type: "stop", choice, categories });
    this.#end();
  }

  #takeBack(categories: readonly string[]): void {
    for (const { index: choice, uncleared } of this.#queues.values()) {
      for (const one of uncleared) {
        this.#give({ type: "retract", choice, ...one, categories, retroactive: false });
      }
    }
  }

  #failUnavailable(cause?: unknown): void {
    this.#fail(new Failure("SAFETY_UNAVAILABLE", undefined, { phase: "output", cause }));
  }

  #fail(error: unknown): void {
    if (this.#outlet.isOver) return;
    this.#takeBack([]);
    this.#outlet.fail(error);
    this.#end();
  }

  /** Over, once everything that came was given. */
  #settle(): void {
    if (this.#outlet.isOver || !this.#isRead || this.#blocked) return;
    if ([...this.#queues.values()].every((queue) => queue.isDone)) this.#end();
  }

  #end(): void {
    this.#outlet.end();
    clearTimeout(this.#timer);
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    for (const queue of this.#queues.values()) queue.checks.abort();
    this.#queues.clear();
    this.#leave();
  }

  #leave(): void {
    if (this.#isRead) return;
    this.#isRead = true;
    this.#options.leave();
    this.#source.return?.().catch(() => undefined);
  }

  /** One timer for all channels, and none while nothing waits. */
  #watch(): void {
    if (this.#timer || this.#outlet.isOver || this.#options.whole) return;
    let since = Infinity;
    for (const queue of this.#queues.values()) since = Math.min(since, queue.waitingSince);
    if (since === Infinity) return;
    const left = since + this.#options.maxDelayMilliseconds - performance.now();
    this.#timer = setTimeout(this.#onTick, Math.max(1, Math.ceil(left)));
  }

  readonly #onTick = (): void => {
    this.#timer = undefined;
    const before = performance.now() - this.#options.maxDelayMilliseconds + 1;
    for (const queue of this.#queues.values()) {
      queue.becomeDue(before);
      this.#closed(() => this.#advance(queue));
    }
    this.#watch();
    this.#read();
  };
}
