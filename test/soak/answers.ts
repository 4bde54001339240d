// What is asked in the soak, and what each provider must answer: both follow from a nonce in the question, so that
// whoever gets an answer can tell whether it is whole, whose it is, and that nothing of it came twice.

import { randomFrom } from "./random.ts";

/** Plain words alone: nothing in them looks like an identity or a secret. */
const words =
  "amber river stone cloud maple harbour candle meadow copper lantern willow pepper valley button garden marble " +
  "ribbon forest kettle saddle velvet window basket feather hammer island jacket ladder mirror needle orchard pillow";
const vocabulary = words.split(" ");

export const levels = ["public", "internal", "confidential"] as const;
export type Level = (typeof levels)[number];

/** One for each number, and none twice. */
export function nonceOf(number: number): string {
  const parts: string[] = [];
  for (let rest = number, place = 0; place < 5; place += 1, rest = Math.floor(rest / vocabulary.length))
    parts.push(vocabulary[rest % vocabulary.length] ?? "");
  return parts.join("-");
}

export const questionOf = (nonce: string, level: Level): string =>
  `Question ${nonce}, which is ${level}. Say what you know of it.`;

export function readQuestion(body: string): { nonce: string; level: Level } | undefined {
  const found = /Question ([a-z-]+), which is ([a-z]+)\./.exec(body);
  const level = levels.find((one) => one === found?.[2]);
  return found?.[1] === undefined || level === undefined ? undefined : { nonce: found[1], level };
}

/** Tokens, as the provider counts them. */
export interface Bill {
  readonly input: number;
  readonly output: number;
}

export interface Answer extends Bill {
  readonly pieces: readonly string[];
  readonly text: string;
}

export function answerTo(nonce: string, provider: string): Answer {
  const random = randomFrom("answer", nonce, provider);
  const length = 3 + random.below(60);
  const pieces = [`${provider} on ${nonce}:`];
  for (let index = 0; index < length; index += 1) pieces.push(` ${random.pick(vocabulary)}`);
  pieces.push(".");
  return { pieces, text: pieces.join(""), input: 10 + random.below(50), output: pieces.length };
}
