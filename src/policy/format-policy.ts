// Writes policy.csv neatly: columns aligned, and above each row the sentence that it stands for.
// `portcullis policy fmt` and `check` call it, so that reviewers read and compare sentences.

import { isComment, readCsv, splitLines, writeCell } from "./csv.ts";
import { parsePolicy } from "./parse-policy.ts";
import { PolicyProblems } from "./problems.ts";
import { ruleId, type PolicyRow } from "./rows.ts";
import { describeRow } from "./sentences.ts";

/** Marks the comments that the formatter owns; every other comment is a person's and stays. */
const mark = "#: ";

/** The same rows and comments; formatting twice changes nothing. Throws `PolicyProblems`. */
export function formatPolicy(csv: string, now: number = Date.now()): string {
  const rows = rowsByLine(csv, now);
  const widths = columnWidths([...rows.values()]);
  const written = splitLines(csv).flatMap((line, index) => {
    const row = rows.get(index + 1);
    if (row) return [`${mark}${describeRow(row)}`, writeRow(row, widths)];
    if (isSentence(line)) return [];
    // A header row of a spreadsheet says what the comments say; it is kept as one.
    const text = line.trim();
    if (text === "" || isComment(line)) return [unquoted(text)];
    return [`# ${readCells(text)}`];
  });
  return `${tidyBlankLines(written).join("\n")}\n`;
}

export interface StaleSentence {
  readonly line: number;
  readonly rule: string | undefined;
  readonly expected: string;
  /** Undefined where the row has no sentence at all. */
  readonly found: string | undefined;
}

/** Rows whose sentence is missing or says something else. Throws `PolicyProblems`. */
export function staleSentences(csv: string, now: number = Date.now()): readonly StaleSentence[] {
  const lines = splitLines(csv);
  return [...rowsByLine(csv, now)].flatMap(([line, row]) => {
    const above = unquoted(lines[line - 2]?.trim() ?? "");
    const found = isSentence(above) ? above.slice(mark.length) : undefined;
    const expected = describeRow(row);
    return found === expected ? [] : [{ line, rule: ruleId(row), expected, found }];
  });
}

function rowsByLine(csv: string, now: number): ReadonlyMap<number, PolicyRow> {
  const parsed = parsePolicy(csv, now);
  if (!parsed.ok) throw new PolicyProblems(parsed.problems);
  return new Map(parsed.rows.all.map((row) => [row.line, row]));
}

/** Widest cell of each column, per row type; the last column needs no padding. */
function columnWidths(rows: readonly PolicyRow[]): ReadonlyMap<string, readonly number[]> {
  const widths = new Map<string, number[]>();
  for (const row of rows) {
    const widest = widths.get(row.type) ?? [];
    [row.type, ...row.cells].forEach((cell, index) => {
      widest[index] = Math.max(widest[index] ?? 0, writeCell(cell).length);
    });
    widths.set(row.type, widest);
  }
  return widths;
}

function writeRow(row: PolicyRow, widths: ReadonlyMap<string, readonly number[]>): string {
  const cells = [row.type, ...row.cells].map(writeCell);
  const padded = cells.map((cell, index) =>
    index === cells.length - 1 ? cell : `${cell},`.padEnd((widths.get(row.type)?.[index] ?? 0) + 1),
  );
  return padded.join(" ");
}

const isSentence = (line: string): boolean => unquoted(line.trim()).startsWith(mark);

/** A spreadsheet quotes a comment with commas in it, and fills it up with separators. */
function unquoted(text: string): string {
  const bare = text.replace(/[,;]+$/, "");
  const quoted = /^"(.*)"$/.exec(bare)?.[1];
  return quoted === undefined ? (text.startsWith("#") ? bare.trimEnd() : text) : quoted.replaceAll('""', '"');
}

/** `readCsv` leaves header rows out, so the text is read as a row that is none. */
const readCells = (text: string): string =>
  readCsv(`x,${text.replaceAll(";", ",")}`)
    .rows[0]?.cells.slice(1)
    .join(", ") ?? text;

function tidyBlankLines(lines: readonly string[]): readonly string[] {
  const kept = lines.filter((line, index) => line !== "" || (index > 0 && lines[index - 1] !== ""));
  while (kept.at(-1) === "") kept.pop();
  return kept;
}
