// Answers what is asked about routes, and takes in the scores that they order by.
// `administer.ts` joins it with the other desks.

import { readScores } from "../catalog/quality.ts";
import { Failure } from "../core/errors.ts";
import { parseUsd } from "../core/money.ts";
import type { RouteAdministration } from "../gateway/route-administration.ts";
import type { Store } from "../store/store.ts";
import { trafficOf } from "./past-traffic.ts";
import { simulateTraffic, type SimulateParts } from "./simulate.ts";

export interface RouteDeskParts extends Omit<SimulateParts, "store" | "escalations"> {
  readonly store: Pick<
    Store,
    "routeResults" | "scores" | "escalations" | "policies" | "keys" | "pastTraffic"
  >;
  seeChanges(): Promise<void>;
}

const mostProblemsShown = 5;

export function createRouteDesk(parts: RouteDeskParts): RouteAdministration {
  const { store, snapshots, seeChanges, now } = parts;
  return {
    simulateTraffic: (question, signal) =>
      simulateTraffic(question, { ...parts, escalations: store.escalations }, signal),
    pastTraffic: (last) => trafficOf(store.pastTraffic, last),
    async routeResults(since, route) {
      const results = await store.routeResults.since(since, route);
      return results.map(({ costUsd, arm, ...result }) => ({
        ...result,
        arm: arm === "" ? undefined : arm,
        cost: parseUsd(costUsd) ?? 0,
      }));
    },
    async importScores(csv) {
      const { catalog } = snapshots.current();
      const read = readScores(csv, (id) => catalog.model(id) !== undefined);
      if (!read.ok) throw unusable(read.problems);
      await store.scores.put(read.scores, now());
      await seeChanges();
      return await store.scores.list();
    },
    listScores: () => store.scores.list(),
    escalationMemory: (route) => store.escalations.list(route),
    resetEscalationMemory: (route) => store.escalations.reset(route),
  };
}

function unusable(problems: readonly string[]): Failure {
  const more = problems.length > mostProblemsShown ? `; and ${problems.length - mostProblemsShown} more` : "";
  return new Failure(
    "INVALID_REQUEST",
    `The table cannot be used: ${problems.slice(0, mostProblemsShown).join("; ")}${more}`,
    { path: "csv" },
  );
}
