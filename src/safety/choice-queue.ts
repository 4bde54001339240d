// What came for one choice and waits for its verdicts, in the order in which it came. `checked-answer.ts` owns one
// per choice: it puts events in, has the windows of its channels checked, and lets go what is cleared.

import type { ModelEvent } from "../core/events.ts";
import { readableFields } from "../core/request.ts";
import { CheckedChannel } from "./checked-channel.ts";
import { HeldLogprobs } from "./logprobs.ts";
import type { CheckedEvent, ShownChannel } from "./screened-event.ts";
import { argumentWindows, proseWindows, wholeWindows } from "./windows.ts";

type Of<T extends ModelEvent["type"]> = Extract<ModelEvent, { type: T }>;
type TextEvent = Of<"text-delta" | "refusal-delta" | "reasoning-delta">;
export type ChoiceEvent = Exclude<ModelEvent, Of<"answer-begin" | "usage">>;

interface Entry {
  /** Text leaves as far as it is cleared, what is whole when all of it is, the finish after every verdict. */
  readonly kind: "text" | "whole" | "finish";
  readonly channel: CheckedChannel | undefined;
  /** Where it ends in its channel. */
  end: number;
  event(text: string): ChoiceEvent;
}

export interface QueueStyle {
  /** Nobody reads before the end. */
  readonly whole: boolean;
  /** Text leaves at once, and is taken back where it must be. */
  readonly lookahead: boolean;
}

const shownAs: Readonly<Record<TextEvent["type"], string>> = {
  "text-delta": "text",
  "refusal-delta": "refusal",
  "reasoning-delta": "reasoning",
};

const shownChannels: readonly ShownChannel[] = ["text-delta", "refusal-delta"];

export class ChoiceQueue {
  readonly index: number;
  /** Ends the checks of this choice. */
  readonly checks = new AbortController();
  readonly channels = new Map<string, CheckedChannel>();
  readonly #style: QueueStyle;
  readonly #entries: Entry[] = [];
  readonly #logprobs = new HeldLogprobs();
  /** Categories of which the reader was told. */
  readonly noticed = new Set<string>();
  #current: CheckedChannel | undefined;
  #reasoningChanged = false;
  #textChanged = false;

  constructor(index: number, style: QueueStyle) {
    this.index = index;
    this.#style = style;
  }

  /** True once all that came was judged and given. */
  get isDone(): boolean {
    return this.#entries.length === 0 && this.#isSettled;
  }

