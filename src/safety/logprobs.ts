// Keeps each token's log probabilities back until the whole token has been released as it was.
// `screen.ts` owns one per choice. An entry of a token that was held, cut or replaced must never leave.

interface Entry {
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
}

export class HeldLogprobs {
  #entries: Entry[] = [];

  /** `start` is the offset of `text` in all that the channel received. */
  add(text: string, start: number, values: readonly unknown[]): void {
    const lengths = values.map(tokenLength);
    const isAligned = lengths.reduce((sum, length) => sum + length, 0) === text.length;
    let at = start;
    for (const [index, value] of values.entries()) {
      const length = lengths[index] ?? 0;
      // Tokens that do not spell the text (parts of characters) stand and fall with all of it.
      this.#entries.push(
        isAligned ? { start: at, end: at + length, value } : { start, end: start + text.length, value },
      );
      at += length;
    }
  }

  /** Those of tokens that lie before `decided`, save what touches a replaced range. */
  take(decided: number, replaced: readonly { readonly start: number; readonly end: number }[]): unknown[] {
    if (this.#entries.length === 0) return [];
    const free: unknown[] = [];
    this.#entries = this.#entries.filter((entry) => {
      if (replaced.some((range) => entry.start < range.end && range.start < entry.end)) return false;
      if (entry.end > decided) return true;
      free.push(entry.value);
      return false;
    });
    return free;
  }
}

function tokenLength(value: unknown): number {
  if (typeof value !== "object" || value === null || !("token" in value)) return 0;
  return typeof value.token === "string" ? value.token.length : 0;
}
