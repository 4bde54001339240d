// Prints what happens to answers for people: how they are judged, and what is blocked, cut out and flagged.
// The matrix and the explanations use it.

import { table } from "./table.ts";

type Action = "BLOCK" | "REDACT" | "FLAG";

interface Rule {
  readonly id: string;
  readonly sentence: string;
  readonly line: number;
}

export interface Terms {
  readonly mode: string;
  readonly input: string;
  readonly needsSemantic: boolean;
  readonly failOpen: boolean;
  readonly decidedBy: readonly Rule[];
  readonly findings: readonly {
    readonly category: string;
    readonly action: Action;
    readonly decidedBy: Rule | null;
  }[];
}

const ruleFields = "{ id sentence line }";
export const termFields = `{ mode input needsSemantic failOpen decidedBy ${ruleFields} findings { category action decidedBy ${ruleFields} } }`;

interface Line {
  readonly role: string;
  readonly data: string;
  readonly terms: Terms;
}

/** Kinds of data that are treated alike stand in one line. */
export function termsTable(lines: readonly Line[]): string {
  const alike = new Map<string, { readonly cells: readonly string[]; readonly data: string[] }>();
  for (const { role, data, terms } of lines) {
    const cells = [role, ...cellsOf(terms)];
    const known = alike.get(cells.join("|"));
    if (known) known.data.push(data);
    else alike.set(cells.join("|"), { cells, data: [data] });
  }
  const rows = [...alike.values()].map(({ cells: [role = "", ...cells], data }) => [
    role,
    data.join(" "),
    ...cells,
  ]);
  return table(["ROLE", "DATA", "JUDGED", "BLOCKED", "CUT OUT", "FLAGGED"], rows);
}

const cellsOf = (terms: Terms): readonly string[] => [
  judged(terms),
  ...(["BLOCK", "REDACT", "FLAG"] as const).map((action) => named(terms, action)),
];

export function termLines(terms: Terms | undefined): readonly string[] {
  if (terms === undefined) return [];
  const doing = { BLOCK: "blocked", REDACT: "cut out", FLAG: "flagged" } as const;
  const rules = new Map<string, Rule>();
  for (const rule of [...terms.decidedBy, ...terms.findings.flatMap((one) => one.decidedBy ?? [])])
    rules.set(rule.id, rule);
  return [
    `Answers: ${judged(terms)}`,
    ...(Object.keys(doing) as Action[]).map((action) => `  ${doing[action]}: ${named(terms, action)}`),
    ...[...rules.values()].map(({ id, line, sentence }) => `    policy.csv:${line} ${id}: ${sentence}`),
  ];
}

function judged({ mode, input, needsSemantic, failOpen }: Terms): string {
  const words = [mode.toLowerCase(), input === "BEFORE" ? "input first" : "input alongside"];
  if (needsSemantic) words.push("classifier demanded");
  if (failOpen) words.push("fails open");
  return words.join(", ");
}

const hazards = Array.from({ length: 14 }, (_, index) => `S${index + 1}`);

/** A part is left out where the whole is named. */
function named({ findings }: Terms, action: Action): string {
  const names = findings.filter((one) => one.action === action).map((one) => one.category);
  const whole = names.filter((name) => !names.some((other) => name.startsWith(`${other}.`)));
  const all = hazards.every((hazard) => whole.includes(hazard));
  const told = all ? ["S1-S14", ...whole.filter((name) => !hazards.includes(name))] : whole;
  return told.length === 0 ? "nothing" : told.join(" ");
}
