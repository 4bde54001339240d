// Runs everything in tests.yaml: what the policy must say, and what routes must come to.
// The publish gate, `portcullis policy test` and doctor call it.

import { parsePolicy, policyFile } from "../policy/parse-policy.ts";
import { PolicyProblems } from "../policy/problems.ts";
import { readRouteTests, type RouteTest } from "../policy/route-tests-file.ts";
import { parseRoutes } from "../policy/routes-file.ts";
import { runPolicyTests, type TestReport, type TestResult } from "../policy/run-tests.ts";
import { testsFile } from "../policy/tests-file.ts";
import type { BundleFiles } from "../policy/version-book.ts";
import type { Route } from "../core/route.ts";
import { choose } from "../routing/choose.ts";

export interface BundleReport extends TestReport {
  readonly routes: readonly TestResult[];
}

/** Throws `PolicyProblems` where a file cannot be read, or where there are no tests. */
export async function runBundleTests(files: BundleFiles, now: number = Date.now()): Promise<BundleReport> {
  const report = await runPolicyTests(files, now);
  const { routes } = parseRoutes(files);
  const parsed = parsePolicy(files[policyFile] ?? "", now);
  if (!parsed.ok) throw new PolicyProblems(parsed.problems);
  const read = readRouteTests(
    files[testsFile] ?? "",
    parsed.rows.vocabulary,
    routes.map(({ name }) => name),
  );
  if (read.problems.length > 0) throw new PolicyProblems(read.problems);
  const results = read.tests.map((test) => resultOf(test, routes));
  return { ...report, routes: results, ok: report.ok && results.every(({ ok }) => ok) };
}

export const everyResult = ({ cases, never, routes }: BundleReport): readonly TestResult[] => [
  ...cases,
  ...never,
  ...routes,
];

function resultOf({ name, line, route, facts, expect }: RouteTest, routes: readonly Route[]): TestResult {
  const choice = choose(route, routes, facts);
  const models = choice?.names?.join(", ") ?? "every model";
  const ok = typeof expect === "string" ? choice?.route.name === expect : models === expect.join(", ");
  return {
    name,
    line,
    ok,
    found: ok ? undefined : `the route ${choice?.route.name ?? "of no name"} with ${models}`,
  };
}
