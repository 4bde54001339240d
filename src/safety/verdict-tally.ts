// Adds up what the classifiers of one request said, for its receipt and its record: ranges and names, no text.
// Neighbouring windows with the same verdict become one row, so that a long answer has few.

import type { SafetyVerdict } from "../core/answer.ts";
import type { Opinion } from "./ask-classifiers.ts";
import { strictest, type MutableSafetySummary, type VerdictAction } from "./verdicts.ts";

export interface Place {
  readonly phase: "input" | "output";
  readonly choice?: number;
  readonly channel?: string;
  readonly from: number;
  readonly to: number;
  readonly retroactive?: boolean;
}

/** Beyond these, rows of the same classifier and outcome are joined wherever they stand. */
const mostRows = 64;

export class VerdictTally {
  readonly #summary: MutableSafetySummary;
  readonly #rows: SafetyVerdict[];

  constructor(summary: MutableSafetySummary) {
    this.#summary = summary;
    this.#rows = summary.verdicts;
  }

  add({ classifier, verdict }: Opinion, place: Place, actionOf: (category: string) => VerdictAction): void {
    const { id, kind } = classifier;
    const failed = verdict.outcome === "error";
    this.#list(id, failed);
    const categories = [...new Set(verdict.hits.map((hit) => hit.category))].sort();
    const found = categories.length > 0;
    this.put({
      classifier: id,
      kind,
      phase: place.phase,
      choice: place.choice,
      channel: place.channel,
      outcome: found ? "hit" : failed ? "error" : "pass",
      categories,
      action: found ? strictest(categories.map(actionOf)) : undefined,
      checkedFrom: place.from,
      checkedTo: place.to,
      windows: 1,
      milliseconds: Math.round(verdict.latencyMs),
      retroactive: place.retroactive === true,
    });
  }

  /** One that failed once has not run, whatever it said elsewhere. */
  #list(id: string, failed: boolean): void {
    const { classifiers, notRun } = this.#summary;
    if (failed && !notRun.includes(id)) notRun.push(id);
    if (failed && classifiers.includes(id)) classifiers.splice(classifiers.indexOf(id), 1);
    if (!failed && !classifiers.includes(id) && !notRun.includes(id)) classifiers.push(id);
  }

  put(row: SafetyVerdict): void {
    const isFull = this.#rows.length >= mostRows;
    const at = this.#rows.findIndex((known) => (isFull ? isLike(known, row) : isSame(known, row)));
    const known = this.#rows[at];
    if (known) this.#rows[at] = joined(known, row);
    else this.#rows.push(row);
  }
}

const isLike = (a: SafetyVerdict, b: SafetyVerdict): boolean =>
  a.classifier === b.classifier && a.phase === b.phase && a.outcome === b.outcome;

const isSame = (a: SafetyVerdict, b: SafetyVerdict): boolean =>
  isLike(a, b) &&
  a.choice === b.choice &&
  a.channel === b.channel &&
  a.retroactive === b.retroactive &&
  a.action === b.action &&
  a.categories.join(" ") === b.categories.join(" ") &&
  b.checkedFrom <= a.checkedTo;

const joined = (a: SafetyVerdict, b: SafetyVerdict): SafetyVerdict => ({
  ...a,
  choice: a.choice === b.choice ? a.choice : undefined,
  channel: a.channel === b.channel ? a.channel : undefined,
  categories: [...new Set([...a.categories, ...b.categories])].sort(),
  action: a.action && b.action ? strictest([a.action, b.action]) : (a.action ?? b.action),
  checkedFrom: Math.min(a.checkedFrom, b.checkedFrom),
  checkedTo: Math.max(a.checkedTo, b.checkedTo),
  windows: a.windows + b.windows,
  milliseconds: Math.max(a.milliseconds, b.milliseconds),
});
