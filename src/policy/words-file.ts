// Reads words.csv: lists of words and phrases that a company looks for, one phrase a row, every problem in one pass.
// Loading a policy checks it with the rest of the bundle; what it reads is compiled once a version.

import { mostLists, type Term } from "../detect/words/lexicon.ts";
import { spellingsOf, wordsOf } from "../detect/words/spellings.ts";
import { longestPhrase } from "../detect/words/term-run.ts";
import { parseSensitivity } from "../core/sensitivity.ts";
import { readCsv, type CsvRow } from "./csv.ts";
import type { PolicyProblem } from "./problems.ts";
import type { BundleFiles } from "./version-book.ts";
import { isName, type Vocabulary } from "./vocabulary.ts";

export const wordsFile = "words.csv";

const columns = ["list", "phrase", "description", "data"];
const mostPhrases = 5_000;

export interface ListedTerm extends Term {
  readonly line: number;
}

export interface Words {
  /** Undefined where the bundle has no such file: then nobody says which lists there are. */
  readonly lists: readonly string[] | undefined;
  readonly problems: readonly PolicyProblem[];
  /** What the data cells mean is for the labels of policy.csv to say. */
  terms(vocabulary: Pick<Vocabulary, "labels">): {
    readonly terms: readonly ListedTerm[];
    readonly problems: readonly PolicyProblem[];
  };
}

export function readWords(files: BundleFiles): Words {
  const text = files[wordsFile];
  if (text === undefined)
    return { lists: undefined, problems: [], terms: () => ({ terms: [], problems: [] }) };
  const { rows, faults } = readCsv(text, "list");
  const problems = faults.map(({ line, message }) => problem(line, 0, message));
  const good = rows.filter((row) => isRow(row, problems));
  findRepetitions(good, problems);
  const lists = [...new Set(good.map(({ cells }) => cells[0] ?? ""))].sort();
  if (good.length > mostPhrases)
    problems.push(problem(0, 0, `has ${good.length} phrases; ${mostPhrases} are the most`));
  if (lists.length > mostLists)
    problems.push(problem(0, 0, `has ${lists.length} lists; ${mostLists} are the most`));
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  return { lists, problems, terms: ({ labels }) => termsOf(good, labels) };
}

function isRow({ line, cells }: CsvRow, problems: PolicyProblem[]): boolean {
  const [list = "", phrase = ""] = cells;
  const before = problems.length;
  if (cells.length > columns.length) {
    const message = `a row has at most ${columns.length} columns, this one has ${cells.length}`;
    problems.push(problem(line, 0, message, `they are: ${columns.join(", ")}; quote a phrase with commas`));
  }
  if (!isName(list)) {
    const what = list === "" ? "the list is missing" : `"${list}" is no name of a list`;
    problems.push(problem(line, 1, what, "use lower-case letters, digits, dots and hyphens"));
  }
  const why = whyUseless(phrase);
  if (why !== undefined) problems.push(problem(line, 2, ...why));
  return problems.length === before;
}

const sayable = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

/** Undefined where it can be looked for. */
function whyUseless(phrase: string): [message: string, suggestion?: string] | undefined {
  if (phrase === "") return ["the phrase is missing", `write: ${columns.slice(0, 3).join(", ")}`];
  const longest = Math.max(phrase.length, ...spellingsOf(phrase).map(({ words }) => words.join(" ").length));
  if (longest > longestPhrase)
    return [
      `the phrase has ${longest} characters; ${longestPhrase} are the most`,
      "the guard of a stream holds no more text back: list the words that tell it",
    ];
  if (!sayable.test(phrase)) return [`"${phrase}" holds no letter and no digit`];
  return Array.from(wordsOf(phrase).join("")).length < 2
    ? [`"${phrase}" is one character, which is found everywhere`]
    : undefined;
}

/** Case, gaps and disguise do not make another phrase. */
function findRepetitions(rows: readonly CsvRow[], problems: PolicyProblem[]): void {
  const lines = new Map<string, number>();
  for (const { line, cells } of rows) {
    const [list = "", phrase = ""] = cells;
    const key = `${list} ${wordsOf(phrase.normalize("NFC").toLowerCase()).join(" ")}`;
    const first = lines.get(key);
    if (first === undefined) lines.set(key, line);
    else
      problems.push(
        problem(line, 2, `${list} has "${phrase}" in line ${first} already`, "remove one of the two"),
      );
  }
}

function termsOf(rows: readonly CsvRow[], labels: ReadonlySet<string>): ReturnType<Words["terms"]> {
  const problems: PolicyProblem[] = [];
  const terms = rows.map(({ line, cells }): ListedTerm => {
    const [list = "", phrase = "", , tag = ""] = cells;
    if (tag === "") return { list, phrase, line };
    const data = parseSensitivity(tag, labels);
    if (data.ok) return { list, phrase, line, data: data.value };
    const usage = "write a level and labels that policy.csv knows, as: confidential+merger";
    problems.push(problem(line, 4, `data ${data.problem}`, usage));
    return { list, phrase, line };
  });
  return { terms, problems };
}

const problem = (line: number, column: number, message: string, suggestion?: string): PolicyProblem => ({
  file: wordsFile,
  line,
  column,
  message,
  suggestion,
});
