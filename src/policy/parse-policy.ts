// Reads policy.csv whole: every row checked against its columns, every problem found in one pass.
// Loading, checking and formatting call it; where there is a problem there are no rows.

import { columns, type Column, type RowContext } from "./columns.ts";
import { readCsv, type CsvRow } from "./csv.ts";
import { suggest, type PolicyProblem } from "./problems.ts";
import type { GrantRow, LinkRow, ObserveRow, PolicyRow, PolicyRows } from "./rows.ts";
import { isSafetyRow, isRegimeRow, redactionGaps } from "./safety-grammar.ts";
import { categoryRoots, effects, isName, vocabularyOf, wordKinds } from "./vocabulary.ts";

export const policyFile = "policy.csv";

export type ParsedPolicy =
  | { readonly ok: true; readonly rows: PolicyRows }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** `lists` are those of words.csv beside it. */
export function parsePolicy(csv: string, now: number, lists?: readonly string[]): ParsedPolicy {
  const { rows, faults } = readCsv(csv);
  const problems: PolicyProblem[] = faults.map((fault) => problem(fault.line, 0, fault.message));
  const vocabulary = vocabularyOf(rows.flatMap(declaredWord), lists);
  const groups = new Set(rows.flatMap((row) => (row.cells[0] === "g3" ? [row.cells[2] ?? ""] : [])));
  const all = rows.flatMap((row) => {
    const effect = effects.find((known) => known === row.cells[2]);
    const parsed = readRow(row, { vocabulary, groups, now, effect, action: row.cells[2] }, problems);
    return parsed === undefined ? [] : [parsed];
  });
  findRepetitions(rows, problems);
  if (rows.length === 0) problems.push(problem(0, 0, "the file has no rows; an empty policy is never used"));
  else if (!rows.some((row) => row.cells[0] === "p")) {
    problems.push(problem(0, 0, "no p row says what is allowed; such a policy is never used"));
  }
  const parsed = sorted(vocabulary, all);
  for (const { line, message, suggestion } of redactionGaps(parsed))
    problems.push(problem(line, dataColumn, message, suggestion));
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, rows: parsed };
}

function sorted(vocabulary: PolicyRows["vocabulary"], all: readonly PolicyRow[]): PolicyRows {
  return {
    vocabulary,
    all,
    grants: all.filter((row): row is GrantRow => row.type === "p"),
    safety: all.filter(isSafetyRow),
    regime: all.filter(isRegimeRow),
    observe: all.filter((row): row is ObserveRow => row.type === "p3"),
    links: all.filter((row): row is LinkRow => row.type === "g" || row.type === "g2" || row.type === "g3"),
  };
}

/** Of a `p2` row, the type counted. */
const dataColumn = columns.p2.findIndex((column) => column.name === "data") + 2;

function readRow(row: CsvRow, context: RowContext, problems: PolicyProblem[]): PolicyRow | undefined {
  const [type = "", ...cells] = row.cells;
  if (!isRowType(type)) {
    const known = suggest(type, Object.keys(columns));
    problems.push(problem(row.line, 1, `unknown row type "${type}"`, known));
    return undefined;
  }
  const expected = columns[type];
  if (!hasItsColumns(row, expected, problems)) return undefined;
  const before = problems.length;
  const values: Record<string, unknown> = {};
  expected.forEach((column, index) => {
    const cell = column.read(cells[index] ?? "", context);
    if (cell.ok) values[column.name] = cell.value;
    else
      for (const { message, suggestion } of cell.faults) {
        problems.push(problem(row.line, index + 2, message, suggestion));
      }
  });
  if (problems.length > before) return undefined;
  // The columns table gives each row type exactly the fields of its interface; a test reads one of each.
  return { type, line: row.line, cells, ...renamed(values) } as unknown as PolicyRow;
}

/** The `rule` column is what the rest of the code calls a row's id. */
function renamed({ rule, ...values }: Record<string, unknown>): Record<string, unknown> {
  return rule === undefined ? values : { id: rule, ...values };
}

function hasItsColumns(row: CsvRow, expected: readonly Column[], problems: PolicyProblem[]): boolean {
  const found = row.cells.length;
  const wanted = expected.length + 1;
  const lacksReason = found === wanted - 1 && expected.at(-1)?.name === "because";
  // A row that lacks only its reason is read on, so that its other cells are checked in the same pass.
  if (found === wanted || lacksReason) return true;
  const names = ["type", ...expected.map((column) => column.name)].join(", ");
  problems.push(
    problem(
      row.line,
      0,
      `a ${row.cells[0]} row has ${wanted} columns, this one has ${found}`,
      `they are: ${names}`,
    ),
  );
  return false;
}

/** A rule id names one row, and a link or word said twice is a slip. */
function findRepetitions(rows: readonly CsvRow[], problems: PolicyProblem[]): void {
  const firstLines = new Map<string, number>();
  for (const { line, cells } of rows) {
    const [type = "", second = "", third = ""] = cells;
    if (!isRowType(type) || second === "") continue;
    const isRule = columns[type][0]?.name === "rule";
    const key = isRule ? `rule ${second}` : `${type} row ${second}, ${third}`;
    const first = firstLines.get(key);
    if (first === undefined) firstLines.set(key, line);
    else
      problems.push(
        problem(
          line,
          2,
          `the ${key} already stands in line ${first}`,
          isRule ? "give each rule its own name" : "remove one",
        ),
      );
  }
}

function declaredWord({ cells }: CsvRow): { kind: (typeof wordKinds)[number]; name: string }[] {
  const kind = wordKinds.find((known) => known === cells[1]);
  const name = cells[2] ?? "";
  const valid = cells[0] === "word" && kind !== undefined && isName(name);
  return valid && !categoryRoots.some((root) => root === name) ? [{ kind, name }] : [];
}

const isRowType = (type: string): type is PolicyRow["type"] => Object.hasOwn(columns, type);

const problem = (line: number, column: number, message: string, suggestion?: string): PolicyProblem => ({
  file: policyFile,
  line,
  column,
  message,
  suggestion,
});
