// What every bundle must pass before it becomes a version: schema, tests, invariants, and a snapshot
// that proves itself. Lints and stale sentences are told and stop nothing. Nothing is published past it.

import type { Catalog } from "../catalog/catalog.ts";
import { hashBundle } from "../policy/bundle.ts";
import { staleSentences } from "../policy/format-policy.ts";
import { graphFile, parseGraph, type EntityType } from "../policy/graph-file.ts";
import { listsWithoutFile } from "../policy/bundle-rows.ts";
import { lintGraph, lintPolicy } from "../policy/lints.ts";
import { loadPolicy, type LoadedPolicy } from "../policy/load-policy.ts";
import { policyFile } from "../policy/parse-policy.ts";
import { PolicyProblems, type PolicyProblem } from "../policy/problems.ts";
import { parseRoutes } from "../policy/routes-file.ts";
import type { TestResult } from "../policy/run-tests.ts";
import type { BundleFiles } from "../policy/version-book.ts";
import { lintWords } from "../policy/words-lints.ts";
import { everyResult, runBundleTests } from "./bundle-tests.ts";
import { lintRoutes } from "./route-lints.ts";

export interface PassedGate {
  readonly files: BundleFiles;
  readonly sha256: string;
  readonly policy: LoadedPolicy;
  /** What is right but surely not meant. */
  readonly warnings: readonly PolicyProblem[];
  /** Cases and invariants that hold: all of them. */
  readonly testsHeld: number;
}

/**
 * Throws `PolicyProblems` with everything that is wrong. `version` is the number it would get; routes
 * are looked up in `catalog`, or in what the package knows.
 */
export async function passGate(
  files: BundleFiles,
  version: number,
  catalog?: () => Catalog,
): Promise<PassedGate> {
  const problems: PolicyProblem[] = [];
  const policy = await collecting(problems, () => loadPolicy({ files, version }));
  const report = await collecting(problems, () => runBundleTests(files, Date.now(), catalog));
  const results = report ? everyResult(report) : [];
  problems.push(...results.filter(({ ok }) => !ok).map(failedTest));
  const routes = policy && lintRoutes(parseRoutes(files), policy.rows, catalog);
  problems.push(...(routes?.problems ?? []), ...(policy ? listsWithoutFile(policy.rows) : []));
  if (policy === undefined || problems.length > 0) throw new PolicyProblems(distinct(problems));
  const graph = parseGraph(files, policy.rows.vocabulary);
  const taken = await takenNames(graph);
  if (taken.length > 0) throw new PolicyProblems(taken);
  return {
    files,
    sha256: hashBundle(files),
    policy,
    warnings: [
      ...lintPolicy(policy.rows),
      ...lintWords(policy.rows, policy.terms),
      ...lintGraph(policy.rows, graph),
      ...staleProblems(files),
      ...(routes?.warnings ?? []),
    ],
    testsHeld: results.length,
  };
}

/** As a problem of policy.csv: what the sentence above a row should say. */
export function staleProblems(files: BundleFiles): readonly PolicyProblem[] {
  return staleSentences(files[policyFile] ?? "").map(({ line, rule, expected }) => ({
    file: policyFile,
    line,
    column: 0,
    message: `the sentence above ${rule ?? "the row"} is stale`,
    suggestion: `it should read "${expected}"; portcullis policy fmt writes it`,
  }));
}

/** The schema is made only where types could clash with it. */
async function takenNames(graph: readonly EntityType[]): Promise<readonly PolicyProblem[]> {
  if (graph.length === 0) return [];
  const { ownTypeNames } = await import("../graphql/own-types.ts");
  return graph.filter(({ name }) => ownTypeNames.has(name)).map(takenName);
}

const takenName = ({ name, fields }: EntityType): PolicyProblem => ({
  file: graphFile,
  line: fields[0]?.line ?? 0,
  column: 0,
  message: `${name} is a type of Portcullis itself`,
});

const failedTest = ({ name, line, found }: TestResult): PolicyProblem => ({
  file: "tests.yaml",
  line,
  column: 0,
  message: `does not hold: ${name}`,
  suggestion: `found instead: ${found ?? "something else"}`,
});

async function collecting<T>(problems: PolicyProblem[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PolicyProblems)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

/** Loading and testing both read the same rows, and both say what is wrong with them. */
function distinct(problems: readonly PolicyProblem[]): readonly PolicyProblem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
