// One row of the tables of identity numbers: its form, its check, and the words that speak of it.
// The regional files make the tables; `national-ids.ts` runs them.

export interface IdRow {
  readonly kind: string;
  readonly label?: "pii" | "phi";
  /** Forms that begin with a letter say so; the others begin with a digit. */
  readonly opens?: "letter";
  /** How many digits (or letters) in a row it may begin with: all that most candidates are asked. */
  readonly leads: readonly number[];
  /** Sticky: tried where a token begins. Linear, and bounded. */
  readonly pattern: RegExp;
  /** Gets the match without separators in capitals, and as it was. */
  valid?(compact: string, raw: string): boolean;
  readonly words: RegExp;
  /** `accept`: enough by itself. `formatted`: needs its separators or a word. `words`: always needs a word. */
  readonly needs: "accept" | "formatted" | "words";
  readonly certain: boolean;
}

/** Not the first part of something longer. */
export const idPattern = (form: string, flags = ""): RegExp =>
  new RegExp(String.raw`(?:${form})(?![\w]|[-/.,:]\d|-\w)`, `y${flags.replace("g", "")}`);
