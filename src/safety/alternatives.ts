// Judges the tokens that a model might have said instead: they stand beside log probabilities and run through no channel.
// `choice-guard.ts` owns one per choice. An alternative that holds a hit, or completes one, does not leave.

import { completesHit, type Terms } from "./sight.ts";

type Token = Readonly<Record<string, unknown>>;

/** As far back as a hit could have begun. */
const reach = 256;

export class JudgedAlternatives {
  /** The end of what was said, and of what each place among the alternatives would have said alone. */
  #said = "";
  readonly #places: string[] = [];
  readonly #terms: Terms | undefined;

  constructor(terms: Terms | undefined) {
    this.#terms = terms;
  }

  /** Entries of tokens that leave, in order; each comes back with what may leave of it. */
  judge(entries: readonly unknown[]): unknown[] {
    return entries.map((entry) => (isToken(entry) ? this.#judged(entry) : {}));
  }

  #judged(entry: Token): Token {
    const { top_logprobs: alternatives, ...said } = entry;
    const judged = Array.isArray(alternatives)
      ? {
          ...honest(said),
          top_logprobs: alternatives.filter((other, place) => this.#mayLeave(other, place)).map(honest),
        }
      : honest(said);
    this.#said = (this.#said + textOf(entry)).slice(-reach);
    return judged;
  }

  #mayLeave(alternative: unknown, place: number): alternative is Token {
    if (!isToken(alternative)) return false;
    const text = textOf(alternative);
    const before = this.#places[place] ?? "";
    this.#places[place] = (before + text).slice(-reach);
    return !this.#endsInHit(this.#said, text) && !this.#endsInHit(before, text);
  }

  #endsInHit(before: string, text: string): boolean {
    return text !== "" && completesHit(before, text, this.#terms);
  }
}

/** Bytes that spell another text than their token are judged by nobody. */
function honest({ bytes, ...token }: Token): Token {
  const isTrue = Array.isArray(bytes) && Buffer.from(bytes as number[]).toString() === textOf(token);
  return isTrue ? { ...token, bytes } : token;
}

const textOf = ({ token }: Token): string => (typeof token === "string" ? unescaped(token) : "");

/** Parts of characters are written as `\xe2\x80` by some. */
const unescaped = (token: string): string =>
  token.includes("\\x")
    ? Buffer.from(
        token.replaceAll(/\\x([0-9a-f]{2})/gi, (_, byte: string) =>
          String.fromCodePoint(Number.parseInt(byte, 16)),
        ),
        "latin1",
      ).toString()
    : token;

const isToken = (value: unknown): value is Token => typeof value === "object" && value !== null;
