// What a candidate would open and close against another version, in sentences, with the rows behind it.
// The publish gate and `portcullis policy diff` show it; only the widest changes are told.

import { formatSensitivity, isWithin, levels, sensitivity, type Sensitivity } from "../core/sensitivity.ts";
import { applies, evaluate, rowsFor } from "./compiled.ts";
import type { GrantQuestion } from "./casbin-engine.ts";
import { diffSafety, type SafetyDiff } from "./diff-safety.ts";
import { Links } from "./links.ts";
import { momentsOf, subjectsOf } from "./never.ts";
import type { GrantRow, PolicyRows } from "./rows.ts";
import { joinWords } from "./sentences.ts";
import { actions } from "./vocabulary.ts";

export interface PolicyDiff {
  readonly opens: readonly PolicyChange[];
  readonly closes: readonly PolicyChange[];
  /** In what happens to answers. */
  readonly safety: SafetyDiff;
}

interface PolicyChange {
  readonly who: string;
  readonly actions: readonly string[];
  readonly data: Sensitivity;
  /** What the provider promises, or `vendor:x` and the like. */
  readonly provider: readonly string[];
  readonly purpose: string | undefined;
  readonly sentence: string;
  /** The row that decides it, in the version that allows it, and in the other one where a row denies it. */
  readonly rows: readonly {
    readonly version: "before" | "after";
    readonly line: number;
    readonly rule: string;
    readonly csv: string;
  }[];
}

interface Side {
  readonly rowsOf: (who: string) => readonly GrantRow[];
  readonly guarantees: Links;
}

interface Point {
  readonly who: string;
  readonly action: string;
  readonly data: Sensitivity;
  readonly provider: readonly string[];
  readonly purpose: string | undefined;
}

export function diffPolicies(before: PolicyRows, after: PolicyRows, now: number = Date.now()): PolicyDiff {
  const sides = { before: sideOf(before), after: sideOf(after) };
  const opens: Point[] = [];
  const closes: Point[] = [];
  // Where a row looks at the clock, a change at any time of day is a change.
  const moments = [...new Set([...momentsOf(before, now), ...momentsOf(after, now)])];
  for (const point of pointsOf(before, after)) {
    for (const moment of moments) {
      const was = isAllowed(sides.before, point, moment);
      const is = isAllowed(sides.after, point, moment);
      if (was === is) continue;
      (is ? opens : closes).push(point);
      break;
    }
  }
  return {
    opens: told(opens, sides.after, sides.before, "after"),
    closes: told(closes, sides.before, sides.after, "before"),
    safety: diffSafety(before, after),
  };
}

function sideOf(rows: PolicyRows): Side {
  const teams = new Links(rows.links.filter((link) => link.type === "g"));
  const known = new Map<string, readonly GrantRow[]>();
  return {
    guarantees: new Links(rows.links.filter((link) => link.type === "g2")),
    rowsOf(who) {
      const own = known.get(who) ?? rowsFor(rows.grants, who, teams);
      known.set(who, own);
      return own;
    },
  };
}

function questionOf(side: Side, point: Point, now: number): GrantQuestion {
  const atoms = new Set(point.provider.flatMap((word) => [...side.guarantees.reach(word)]));
  const circumstances = {
    purpose: point.purpose,
    environment: "production",
    now,
    breakGlass: false,
  } as const;
  return {
    subjects: point.who,
    action: point.action,
    data: point.data,
    deployment: { atoms, uncertain: [] },
    circumstances,
  };
}

function isAllowed(side: Side, point: Point, now: number): boolean {
  return evaluate(side.rowsOf(point.who), questionOf(side, point, now));
}

/** Every corner at which any row of either version can change its answer. */
function* pointsOf(before: PolicyRows, after: PolicyRows): Generator<Point> {
  const grants = [...before.grants, ...after.grants];
  const data = dataPoints(grants);
  const providers = providerPoints(grants);
  const purposes = new Set([
    undefined,
    ...grants.flatMap((row) =>
      row.when.conditions.flatMap((one) => (one.kind === "purpose" ? [one.purpose] : [])),
    ),
  ]);
  for (const who of new Set([...subjectsOf(before), ...subjectsOf(after)])) {
    for (const action of actions) {
      for (const purpose of purposes) {
        for (const one of data)
          for (const provider of providers) yield { who, action, data: one, provider, purpose };
      }
    }
  }
}

