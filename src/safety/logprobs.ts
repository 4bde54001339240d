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
    const tokens = values.map(tokenOf);
    if (tokens.join("") === text) {
      let at = start;
      for (const [index, value] of values.entries()) {
        const end = at + (tokens[index] ?? "").length;
        this.#entries.push({ start: at, end, value });
        at = end;
      }
      return;
    }
    // Tokens of something else, as the arguments of a tool call, are judged by nobody: they do not leave.
    if (text === "" || bytesOf(values) !== text) return;
    // Parts of characters stand and fall with all of it.
    for (const value of values) this.#entries.push({ start, end: start + text.length, value });
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

function tokenOf(value: unknown): string {
  if (!isEntry(value)) return "";
  return typeof value["token"] === "string" ? value["token"] : "";
}

const bytesOf = (values: readonly unknown[]): string =>
  Buffer.from(
    values.flatMap((value) => (isEntry(value) && Array.isArray(value["bytes"]) ? value["bytes"] : [])),
  ).toString();

const isEntry = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
