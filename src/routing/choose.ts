// From the name of a route to the way for one request: conditions are looked at, tasks and arms chosen.
// Pure, and it asks no catalog: `resolve.ts` finds the deployments, the tests of a bundle ask it alone.

import { identityOf } from "../core/caller.ts";
import { orders, type Order, type Route, type RouteFacts } from "../core/route.ts";
import { draw, drawShare } from "./draw.ts";

export interface Choice {
  readonly route: Route;
  readonly order: Order;
  /** Models or deployments; undefined means all. */
  readonly names: readonly string[] | undefined;
  readonly arm: string | undefined;
  readonly task: string | undefined;
}

/** Undefined where no route has that name. Publishing has made sure that routes lead to an end. */
export function choose(name: string, routes: readonly Route[], facts: RouteFacts): Choice | undefined {
  const route = routes.find((one) => one.name === name);
  if (route === undefined) return undefined;
  const { task } = facts;
  const plain = { route, names: route.models, arm: undefined, task };
  switch (route.pick) {
    case "by-condition": {
      const held = route.cases?.find(({ when }) => when.holds(facts));
      return choose(held?.use ?? route.otherwise ?? "", routes, facts);
    }
    case "by-task": {
      const models = task === undefined ? undefined : route.tasks?.get(task);
      if (models === undefined) return { ...plain, order: orderOf(route.otherwise) };
      return { ...plain, order: "best", names: models === "best" ? route.models : models };
    }
    case "experiment": {
      const arm = drawShare(draw(route.name, stickyName(route, facts)), route.arms ?? []);
      return { ...plain, order: "in-order", names: arm?.models ?? [], arm: arm?.name };
    }
    case "webhook":
      return { ...plain, order: orderOf(route.otherwise) };
    default:
      return { ...plain, order: route.pick };
  }
}

/** All that a route could come to, for questions that are about no request. */
export function everyBranch(name: string, routes: readonly Route[]): readonly Omit<Choice, "task">[] {
  const route = routes.find((one) => one.name === name);
  if (route === undefined) return [];
  const plain = { route, arm: undefined, names: route.models, order: orderOf(route.otherwise) };
  switch (route.pick) {
    case "by-condition": {
      const used = [...(route.cases ?? []).map(({ use }) => use), route.otherwise ?? ""];
      return [...new Set(used)].flatMap((next) => everyBranch(next, routes));
    }
    case "by-task": {
      const lists = [...(route.tasks?.values() ?? [])].filter((names) => names !== "best");
      return [plain, ...lists.map((names) => ({ ...plain, names }))];
    }
    case "experiment":
      return (route.arms ?? []).map((arm) => ({ ...plain, names: arm.models, arm: arm.name }));
    default:
      return [plain];
  }
}

const orderOf = (word: string | undefined): Order => orders.find((order) => order === word) ?? "cheapest";

/** Without a session the user keeps its arm, and without a user the key does. */
function stickyName({ sticky }: Route, { sessionId, key, user, team }: RouteFacts): string {
  if (sticky === "team") return team;
  if (sticky === "key") return key;
  const identity = identityOf({ key, user });
  return sticky === "session" && sessionId !== undefined ? `${identity}\0${sessionId}` : identity;
}
