// Word lists that are right but surely not meant: those that no row names, and those whose name is almost another's.
// The publish gate shows them with the other lints; they stop nothing.

import { formatSensitivity, isWithin } from "../core/sensitivity.ts";
import { nearestWord, type PolicyProblem } from "./problems.ts";
import type { PolicyRows } from "./rows.ts";
import { safetyLinks } from "./safety-points.ts";
import { lexiconCategory } from "../detect/words/lexicon.ts";
import { wordsFile, type ListedTerm } from "./words-file.ts";

export function lintWords(rows: PolicyRows, terms: readonly ListedTerm[]): readonly PolicyProblem[] {
  const lists = Map.groupBy(terms, ({ list }) => list);
  const { categories } = safetyLinks(rows);
  const isNamed = (list: string): boolean => {
    const reached = categories.reach(lexiconCategory(list));
    return rows.safety.some(({ category }) => category === "anything" || reached.has(category));
  };
  const ceilings = rows.grants.flatMap(({ effect, does, data }) =>
    effect === "allow" && data.kind === "ceiling" && does.actions.includes("complete") ? [data.ceiling] : [],
  );
  const nowhere = terms
    .filter(({ data }) => data && !ceilings.some((ceiling) => isWithin(data, ceiling)))
    .map(({ line, data }) => ({ line, said: data ? formatSensitivity(data) : "" }));
  const unanswered = [...Map.groupBy(nowhere, ({ said }) => said)].map(([said, [first]]) =>
    lint(first?.line ?? 0, `a request with it goes nowhere: no row allows ${said} to complete`),
  );
  const named = [...lists].flatMap(([list, [first, ...more]]) => {
    const line = first?.line ?? 0;
    const others = [...lists.keys()].filter((name) => name !== list);
    const near = more.length === 0 ? nearestWord(list, others) : undefined;
    return [
      ...(isNamed(list)
        ? []
        : [lint(line, `no p2 row names the list ${list}, so that its phrases are blocked`)]),
      ...(near === undefined
        ? []
        : [lint(line, `the list ${list} has one phrase`, `did you mean "${near}"?`)]),
    ];
  });
  return [...named, ...unanswered].toSorted((a, b) => a.line - b.line);
}

const lint = (line: number, message: string, suggestion?: string): PolicyProblem => ({
  file: wordsFile,
  line,
  column: 0,
  message,
  suggestion,
});
