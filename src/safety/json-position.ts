// Knows whether a place in text lies outside the strings of JSON, so that what is put there keeps it valid.
// `held-text.ts` and `checked-channel.ts` feed it the text as the model wrote it. It never judges whether the JSON is right.

export class JsonPosition {
  /** Undefined until the first character that is not blank. */
  #isJson: boolean | undefined;
  #inString = false;
  #escaped = false;

  /** `isJson` where the channel holds nothing else; otherwise the first character tells. */
  constructor(isJson: boolean) {
    if (isJson) this.#isJson = true;
  }

  get isJson(): boolean {
    return this.#isJson === true;
  }

  get needsQuotes(): boolean {
    return this.#isJson === true && !this.#inString;
  }

  /** True where a word in place of `raw` leaves no JSON: a string begins or ends in it, or it is a part of a number. */
  breaksWithout(raw: string, before: string, after: string): boolean {
    if (!this.isJson) return false;
    if (/(?<!\\)(?:\\\\)*"/.test(raw)) return true;
    return !this.#inString && /^[\d.]+$/.test(raw) && /[\w.+-]/.test(before + after);
  }

  feed(raw: string): void {
    this.#isJson ??= /\S/.test(raw) ? /^\s*[{[]/.test(raw) : undefined;
    if (!this.#isJson) return;
    for (let index = 0; index < raw.length; index++) {
      const code = raw.charCodeAt(index);
      if (this.#escaped) this.#escaped = false;
      else if (code === 92) this.#escaped = this.#inString;
      else if (code === 34) this.#inString = !this.#inString;
    }
  }
}
