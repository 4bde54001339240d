// Checks what one route says of others: that they are there, and that no route leads back to itself.
// `routes-file.ts` calls it once all routes are read.

import type { Route } from "../core/route.ts";
import { suggest } from "./problems.ts";
import type { Entry, YamlFile } from "./yaml-file.ts";

interface Placed {
  readonly route: Route;
  readonly entry: Entry;
}

export function checkReferences(file: YamlFile, placed: readonly Placed[]): void {
  const routes = new Map(placed.map(({ route }) => [route.name, route]));
  for (const { route, entry } of placed) {
    const missing = routesUsedBy(route).filter((name) => !routes.has(name));
    for (const name of missing)
      file.report(
        entry.key,
        `the route ${route.name} uses the route "${name}", which is not there`,
        suggest(name, routes.keys()),
      );
    if (leadsTo(route.name, route, routes, new Set()))
      file.report(entry.key, `the route ${route.name} leads back to itself`);
  }
}

function routesUsedBy(route: Route): readonly string[] {
  if (route.pick !== "by-condition") return [];
  return [
    ...(route.cases ?? []).map(({ use }) => use),
    ...(route.otherwise === undefined ? [] : [route.otherwise]),
  ];
}

function leadsTo(goal: string, from: Route, routes: ReadonlyMap<string, Route>, seen: Set<string>): boolean {
  return routesUsedBy(from).some((name) => {
    if (name === goal) return true;
    const next = routes.get(name);
    if (next === undefined || seen.has(name)) return false;
    seen.add(name);
    return leadsTo(goal, next, routes, seen);
  });
}
