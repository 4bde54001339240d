// What a candidate would loosen and tighten in what happens to answers, in sentences, with the rows behind it.
// `diff-policies.ts` adds it to what opens and closes; alike changes are told together.

import { formatSensitivity, isWithin, type Sensitivity } from "../core/sensitivity.ts";
import { compileSafety, type CompiledRegime } from "./compiled-safety.ts";
import type { PolicyRows, RegimeRow, SafetyRow } from "./rows.ts";
import { categoriesOf, dataOf, readersOf, unnamedCategory } from "./safety-points.ts";
import { joinWords } from "./sentences.ts";
import { safetyActions } from "./vocabulary.ts";

type P2Row = SafetyRow | RegimeRow;

export interface SafetyChange {
  /** For whom; empty for anyone. */
  readonly who: string;
  /** Categories of findings; empty where the change is in how answers are judged. */
  readonly categories: readonly string[];
  /** The least and the most sensitive data of which it is so. */
  readonly from: readonly Sensitivity[];
  readonly upTo: readonly Sensitivity[];
  readonly before: string;
  readonly after: string;
  readonly sentence: string;
  readonly rows: readonly SafetyChangedRow[];
}

interface SafetyChangedRow {
  readonly version: "before" | "after";
  readonly line: number;
  readonly rule: string;
  readonly csv: string;
}

export interface SafetyDiff {
  readonly loosens: readonly SafetyChange[];
  readonly tightens: readonly SafetyChange[];
}

/** One answer, as strict as it is: more is stricter. */
interface Answer {
  readonly strictness: number;
  readonly words: string;
  readonly row: P2Row | undefined;
}

interface Difference {
  readonly who: string;
  readonly data: Sensitivity;
  readonly about: string;
  readonly was: Answer;
  readonly is: Answer;
}

export function diffSafety(before: PolicyRows, after: PolicyRows): SafetyDiff {
  const sides = [before, after] as const;
  const data = dataOf(sides.flatMap((side) => [...side.safety, ...side.regime]));
  const categories = [...new Set(sides.flatMap(categoriesOf))];
  const differences: Difference[] = [];
  for (const who of new Set(sides.flatMap(readersOf))) {
    const [was, is] = [answersFor(before, who), answersFor(after, who)];
    for (const about of [...categories, ...regimeParts]) {
      for (const one of data) {
        const [old, now] = [was(about, one), is(about, one)];
        if (old.strictness !== now.strictness) differences.push({ who, data: one, about, was: old, is: now });
      }
    }
  }
  return {
    loosens: told(differences.filter(({ was, is }) => is.strictness < was.strictness)),
    tightens: told(differences.filter(({ was, is }) => is.strictness > was.strictness)),
  };
}

const regimeParts = ["mode", "input", "classifier", "failure"] as const;

const done = { block: "blocked", redact: "cut out", flag: "shown and flagged" } as const;

type Answers = (about: string, data: Sensitivity) => Answer;

function answersFor(rows: PolicyRows, who: string): Answers {
  const compiled = compileSafety(rows, who);
  return (about, data) => {
    const part = regimeParts.find((known) => known === about);
    if (part !== undefined) return regimeAnswer(compiled.regime(data), part);
    const { action, row } = compiled.finding(about, data);
    return { strictness: -safetyActions.indexOf(action), words: done[action], row };
  };
}

function regimeAnswer(
  { mode, input, needsSemantic, failOpen, rows }: CompiledRegime,
  part: (typeof regimeParts)[number],
): Answer {
  const said = {
    mode: [["lookahead", "hold", "complete"].indexOf(mode), modeWords[mode]],
    input: [
      Number(input === "before"),
      `input judged ${input === "before" ? "before it is sent" : "alongside"}`,
    ],
    classifier: [
      Number(needsSemantic),
      `a semantic classifier ${needsSemantic ? "demanded" : "not demanded"}`,
    ],
    failure: [
      Number(!failOpen),
      failOpen ? "shown unjudged where classifiers fail" : "withheld where classifiers fail",
    ],
  } as const;
  const [strictness, words] = said[part];
  return { strictness, words, row: rows.find(speaksOf[part]) };
}

const modeWords = {
  complete: "judged whole before any of it is shown",
  hold: "held part by part until judged",
  lookahead: "shown ahead of the verdict",
} as const;

const speaksOf: Readonly<Record<(typeof regimeParts)[number], (row: RegimeRow) => boolean>> = {
  mode: ({ action }) => action === "complete" || action === "hold" || action === "lookahead",
  input: ({ action }) => action === "check-first",
  classifier: ({ action }) => action === "demand",
  failure: ({ action }) => action === "fail-open",
};

/** What happens to several categories alike is told once, and what happens to anyone is not told again for some. */
function told(differences: readonly Difference[]): readonly SafetyChange[] {
  const regions = new Map<string, Difference[]>();
  for (const one of differences) {
    const key = [one.who, one.about, one.was.words, one.is.words].join("|");
    regions.set(key, [...(regions.get(key) ?? []), one]);
  }
  const alike = new Map<string, Difference[][]>();
  for (const [key, region] of regions) {
    const [first] = region;
    if (first === undefined) continue;
    const forAnyone = first.who === "" ? [] : (regions.get(key.slice(first.who.length)) ?? []);
    if (region.every(({ data }) => forAnyone.some((other) => other.data === data))) continue;
    const part = regimeParts.some((known) => known === first.about) ? first.about : "finding";
    const where = region.map(({ data }) => formatSensitivity(data)).join(" ");
    const group = [first.who, part, first.was.words, first.is.words, where].join("|");
    alike.set(group, [...(alike.get(group) ?? []), region]);
  }
  return [...alike.values()].map(changeOf);
}

/** Regions of one reader, alike in all but what they are about. */
function changeOf(regions: readonly (readonly Difference[])[]): SafetyChange {
  const some = regions.flat();
  const [{ who, was, is, about }] = some as [Difference, ...Difference[]];
  const isRegime = regimeParts.some((part) => part === about);
  const categories = isRegime
    ? []
    : regions.map(([one]) => (one?.about === unnamedCategory ? "anything else" : (one?.about ?? "")));
  const what = isRegime ? "Answers" : `Findings of ${joinWords(categories, "and")} in answers`;
  const data = [...new Set(some.map((one) => one.data))];
  const from = data.filter((one) => !data.some((other) => other !== one && isWithin(other, one)));
  const upTo = data.filter((one) => !data.some((other) => other !== one && isWithin(one, other)));
  const rows = some.flatMap((one) => [rowOf(one.was, "before"), rowOf(one.is, "after")]);
  const distinct = new Map(
    rows.flatMap((row) => (row ? [[`${row.version} ${row.rule}`, row] as const] : [])),
  );
  const reader = who === "" ? "" : ` for ${who}`;
  return {
    who,
    categories,
    from,
    upTo,
    before: was.words,
    after: is.words,
    sentence: `${what} about ${dataSaid(from, upTo)}${reader}: so far ${was.words}, now ${is.words}.`,
    rows: [...distinct.values()],
  };
}

function dataSaid(from: readonly Sensitivity[], upTo: readonly Sensitivity[]): string {
  const [least, most] = [from, upTo].map((some) => joinWords(some.map(formatSensitivity), "and"));
  return least === most ? `${least}` : `${least} up to ${most}`;
}

const rowOf = ({ row }: Answer, version: "before" | "after"): SafetyChangedRow | undefined =>
  row && { version, line: row.line, rule: row.id, csv: ["p2", ...row.cells].join(", ") };
