// One channel of one choice on its way through the classifiers: what came, what is being checked, what may go.
// `choice-queue.ts` owns one per channel. Invariant: given ≤ cleared ≤ checked ≤ received, save where a client
// asked to see text ahead of its verdict.

import { JsonPosition } from "./json-position.ts";
import { readable, type Readable } from "./readable.ts";
import {
  contextLength,
  releasableLength,
  wholeCharacters,
  windowLength,
  wholeWindows,
  type WindowPlan,
} from "./windows.ts";

export interface Window {
  /** In all that the channel received. */
  readonly from: number;
  readonly to: number;
  readonly final: boolean;
  readonly context: string;
  readonly seen: Readable;
}

/** A raw range and what takes its place. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

type Range = Pick<Edit, "start" | "end">;

export class CheckedChannel {
  readonly name: string;
  readonly #isJson: boolean;
  readonly #json: JsonPosition;
  readonly #plan: WindowPlan;
  /** From `#base` on: what has not been given yet. */
  #text = "";
  #base = 0;
  #size: number;
  /** Cleared text as it was given out: what windows are judged beside, and judged with at the end. */
  #past = "";
  #edits: Edit[] = [];
  /** Ranges in which nothing can be replaced. */
  readonly #solid: Range[] = [];
  #stop: number | undefined;
  #isDue = false;
  #wasLeft = false;
  #isBack = false;
  #look: "running" | "done" | undefined;
  #afterwards: (() => void) | undefined;
  received = 0;
  checked = 0;
  cleared = 0;
  given = 0;
  isChecking = false;
  ended = false;
  /** Once something in it was found that ends the answer. */
  blocked = false;
  /** Since when something waits for its window to fill. */
  waitingSince: number | undefined;

  constructor(name: string, isJson: boolean, plan: WindowPlan) {
    this.name = name;
    this.#isJson = isJson;
    this.#json = new JsonPosition(isJson);
    this.#plan = plan;
    this.#size = plan.first;
  }

  push(text: string, now: number): void {
    if (text === "") return;
    this.waitingSince ??= now;
    this.#text += text;
    this.received += text.length;
    this.#stop = undefined;
    this.ended = false;
    this.#isBack ||= this.#wasLeft;
  }

  /** Text that leaves whole or not at all. */
  pushSolid(text: string, now: number): void {
    this.#solid.push({ start: this.received, end: this.received + text.length });
    this.push(text, now);
  }

  /** A part is over: what is here need not wait for more. */
  rest(): void {
    this.#stop = this.received;
    this.#wasLeft = false;
    this.#isBack = false;
  }

  /** Another channel speaks. Whoever came back once may come back again, and so waits for its window to fill. */
  leave(): void {
    if (!this.#isBack) this.#stop = this.received;
    this.#wasLeft = true;
  }

  end(): void {
    this.rest();
    this.ended = true;
  }

  /** It has waited for too long. */
  becomeDue(): void {
    this.#isDue = true;
  }

  /** The next window to check, or undefined until more comes. */
  next(now: number): Window | undefined {
    if (this.isChecking || this.blocked) return undefined;
    const unchecked = this.#slice(this.checked, this.received);
    const isOver = this.#stop !== undefined || this.#isDue;
    const length =
      windowLength(unchecked, this.#size, this.#plan.least) ?? (isOver ? this.#restOf(unchecked) : 0);
    this.#isDue = false;
    if (length === 0) {
      // Checked already, and nothing came that could make it the beginning of something.
      if (isOver && this.checked === this.received) this.#clear(this.received);
      return undefined;
    }
    const to = this.checked + length;
    this.isChecking = true;
    this.waitingSince = to < this.received ? now : undefined;
    return {
      from: this.cleared,
      to,
      final: this.ended && to === this.received,
      context: this.#past.slice(-contextLength),
      seen: readable(this.#slice(this.cleared, to), this.#isJson || this.#json.isJson),
    };
  }

  #restOf(unchecked: string): number {
    return this.#stop === undefined ? wholeCharacters(unchecked) : unchecked.length;
  }

  /** The window passed. False where what must be replaced cannot be. */
  settle({ from, to, seen }: Window, edits: readonly Edit[], now: number): boolean {
    this.isChecking = false;
    this.checked = to;
    const length = this.#stop === to ? seen.text.length : releasableLength(seen.text);
    let end = length === seen.text.length ? to : from + seen.rawRange(length - 1, length).end;
    for (const edit of edits) if (edit.start < end) end = Math.max(end, edit.end);
    if (!this.#apply(edits.filter((edit) => edit.start < end))) return false;
    this.#clear(end);
    this.#size = Math.min(this.#size * 2, this.#plan.most);
    if (this.cleared < this.received) this.waitingSince ??= now;
    return true;
  }

  /** True once all of it was judged. */
  get isSettled(): boolean {
    return this.cleared === this.received && !this.isChecking && this.#look !== "running";
  }

  /** The end of the answer as one text, once, when it has ended; undefined where the last window saw as much. */
  lastLook(): Readable | undefined {
    if (!this.ended || this.#look !== undefined || this.blocked) return undefined;
    if (this.received <= contextLength || this.#plan === wholeWindows) return undefined;
    this.#look = "running";
    const rest = readable(this.#slice(this.cleared, this.received), this.#isJson || this.#json.isJson);
    const text = (this.#past + rest.text).slice(-wholeWindows.most);
    const { cleared } = this;
    const before = text.length - rest.text.length;
    return {
      text,
      rawRange(start, end) {
        // Of what is cleared only so much is known, that it is.
        if (start < before) return { start: Math.max(0, cleared - (before - start)), end: cleared };
        return { start: cleared, end: cleared + rest.rawRange(start - before, end - before).end };
      },
    };
  }

  /** `tell` is called once every window has passed. */
  lookedBack(tell: () => void): void {
    this.#look = "done";
    if (this.cleared === this.received) tell();
    else this.#afterwards = tell;
  }

  /** What is replaced in what may go up to `end`. */
  replacedBefore(end: number): readonly Edit[] {
    return this.#edits.filter((edit) => edit.start < end);
  }

  /** What may go up to `end`, with its replacements. */
  take(end: number): string {
    let text = "";
    while (this.given < end) {
      const edit = this.#edits[0];
      const stop = edit && edit.start < end ? edit.start : end;
      text += this.#slice(this.given, stop);
      this.given = Math.max(this.given, stop);
      if (stop !== edit?.start) break;
      text += edit.text;
      this.given = edit.end;
      this.#edits.shift();
    }
    this.#forget();
    return text;
  }

  #slice(from: number, to: number): string {
    return this.#text.slice(from - this.#base, to - this.#base);
  }

  #forget(): void {
    const known = Math.min(this.given, this.cleared);
    if (known - this.#base < 4096 && known < this.received) return;
    this.#text = this.#text.slice(known - this.#base);
    this.#base = known;
  }

  /** All of them, or none: then the window must not go. */
  #apply(edits: readonly Edit[]): boolean {
    const { cleared } = this;
    const made: Edit[] = [];
    for (const { start, end, text } of edits) {
      if (this.#solid.some((range) => start < range.end && range.start < end)) break;
      const before = start > this.cleared ? this.#slice(start - 1, start) : this.#past.slice(-1);
      this.#clear(start);
      const isOutside = this.#json.needsQuotes;
      const raw = this.#slice(start, end);
      this.#json.feed(raw);
      if (isOutside !== this.#json.needsQuotes) break;
      if (isOutside && !isValue(raw, before, this.#slice(end, end + 1))) break;
      made.push({ start, end, text: isOutside ? `"${text}"` : text });
      this.#remember("", text);
      this.cleared = end;
    }
    if (made.length === edits.length) this.#edits.push(...made);
    else this.cleared = cleared;
    return made.length === edits.length;
  }

  #clear(end: number): void {
    const text = this.#slice(this.cleared, end);
    this.#json.feed(text);
    this.#remember(text, "");
    this.cleared = Math.max(this.cleared, end);
    if (this.cleared < this.received) return;
    this.waitingSince = undefined;
    this.#afterwards?.();
    this.#afterwards = undefined;
  }

  #remember(raw: string, replacement: string): void {
    const seen = readable(raw, this.#isJson || this.#json.isJson).text + replacement;
    this.#past = (this.#past + seen).slice(-wholeWindows.most);
  }
}

/** One whole value of JSON, which a string can take the place of. */
const isValue = (raw: string, before: string, after: string): boolean =>
  /^(?:"(?:[^"\\]|\\.)*"|[\w.+-]+)$/.test(raw) && after !== "" && !/[\w.+-]/.test(before + after);
