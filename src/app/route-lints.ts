// Finds routes that could never serve anybody: no model of theirs exists, none meets the floors, or the
// policy permits none to anyone. The publish gate refuses those, and warns of single names that are wrong.

import { buildCatalog } from "../catalog/build.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { loadRows } from "../catalog/load.ts";
import { providerIds } from "../catalog/providers.ts";
import type { Deployment } from "../core/deployment.ts";
import { everPermitted } from "../policy/ever-permitted.ts";
import { suggest, type PolicyProblem } from "../policy/problems.ts";
import { limitOf, routesFile, type RouteBook } from "../policy/routes-file.ts";
import type { PolicyRows } from "../policy/rows.ts";
import { everyBranch } from "../routing/choose.ts";
import { belowStaticFloor } from "../routing/floors.ts";

export interface RouteFindings {
  readonly problems: readonly PolicyProblem[];
  readonly warnings: readonly PolicyProblem[];
}

/** `catalog` is asked only where a route names models. */
export function lintRoutes(
  book: RouteBook,
  rows: PolicyRows,
  catalog: () => Catalog = shippedCatalog,
  now: number = Date.now(),
): RouteFindings {
  const problems: PolicyProblem[] = [];
  const warnings: PolicyProblem[] = [];
  const permitted = new Map<Deployment, boolean>();
  const mayServe = (deployment: Deployment): boolean => {
    let known = permitted.get(deployment);
    if (known === undefined) permitted.set(deployment, (known = everPermitted(rows, deployment, now)));
    return known;
  };
  for (const route of book.routes.filter(({ pick }) => pick !== "by-condition")) {
    const line = book.lines.get(route.name) ?? 0;
    const note = (into: PolicyProblem[], message: string, suggestion?: string): void =>
      void into.push({ file: routesFile, line, column: 0, message, suggestion });
    for (const { names, arm } of everyBranch(route.name, book.routes)) {
      if (names === undefined) continue;
      const what =
        arm === undefined ? `the route ${route.name}` : `the arm ${arm} of the route ${route.name}`;
      const { known, unknown, unlisted } = meant(names, catalog());
      for (const name of unknown)
        note(
          warnings,
          `${what} names "${name}", which the catalog does not know`,
          suggest(name, namesOf(catalog())),
        );
      if (known.length === 0 && !unlisted) {
        note(
          problems,
          `${what} can never be served: the catalog knows none of ${names.join(", ")}`,
          suggest(names[0] ?? "", namesOf(catalog())),
        );
        continue;
      }
      if (unlisted) continue;
      const fitting = known.filter(
        (deployment) => belowStaticFloor(route.floors ?? {}, deployment) === undefined,
      );
      if (fitting.length === 0)
        note(problems, `${what} can never be served: none of its models meets its floors`);
      else if (!fitting.some(mayServe))
        note(problems, `${what} can never be served: the policy permits none of its models to anyone`);
    }
  }
  lintLimits(book, catalog, problems, warnings);
  return { problems, warnings: onceEach(warnings) };
}

/** A limit that nothing is called under would let whoever wrote it believe that it holds. */
function lintLimits(
  { limits, lines }: RouteBook,
  catalog: () => Catalog,
  problems: PolicyProblem[],
  warnings: PolicyProblem[],
): void {
  for (const name of limits.keys()) {
    const provider = name.split("/")[0] ?? "";
    const note = (into: PolicyProblem[], message: string, suggestion?: string): void =>
      void into.push({
        file: routesFile,
        line: lines.get(limitOf(name)) ?? 0,
        column: 0,
        message,
        suggestion,
      });
    if (!providerIds.includes(provider)) {
      const message =
        provider === "demo"
          ? "the demo is in the process, and is not limited"
          : `the limit of ${name} is for no provider`;
      note(problems, message, suggest(provider, providerIds));
    } else if (name !== provider && catalog().deployment(name) === undefined)
      note(warnings, `the limit of ${name} is for a deployment that the catalog does not know`);
  }
}

interface Meant {
  readonly known: readonly Deployment[];
  readonly unknown: readonly string[];
  /** Some name is `provider/anything`, of which nothing is known until that provider is on. */
  readonly unlisted: boolean;
}

function meant(names: readonly string[], catalog: Catalog): Meant {
  const found = names.map((name) => ({ name, deployments: catalog.resolve(name) }));
  const nobody = found.filter(({ deployments }) => deployments.length === 0);
  const onDemand = nobody.filter(({ name }) => providerIds.some((id) => name.startsWith(`${id}/`)));
  return {
    known: found.flatMap(({ deployments }) => deployments),
    unknown: nobody.filter((one) => !onDemand.includes(one)).map(({ name }) => name),
    unlisted: onDemand.length > 0 || found.some(({ deployments }) => deployments.some((one) => one.unlisted)),
  };
}

const namesOf = (catalog: Catalog): readonly string[] => catalog.models.map(({ id }) => id);

const onceEach = (problems: readonly PolicyProblem[]): readonly PolicyProblem[] => [
  ...new Map(problems.map((problem) => [problem.message, problem])).values(),
];

/** Where no gateway runs: what the package knows, with nothing configured. */
export function shippedCatalog(): Catalog {
  return buildCatalog({
    rows: loadRows(),
    settings: new Map(),
    attestations: [],
    synced: { models: [], prices: [] },
    now: new Date(),
    demo: true,
  });
}
