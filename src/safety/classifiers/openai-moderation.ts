// OpenAI's moderation endpoint: flags and scores by its own names, mapped to the hazards that policy rows know.
// Source of the names: https://platform.openai.com/docs/guides/moderation, read 2026-11-21.

import { defuse } from "./defuse.ts";
import { unreadable, type Format, type Reading } from "./format.ts";
import type { Hit } from "../classifier.ts";
import { unknownCategory } from "./taxonomy.ts";

/** The nearest hazard; what it says of wrongdoing with violence is a violent crime. */
const hazardOf: ReadonlyMap<string, string> = new Map([
  ["harassment", "S10"],
  ["harassment/threatening", "S1"],
  ["hate", "S10"],
  ["hate/threatening", "S10"],
  ["illicit", "S2"],
  ["illicit/violent", "S1"],
  ["self-harm", "S11"],
  ["self-harm/intent", "S11"],
  ["self-harm/instructions", "S11"],
  ["sexual", "S12"],
  ["sexual/minors", "S4"],
  ["violence", "S1"],
  ["violence/graphic", "S1"],
]);

/** The prompt is left out: it judges a text, not a conversation, and would find the question in every answer. */
export const openaiModeration: Format = {
  categories: [...new Set(hazardOf.values())],
  calls: ({ context, window }) => [{ type: "moderation", text: defuse(context + window) }],
  read([answer, ...more]): Reading {
    if (answer?.type !== "scores" || more.length > 0) return unreadable("it did not answer with categories");
    const { categories, scores, flagged } = answer;
    const names = Object.keys(categories).filter((name) => categories[name] === true);
    if (names.length === 0) return flagged ? found([{ category: unknownCategory }]) : { outcome: "pass" };
    const highest = new Map<string, number | undefined>();
    for (const name of names) {
      const category = hazardOf.get(name) ?? unknownCategory;
      const score = scores[name];
      highest.set(category, Math.max(highest.get(category) ?? 0, score ?? 0));
    }
    return found([...highest].map(([category, score]) => (score ? { category, score } : { category })));
  },
};

const found = (hits: readonly Hit[]): Reading => ({ outcome: "hit", hits });
