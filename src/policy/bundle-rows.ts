// Reads what a bundle says in tables: the rows of policy.csv and the phrases of words.csv, which name each other's words.
// Loading, testing and comparing bundles call it; where there is a problem in either there is nothing.

import { parsePolicy, policyFile } from "./parse-policy.ts";
import type { PolicyProblem } from "./problems.ts";
import type { PolicyRows } from "./rows.ts";
import type { BundleFiles } from "./version-book.ts";
import { readWords, wordsFile, type ListedTerm } from "./words-file.ts";

export type BundleRows =
  | { readonly ok: true; readonly rows: PolicyRows; readonly terms: readonly ListedTerm[] }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

export function readBundleRows(files: BundleFiles, now: number): BundleRows {
  const words = readWords(files);
  const csv = files[policyFile];
  if (csv === undefined) {
    const missing = { file: policyFile, line: 0, column: 0, message: "is missing from the bundle" };
    return { ok: false, problems: [missing, ...words.problems] };
  }
  const parsed = parsePolicy(csv, now, words.lists);
  if (!parsed.ok) return { ok: false, problems: [...parsed.problems, ...words.problems] };
  const { terms, problems } = words.terms(parsed.rows.vocabulary);
  const all = [...words.problems, ...problems];
  return all.length > 0 ? { ok: false, problems: all } : { ok: true, rows: parsed.rows, terms };
}

/**
 * Rows that name a list where there are none at all. Versions from before there were word lists may hold some,
 * so that only a new version is refused for it.
 */
export function listsWithoutFile({ vocabulary, safety, links }: PolicyRows): readonly PolicyProblem[] {
  if (vocabulary.lists !== undefined) return [];
  const named = [
    ...safety.map(({ line, category }) => ({ line, column: 6, category })),
    ...links.map(({ line, from }) => ({ line, column: 2, category: from })),
  ];
  return named
    .filter(({ category }) => category.startsWith("lexicon."))
    .map(({ line, column, category }) => ({
      file: policyFile,
      line,
      column,
      message: `"${category}" is a list of ${wordsFile}, and there is no such file`,
      suggestion: "write: lexicon, or add the file",
    }));
}