  get #isSettled(): boolean {
    return [...this.channels.values()].every((channel) => channel.isSettled);
  }

  /** Characters that came and have not been given, or are still to be judged. */
  get held(): number {
    let held = 0;
    for (const { received, given, cleared } of this.channels.values())
      held += received - Math.min(given, cleared);
    return held;
  }

  /** Infinity where nothing waits for its window to fill. */
  get waitingSince(): number {
    let since = Infinity;
    for (const channel of this.channels.values()) {
      if (!channel.isChecking) since = Math.min(since, channel.waitingSince ?? Infinity);
    }
    return since;
  }

  becomeDue(before: number): void {
    for (const channel of this.channels.values()) {
      if (!channel.isChecking && (channel.waitingSince ?? Infinity) <= before) channel.becomeDue();
    }
  }

  take(event: ChoiceEvent, now: number): void {
    switch (event.type) {
      case "text-delta":
      case "refusal-delta":
      case "reasoning-delta":
        this.#takeText(event, now);
        break;
      case "tool-call-delta":
        this.#takeTool(event, now);
        break;
      case "reasoning-seal": {
        const channel = this.channels.get(shownAs["reasoning-delta"]);
        channel?.rest();
        this.#put("whole", channel, () => this.#sealed(event));
        break;
      }
      case "citations":
        this.#putWhole("citations", JSON.stringify(event.citations), event, now);
        break;
      case "native-block":
        this.#putWhole("native blocks", readableFields(event.native.block), event, now);
        break;
      case "sound": {
        const channel = this.channels.get(shownAs["text-delta"]);
        channel?.rest();
        this.#put("whole", channel, () => (this.#textChanged ? { ...event, base64: undefined } : event));
        break;
      }
      case "choice-finish":
        this.end();
        this.#put("finish", undefined, () => event);
    }
  }

  end(): void {
    for (const channel of this.channels.values()) channel.end();
  }

  /** Gives what may go, in order. False where it met something that must not. */
  release(give: (event: CheckedEvent) => void): boolean {
    let passed = 0;
    for (const entry of this.#entries) {
      const { kind, channel, end } = entry;
      if (kind === "text" && channel) this.#giveText(entry, channel, give);
      else if (kind === "finish" ? this.#isSettled : (channel?.cleared ?? 0) >= end) {
        give(entry.event(channel?.take(end) ?? ""));
      } else break;
      if (channel && channel.given < end) break;
      passed += 1;
    }
    this.#entries.splice(0, passed);
    const next = this.#entries[0]?.channel;
    const blocked = [...this.channels.values()].some((channel) => channel.blocked);
    return !blocked || (next !== undefined && !next.blocked);
  }

  /** Text that was given out without being cleared: where it begins, by channel. */
  get uncleared(): readonly { readonly channel: ShownChannel; readonly from: number }[] {
    return shownChannels.flatMap((type) => {
      const channel = this.channels.get(shownAs[type]);
      return channel && channel.given > channel.cleared ? [{ channel: type, from: channel.cleared }] : [];
    });
  }

  /** Which channel a reader sees it as; undefined where nothing of it can be taken back. */
  shownChannel({ name, given }: CheckedChannel): ShownChannel | undefined {
    return given > 0 ? shownChannels.find((type) => shownAs[type] === name) : undefined;
  }

  isAhead({ name, blocked }: CheckedChannel): boolean {
    return this.#style.lookahead && !blocked && shownChannels.some((type) => shownAs[type] === name);
  }

  #giveText(
    { end: whole, event }: Entry,
    channel: CheckedChannel,
    give: (event: CheckedEvent) => void,
  ): void {
    const end = this.isAhead(channel) ? whole : Math.min(whole, channel.cleared);
    if (end <= channel.given) return;
    const replaced = channel.replacedBefore(end);
    if (channel.name === shownAs["reasoning-delta"]) this.#reasoningChanged ||= replaced.length > 0;
    if (channel.name === shownAs["text-delta"]) this.#textChanged ||= replaced.length > 0;
    const given = event(channel.take(end));
    const logprobs = given.type === "text-delta" ? this.#logprobs.take(channel.given, replaced) : [];
    give(given.type === "text-delta" && logprobs.length > 0 ? { ...given, logprobs } : given);
  }

  #takeText(event: TextEvent, now: number): void {
    const { type } = event;
    const channel = this.#turnTo(shownAs[type]);
    if (type === "text-delta" && event.logprobs) {
      this.#logprobs.add(event.text, channel.received, event.logprobs);
    }
    channel.push(event.text, now);
    this.#putText(channel, (text) => ({ type, choice: this.index, text }));
  }

  /** The name is judged with the arguments: it stands before them. */
  #takeTool(event: Of<"tool-call-delta">, now: number): void {
    const { type, choice, call, id, name, signature, freeform } = event;
    const free = freeform ? { freeform } : {};
    const channel = this.#turnTo(freeform ? `free-form tool call ${call}` : `tool call ${call}`);
    const before = id === undefined && name === undefined ? "" : `${name ?? ""} `;
    if (before !== "") channel.pushSolid(before, now);
    if (signature !== undefined) {
      // It vouches for these very arguments, so that they leave together.
      channel.push(event.arguments, now);
      this.#put("whole", channel, (text) => {
        const left = text.slice(before.length);
        return { ...event, arguments: left, signature: left === event.arguments ? signature : undefined };
      });
      return;
    }
    if (before !== "") this.#put("whole", channel, () => ({ ...event, arguments: "" }));
    channel.push(event.arguments, now);
    this.#putText(channel, (text) => ({ type, choice, call, arguments: text, ...free }));
  }

  #sealed(event: Of<"reasoning-seal">): ChoiceEvent {
    const changed = this.#reasoningChanged;
    this.#reasoningChanged = false;
    return changed ? { ...event, signature: undefined } : event;
  }

  /** Whoever was speaking need not wait for more. */
  #turnTo(name: string): CheckedChannel {
    const channel = this.#channel(name);
    if (this.#current !== channel) this.#current?.leave();
    this.#current = channel;
    return channel;
  }

  #channel(name: string): CheckedChannel {
    let channel = this.channels.get(name);
    if (!channel) {
      const isTool = name.startsWith("tool");
      const plan = this.#style.whole ? wholeWindows : isTool ? argumentWindows : proseWindows;
      channel = new CheckedChannel(name, isTool, plan);
      this.channels.set(name, channel);
    }
    return channel;
  }

  /** Leaves once all that can be read of it is cleared. */
  #putWhole(name: string, text: string, event: ChoiceEvent, now: number): void {
    const channel = this.#channel(name);
    channel.pushSolid(`${text}\n`, now);
    channel.rest();
    this.#put("whole", channel, () => event);
  }

  #put(kind: Entry["kind"], channel: CheckedChannel | undefined, event: Entry["event"]): void {
    this.#entries.push({ kind, channel, end: channel?.received ?? 0, event });
  }

  #putText(channel: CheckedChannel, event: Entry["event"]): void {
    const last = this.#entries.at(-1);
    if (last?.kind === "text" && last.channel === channel) last.end = channel.received;
    else this.#put("text", channel, event);
  }
}
