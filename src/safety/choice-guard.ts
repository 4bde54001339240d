// Guards one choice: a held text per channel, and the order in which their events leave.
// `screen.ts` owns one per choice index and ends the whole answer when `blocked` is set.

import { randomUUID } from "node:crypto";
import type { ModelEvent } from "../core/events.ts";
import { readableFields } from "../core/request.ts";
import { JudgedAlternatives } from "./alternatives.ts";
import { HeldText, type HeldTextParts } from "./held-text.ts";
import { HeldLogprobs } from "./logprobs.ts";
import type { Notice, Release } from "./outflow.ts";
import type { Retraction, SafetyNotice, ScreenedEvent } from "./screened-event.ts";
import { ShownOffsets } from "./shown-offsets.ts";
import { categoriesIn } from "./sight.ts";
import { strictest, type VerdictAction } from "./verdicts.ts";

type TextEvent = Extract<ModelEvent, { type: "text-delta" | "refusal-delta" | "reasoning-delta" }>;
type ToolEvent = Extract<ModelEvent, { type: "tool-call-delta" }>;
export type ChoiceEvent = Exclude<ModelEvent, { type: "answer-begin" | "usage" }>;

interface Channel {
  readonly name: string;
  readonly held: HeldText;
  /** An event of this channel that carries `text`. */
  event(text: string): TextEvent | ToolEvent;
  /** True once a part of it was replaced: what vouches for the text must not leave then. */
  changed: boolean;
  /** True until it speaks, and again once its thought was sealed: what comes then begins something. */
  isFresh: boolean;
}

/** The same for every choice. */
export interface GuardParts extends HeldTextParts {
  /** Text may be taken back. */
  readonly takesBack: boolean;
}

export class ChoiceGuard {
  readonly index: number;
  readonly #judge: (category: string) => VerdictAction;
  readonly #out: (event: ScreenedEvent) => void;
  readonly #parts: GuardParts;
  readonly #channels = new Map<string, Channel>();
  /** From the first that come on. */
  #logprobs: HeldLogprobs | undefined;
  readonly #alternatives: JudgedAlternatives;
  /** Kinds of notices that were given. */
  readonly #noticed: string[] = [];
  /** Undefined where nothing is ever taken back. */
  readonly #shown: ShownOffsets | undefined;
  #current: Channel | undefined;
  blocked = false;
  finished = false;

  constructor(
    index: number,
    judge: (category: string) => VerdictAction,
    out: (event: ScreenedEvent) => void,
    parts: GuardParts,
  ) {
    this.index = index;
    if (parts.takesBack) this.#shown = new ShownOffsets();
    this.#parts = parts;
    this.#alternatives = new JudgedAlternatives(parts.terms);
    this.#judge = judge;
    this.#out = out;
  }

  take(event: ChoiceEvent): void {
    switch (event.type) {
      case "text-delta":
      case "refusal-delta":
      case "reasoning-delta":
        this.#takeText(event);
        break;
      case "tool-call-delta":
        this.#takeTool(event);
        break;
      case "reasoning-seal":
        this.#takeSeal(event);
        break;
      case "citations":
        this.#takeCitations(event);
        break;
      case "native-block":
        this.#takeNative(event);
        break;
      case "sound":
        this.#takeSound(event);
        break;
      case "choice-finish":
        this.finish();
        if (!this.blocked) this.#out(event);
        this.finished = true;
        break;
    }
  }

  /** What a classifier told of this choice. */
  note(notice: SafetyNotice): void {
    this.#notice(notice);
  }

