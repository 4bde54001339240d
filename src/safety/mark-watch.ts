// Reads one channel's text once for marks: what stands near every place where a detector could find something. Segments
// far from any need no look, and most text has none. `held-text.ts` owns one; it counts in all of the normal form.

import { lastMark, markReach, pointsAnywhere } from "../detect/pointer.ts";

/** Text beyond this is looked at as a whole before it is looked at word by word. */
const longPiece = 64;
/** More than any sign needs to see of what stands before it. */
const lookBack = 256;

export class MarkWatch {
  #readTo = 0;
  /** Behind the last. */
  #end = -Infinity;
  /** Up to here the marks that there are point nowhere, as long as nothing is added to them. */
  #calmTo = -Infinity;

  /** Takes what `text` has grown by; `forgotten` units stood before it, and from `start` on nothing is decided. */
  read(text: string, forgotten: number, start: number): void {
    const end = lastMark(text, this.#readTo - forgotten);
    this.#readTo = text.length + forgotten;
    if (end >= 0) this.#end = end + forgotten;
    if (text.length - start > longPiece && !pointsAnywhere(text.slice(Math.max(0, start - lookBack))))
      this.#calmTo = this.#readTo;
  }

  /** True where no detector could find anything that ends in it. */
  isClear(start: number, end: number): boolean {
    return start - this.#end > markReach || end <= this.#calmTo;
  }
}
