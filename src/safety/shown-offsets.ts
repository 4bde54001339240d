// Remembers how much of a choice's text readers had seen when so much of it was decided, so that a place in what
// the model wrote can be told as a place in what was shown. `choice-guard.ts` keeps one where text may be taken back.

import type { ShownChannel } from "./screened-event.ts";

interface Mark {
  readonly channel: ShownChannel;
  readonly decided: number;
  readonly shown: number;
}

/** Beyond these every other mark goes: then a little more is taken back than need be. */
const mostMarks = 1024;

export class ShownOffsets {
  #marks: Mark[] = [];
  #shown = 0;

  /** `length` more characters are shown, now that the channel is decided up to there. */
  note(channel: ShownChannel, decided: number, length: number): void {
    this.#shown += length;
    this.#marks.push({ channel, decided, shown: this.#shown });
    if (this.#marks.length > mostMarks) this.#marks = this.#marks.filter((_mark, index) => index % 2 === 0);
  }

  /** How much was shown before this place of the channel, at most. */
  before(channel: ShownChannel, place: number): number {
    return this.#marks.findLast((mark) => mark.channel === channel && mark.decided <= place)?.shown ?? 0;
  }
}