  takeBack({ channel, from, categories, retroactive }: Retraction): void {
    const retractFrom = this.#shown?.before(channel, from) ?? 0;
    this.#out({
      type: "safety-notice",
      choice: this.index,
      categories,
      redacted: false,
      retractFrom,
      ...(retroactive ? { retroactive } : {}),
    });
    this.#noticed.push(noticeKey(categories, false));
  }

  /** A classifier ends the answer in this choice. */
  stop(categories: readonly string[]): void {
    this.blocked = true;
    this.#notice({ categories, redacted: false });
  }

  /** Gives out what is held in every channel, judged. */
  finish(): void {
    // What the others hold comes behind this one's words, as it does in a stream.
    if (this.#channels.size > 1) this.#catchUp(this.#current);
    this.#giveAll(this.#channels.values());
  }

  #takeText(event: TextEvent): void {
    const { type } = event;
    const channel = this.#going(type) ?? this.#channel(type, (text) => ({ type, choice: this.index, text }));
    if (this.blocked) return;
    if (event.type === "text-delta" && event.logprobs) {
      (this.#logprobs ??= new HeldLogprobs()).add(event.text, channel.held.received, event.logprobs);
    }
    this.#give(channel, channel.held.push(event.text));
  }

  #takeTool(event: ToolEvent): void {
    const { call, name, freeform } = event;
    // A name apart, since what is in it is no JSON.
    const channelName = freeform ? `free-form tool ${call}` : `tool ${call}`;
    const channel =
      this.#going(channelName) ??
      this.#channel(channelName, (text) => ({
        type: "tool-call-delta",
        choice: this.index,
        call,
        arguments: text,
        ...(freeform ? { freeform } : {}),
      }));
    if (this.blocked || (name !== undefined && !this.#isClear(name))) return;
    const release = channel.held.push(event.arguments);
    channel.changed ||= release.replaced.length > 0;
    const opens = event.id !== undefined || name !== undefined || event.signature !== undefined;
    if (!opens) return this.#give(channel, release);
    const signature = channel.changed || release.blocked ? undefined : event.signature;
    this.#out({ ...event, ...this.#clearId(event), signature, arguments: release.text });
    this.#tell(release);
  }

  /** A signature vouches for the text as the model wrote it, and could be asked about it. */
  #takeSeal(event: Extract<ModelEvent, { type: "reasoning-seal" }>): void {
    const channel = this.#channels.get("reasoning-delta");
    // A seal of its own ends what was said before it, as the seal of a thought ends the thought.
    this.#giveAll(new Set([this.#current, channel]));
    if (this.blocked) return;
    this.#out(channel?.changed ? { ...event, signature: undefined } : event);
    if (!channel) return;
    channel.changed = false;
    channel.isFresh = true;
  }

  #takeCitations(event: Extract<ModelEvent, { type: "citations" }>): void {
    const { citations, native } = event;
    const clear = citations.map((citation, index) => {
      const written = JSON.stringify(native === undefined ? citation : [citation, native[index]]);
      return this.#judgeWhole(written ?? "") === "flag";
    });
    if (!clear.includes(true)) return;
    const isClear = (_: unknown, index: number): boolean => clear[index] === true;
    this.#out({
      ...event,
      citations: citations.filter(isClear),
      ...(native === undefined ? {} : { native: native.filter(isClear) }),
    });
  }

  /** Goes out whole or not at all, and ends what was said before it. */
  #takeNative(event: Extract<ModelEvent, { type: "native-block" }>): void {
    this.#giveAll([this.#current]);
    if (this.blocked) return;
    if (this.#judgeWhole(readableFields(event.native.block)) === "flag") this.#out(event);
  }

  /** It says what the text says, so that it may be heard only where the text was shown as it was. */
  #takeSound(event: Extract<ModelEvent, { type: "sound" }>): void {
    const text = this.#channels.get("text-delta");
    this.#giveAll(new Set([this.#current, text]));
    if (!this.blocked) this.#out(text?.changed ? { ...event, base64: undefined } : event);
  }

  #giveAll(channels: Iterable<Channel | undefined>): void {
    for (const channel of channels) {
      if (channel && !this.blocked) this.#give(channel, channel.held.finish());
    }
  }

  /** A tool's name goes out whole or not at all. */
  #isClear(name: string): boolean {
    if (this.#judgeWhole(name) === "flag") return true;
    this.#block(categoriesIn(name, this.#parts.terms));
    return false;
  }

  /** Some servers make it of what the model wrote. Any other does as well: clients only send it back. */
  #clearId({ id }: ToolEvent): Pick<ToolEvent, "id"> {
    if (id === undefined || this.#judgeWhole(id) === "flag") return {};
    return { id: `call_${randomUUID().replaceAll("-", "")}` };
  }

  #judgeWhole(text: string): VerdictAction {
    const categories = categoriesIn(text, this.#parts.terms);
    if (categories.length === 0) return "flag";
    const action = strictest(categories.map(this.#judge));
    this.#notice({ categories, redacted: action !== "flag" });
    return action;
  }

  /** The channel that is speaking, where it speaks on. */
  #going(name: string): Channel | undefined {
    const current = this.#current;
    return current?.name === name && !current.isFresh ? current : undefined;
  }

  #channel(name: string, event: Channel["event"]): Channel {
    const left = this.#current;
    let channel = this.#channels.get(name);
    if (!channel) {
      channel = {
        name,
        held: new HeldText(this.#judge, name.startsWith("tool "), this.#parts),
        event,
        changed: false,
        isFresh: true,
      };
      this.#channels.set(name, channel);
    }
    this.#current = channel;
    // A thought, a text or a call that begins ends the one before it, whose last words readers expect first;
    // save where they may be the first half of a hit: then they wait for what decides it.
    const begins = channel.isFresh;
    channel.isFresh = false;
    if (!left || left === channel) return channel;
    this.#catchUp(left);
    if (left.held.isAtRest || (begins && left.held.isOrdinary)) this.#give(left, left.held.finish());
    return channel;
  }

  #catchUp(channel: Channel | undefined): void {
    if (this.#parts.isPatient && channel && !this.blocked) this.#give(channel, channel.held.catchUp());
  }

  #give(channel: Channel, release: Release): void {
    channel.changed ||= release.replaced.length > 0;
    const event = channel.event(release.text);
    if (event.type === "text-delta") {
      const logprobs = this.#logprobs?.take(channel.held.decided, release.replaced);
      if (logprobs?.length) this.#out({ ...event, logprobs: this.#alternatives.judge(logprobs) });
      else if (release.text !== "") this.#out(event);
    } else if (release.text !== "") this.#out(event);
    if (event.type === "text-delta" || event.type === "refusal-delta") {
      this.#shown?.note(event.type, channel.held.decided, release.text.length);
    }
    this.#tell(release);
  }

  #tell({ notices, blocked }: Release): void {
    for (const notice of notices) this.#notice(notice);
    if (blocked) this.#block(blocked);
  }

  #block(categories: readonly string[]): void {
    this.blocked = true;
    this.#out({ type: "safety-notice", choice: this.index, categories, redacted: false });
  }

  /** Once per choice and kind: a list of a thousand addresses is one notice. */
  #notice(notice: Notice | SafetyNotice): void {
    const { categories, redacted } = notice;
    const key = noticeKey(categories, redacted);
    if (this.#noticed.includes(key)) return;
    this.#noticed.push(key);
    this.#out({ ...notice, type: "safety-notice", choice: this.index, categories, redacted });
  }
}

const noticeKey = (categories: readonly string[], redacted: boolean): string =>
  `${redacted} ${categories.join(" ")}`;
