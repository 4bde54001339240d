// What becomes of a question in which listed phrases were found: blocked ones end it before anybody is called.
// What a row redacts in answers is shown in one's own question, and told; where it may go is for its data to say.

import { Failure } from "../core/errors.ts";
import type { ListedTerms } from "../core/stages.ts";
import { deterministicClassifier } from "./deterministic.ts";
import { VerdictTally } from "./verdict-tally.ts";
import { remembering, strictest, type Decide, type MutableSafetySummary } from "./verdicts.ts";

/** Categories that are to be told. Throws INPUT_BLOCKED. */
export function judgeAskedTerms(
  { categories, characters }: ListedTerms,
  decide: Decide,
  summary: MutableSafetySummary,
): readonly string[] {
  const { id, kind } = deterministicClassifier;
  const actions = categories.map(remembering(decide, summary));
  const blocked = categories.filter((_category, index) => actions[index] === "block");
  if (!summary.classifiers.includes(id)) summary.classifiers.push(id);
  new VerdictTally(summary).put({
    classifier: id,
    kind,
    phase: "input",
    outcome: categories.length > 0 ? "hit" : "pass",
    categories,
    action: categories.length === 0 ? undefined : blocked.length > 0 ? strictest(actions) : "flag",
    checkedFrom: 0,
    checkedTo: characters,
    windows: 0,
    milliseconds: 0,
    retroactive: false,
  });
  if (blocked.length === 0) return categories;
  throw new Failure("INPUT_BLOCKED", undefined, { phase: "input", categories: blocked });
}
