// One row of the tables of identity numbers: its form, its check, and the words that speak of it.
// The regional files make the tables; `national-ids.ts` runs them.

export interface IdRow {
  readonly kind: string;
  readonly label?: "pii" | "phi";
  /** Global, with look-arounds that keep it out of longer tokens, linear. */
  readonly pattern: RegExp;
  /** Gets the match without separators, upper-case. */
  valid?(compact: string, raw: string): boolean;
  readonly words: RegExp;
  /** `accept`: enough by itself. `formatted`: needs its separators or a word. `words`: always needs a word. */
  readonly needs: "accept" | "formatted" | "words";
  readonly certain: boolean;
}

const before = String.raw`(?<![\w+$€£]|\w[-./,=]|[.,]\d)`;
const after = String.raw`(?![\w]|[-/.,]\d|-\w)`;

/** Wraps the bare form of an id in the usual look-arounds. */
export const idPattern = (form: string, flags = "g"): RegExp =>
  new RegExp(`${before}(?:${form})${after}`, flags);
