// The deterministic classifier's own row among the verdicts of one request: how much it read, what it found.
// `screen.ts` keeps one and adds to it as the answer runs, so that it is right whenever the answer ends.

import type { SafetyVerdict } from "../core/answer.ts";
import type { ModelEvent } from "../core/events.ts";
import { deterministicClassifier } from "./deterministic.ts";
import { strictest, type MutableSafetySummary, type VerdictAction } from "./verdicts.ts";

export interface ScanAccount {
  read(event: ModelEvent): void;
  /** Notes the category and hands the action on. */
  found(category: string, action: VerdictAction): VerdictAction;
}

type Row = { -readonly [Name in keyof SafetyVerdict]: SafetyVerdict[Name] };

export function scanAccount({ classifiers, verdicts }: MutableSafetySummary): ScanAccount {
  const { id, kind } = deterministicClassifier;
  const categories: string[] = [];
  const row: Row = {
    action: undefined,
    categories,
    checkedFrom: 0,
    checkedTo: 0,
    classifier: id,
    kind,
    milliseconds: 0,
    outcome: "pass",
    phase: "output",
    retroactive: false,
    windows: 0,
  };
  if (!classifiers.includes(id)) classifiers.push(id);
  verdicts.push(row);
  return {
    read(event) {
      if ("text" in event) row.checkedTo += event.text.length;
      else if ("arguments" in event) row.checkedTo += event.arguments.length;
    },
    found(category, action) {
      if (categories.includes(category)) return action;
      categories.push(category);
      row.outcome = "hit";
      row.action = strictest([row.action ?? "flag", action]);
      return action;
    },
  };
}
