// Runs everything in tests.yaml: what the policy must say, and what routes must come to.
// The publish gate, `portcullis policy test` and doctor call it.

import type { Catalog } from "../catalog/catalog.ts";
import { readBundleRows } from "../policy/bundle-rows.ts";
import { PolicyProblems } from "../policy/problems.ts";
import { readRouteTests, type RouteExpectation, type RouteTest } from "../policy/route-tests-file.ts";
import { parseRoutes } from "../policy/routes-file.ts";
import { runPolicyTests, type TestReport, type TestResult } from "../policy/run-tests.ts";
import { testsFile } from "../policy/tests-file.ts";
import type { BundleFiles } from "../policy/version-book.ts";
import type { Route } from "../core/route.ts";
import { choose, type Choice } from "../routing/choose.ts";
import { belowStaticFloor } from "../routing/floors.ts";
import { shippedCatalog } from "./route-lints.ts";

export interface BundleReport extends TestReport {
  readonly routes: readonly TestResult[];
}

/** Throws `PolicyProblems` where a file cannot be read, or where there are no tests. */
export async function runBundleTests(
  files: BundleFiles,
  now: number = Date.now(),
  catalog: () => Catalog = shippedCatalog,
): Promise<BundleReport> {
  const report = await runPolicyTests(files, now);
  const { routes } = parseRoutes(files);
  const parsed = readBundleRows(files, now);
  if (!parsed.ok) throw new PolicyProblems(parsed.problems);
  const read = readRouteTests(
    files[testsFile] ?? "",
    parsed.rows.vocabulary,
    routes.map(({ name }) => name),
  );
  if (read.problems.length > 0) throw new PolicyProblems(read.problems);
  const results = read.tests.map((test) => resultOf(test, routes, catalog));
  return { ...report, routes: results, ok: report.ok && results.every(({ ok }) => ok) };
}

export const everyResult = ({ cases, never, routes }: BundleReport): readonly TestResult[] => [
  ...cases,
  ...never,
  ...routes,
];

/** What a case came to. */
interface Found extends Pick<Choice, "route" | "names"> {
  readonly arm: string | undefined;
}

function resultOf(test: RouteTest, routes: readonly Route[], catalog: () => Catalog): TestResult {
  const { name, line } = test;
  const found = foundBy(test, routes);
  const unmet = found ? unmetBy(test.expect, found, catalog) : "no arm of that name";
  return { name, line, ok: unmet === undefined, found: unmet };
}

/** Undefined where the route has no such arm. */
function foundBy({ route, facts, arm }: RouteTest, routes: readonly Route[]): Found | undefined {
  const choice = choose(route, routes, facts);
  if (choice === undefined || arm === undefined) return choice;
  const named = choice.route.arms?.find((one) => one.name === arm);
  return named && { route: choice.route, names: named.models, arm };
}

/** What was found instead; undefined where everything is as expected. */
function unmetBy(
  { route, arm, models, deployments }: RouteExpectation,
  found: Found,
  catalog: () => Catalog,
): string | undefined {
  const names = found.names?.join(", ") ?? "every model";
  const met =
    (route === undefined || found.route.name === route) &&
    (arm === undefined || found.arm === arm) &&
    (models === undefined || names === models.join(", "));
  const where = found.arm === undefined ? "" : `the arm ${found.arm} of `;
  if (!met) return `${where}the route ${found.route.name} with ${names}`;
  if (deployments === undefined) return undefined;
  const ids = deploymentsOf(found, catalog());
  const same = ids.length === new Set(deployments).size && ids.every((id) => deployments.includes(id));
  return same ? undefined : `the deployments ${ids.slice(0, mostShown).join(", ") || "none"}`;
}

const mostShown = 20;

function deploymentsOf({ route, names }: Found, catalog: Catalog): readonly string[] {
  const named = names?.flatMap((name) => catalog.resolve(name)) ?? catalog.deployments;
  const fitting = named.filter((one) => belowStaticFloor(route.floors ?? {}, one) === undefined);
  return [...new Set(fitting.map(({ id }) => id))];
}