function dataPoints(grants: readonly GrantRow[]): readonly Sensitivity[] {
  const ceilings = grants.flatMap((row) => (row.data.kind === "ceiling" ? [row.data.ceiling] : []));
  const labels = new Set(ceilings.flatMap((ceiling) => ceiling.labels));
  const alone = levels.flatMap((level) => [
    sensitivity(level),
    ...[...labels].map((label) => sensitivity(level, [label])),
  ]);
  return [...new Map([...ceilings, ...alone].map((data) => [formatSensitivity(data), data])).values()];
}

function providerPoints(grants: readonly GrantRow[]): readonly (readonly string[])[] {
  const asked = grants.map((row) => (row.provider.kind === "anywhere" ? [] : row.provider.words));
  const words = [
    ...new Set(
      grants.flatMap((row) =>
        row.provider.kind === "with" || row.provider.kind === "unless" ? row.provider.words : [],
      ),
    ),
  ];
  const identities = [
    ...new Set(grants.flatMap((row) => (row.provider.kind === "if" ? row.provider.words : []))),
  ].map((word) => word.toLowerCase());
  const sets = [
    [],
    words,
    ...words.map((word) => [word]),
    ...words.map((word) => words.filter((other) => other !== word)),
    ...asked.filter((set) => !set.some((word) => identities.includes(word))),
  ];
  const named = identities.flatMap((identity) => [[identity], [...words, identity]]);
  return [...new Map([...sets, ...named].map((set) => [set.toSorted().join(" "), set])).values()];
}

/** Points that a wider one of the same kind covers are left out, and actions are joined. */
function told(
  points: readonly Point[],
  allowing: Side,
  refusing: Side,
  version: "before" | "after",
): readonly PolicyChange[] {
  const widest = points.filter(
    (point) =>
      !points.some(
        (other) =>
          other !== point &&
          covers(other, point) &&
          !(covers(point, other) && points.indexOf(point) < points.indexOf(other)),
      ),
  );
  const groups = new Map<string, Point[]>();
  for (const point of widest) {
    const key = [
      point.who,
      formatSensitivity(point.data),
      point.provider.toSorted().join(" "),
      point.purpose,
    ].join("|");
    groups.set(key, [...(groups.get(key) ?? []), point]);
  }
  return [...groups.values()].flatMap(([first, ...more]) => {
    if (first === undefined) return [];
    const deeds = [first, ...more].map((point) => point.action);
    const rows = [
      rowBehind(allowing, first, "allow", version),
      rowBehind(refusing, first, "deny", version === "after" ? "before" : "after"),
    ];
    return [
      {
        ...first,
        actions: deeds,
        sentence: sentenceOf(first, deeds, version),
        rows: rows.flatMap((row) => row ?? []),
      },
    ];
  });
}

const covers = (wide: Point, narrow: Point): boolean =>
  wide.who === narrow.who &&
  wide.action === narrow.action &&
  (wide.purpose === undefined || wide.purpose === narrow.purpose) &&
  isWithin(narrow.data, wide.data) &&
  wide.provider.every((word) => narrow.provider.includes(word));

function rowBehind(side: Side, point: Point, effect: "allow" | "deny", version: "before" | "after") {
  const own = side.rowsOf(point.who);
  const row = own.find((one) => one.effect === effect && applies(one, questionOf(side, point, Date.now())));
  return row && { version, line: row.line, rule: row.id, csv: ["p", ...row.cells].join(", ") };
}

function sentenceOf(point: Point, deeds: readonly string[], version: "before" | "after"): string {
  const who = point.who === "" ? "anyone" : point.who;
  const where =
    point.provider.length === 0
      ? "at a provider that promises nothing"
      : `at a provider with ${joinWords(point.provider, "and")}`;
  const purpose = point.purpose === undefined ? "" : `, for the purpose ${point.purpose}`;
  const may = version === "after" ? "may now" : "may no longer";
  return `${who} ${may} ${joinWords(deeds, "and")} with ${formatSensitivity(point.data)} ${where}${purpose}.`;
}
