// What the gateway may cost at most, as ratios to a baseline measured in the same run.
// `--check` compares; the numbers are promises, so a change of one needs a reason.

import type { CaseResult } from "./measure.ts";

interface Budget {
  readonly case: string;
  readonly contestant: string;
  readonly atMost: number;
  readonly aim: number;
}

const budgets: readonly Budget[] = [
  { case: "rest-whole", contestant: "portcullis-postgres", atMost: 2.2, aim: 1.7 },
  { case: "rest-whole", contestant: "portcullis-pglite", atMost: 4, aim: 3 },
  { case: "rest-stream", contestant: "portcullis-postgres", atMost: 1.8, aim: 1.3 },
  { case: "graphql-complete", contestant: "portcullis-postgres", atMost: 0.75, aim: 0.5 },
  { case: "graphql-subscription", contestant: "portcullis-postgres", atMost: 2, aim: 1.3 },
  { case: "graphql-catalog", contestant: "portcullis-postgres", atMost: 0.8, aim: 0.3 },
];

export interface Verdict extends Budget {
  readonly ratio: number;
  readonly kept: boolean;
}

/** Only of what was measured. */
export function judge(results: readonly CaseResult[]): readonly Verdict[] {
  return budgets.flatMap((budget) => {
    const result = results.find(({ name }) => name === budget.case);
    const line = result?.lines.find(({ contestant }) => contestant === budget.contestant);
    if (line === undefined || Number.isNaN(line.ratio)) return [];
    return [{ ...budget, ratio: line.ratio, kept: line.ratio <= budget.atMost }];
  });
}
