// What is wrong with a bundle: every problem at once, each with its place and the nearest right word.
// The readers of `policy/` collect them; whoever loads or checks a bundle shows them to a person.

export interface PolicyProblem {
  /** As `policy.csv`. */
  readonly file: string;
  /** From 1; 0 where the problem is the whole file. */
  readonly line: number;
  /** The cell's place in its row, from 1; 0 where the problem is the whole row. */
  readonly column: number;
  readonly message: string;
  readonly suggestion?: string | undefined;
}

/** Thrown instead of a policy. Nothing of a bundle with a problem is ever applied. */
export class PolicyProblems extends Error {
  override readonly name = "PolicyProblems";
  readonly problems: readonly PolicyProblem[];

  constructor(problems: readonly PolicyProblem[]) {
    super(problems.map(formatProblem).join("\n"));
    this.problems = problems;
  }
}

export function formatProblem(problem: PolicyProblem): string {
  const place = [problem.file, ...[problem.line, problem.column].filter((part) => part > 0)].join(":");
  return `${place} ${problem.message}${problem.suggestion === undefined ? "" : `; ${problem.suggestion}`}`;
}

/** `did you mean "deny"?`, or the whole choice where it is short and nothing is near. */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  const choice = [...known];
  const near = nearestWord(word, choice);
  if (near !== undefined) return `did you mean "${near}"?`;
  return choice.length > 0 && choice.length <= 16 ? `one of ${choice.join(", ")}` : undefined;
}

/** The known word with the fewest differing letters; undefined where none is near enough to be meant. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const wanted = word.slice(0, 60).toLowerCase();
  let best: string | undefined;
  let fewest = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const edits = editDistance(wanted, candidate.toLowerCase());
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours, each counted once. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let edits = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) edits = Math.min(edits, at(beforeLast, j - 2) + 1);
      row.push(edits);
    }
    [beforeLast, last] = [last, row];
  }
  return at(last, b.length);
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.MAX_SAFE_INTEGER;
