// `portcullis routes simulate`: reads a traffic file, loads the policy that it is tried against under a clock of its
// own, and asks `gateway/simulation.ts`. Nothing here calls a provider, writes, or changes what is in force.

import type { Caller } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import { builtInLabels, sensitivity } from "../core/sensitivity.ts";
import type { GatewayParts } from "../gateway/parts.ts";
import type { TrafficQuestion } from "../gateway/route-administration.ts";
import { simulate, type Simulation } from "../gateway/simulation.ts";
import type { Snapshots } from "../gateway/snapshots.ts";
import { callerOf } from "../intake/authenticate.ts";
import { createPace } from "../intake/pace.ts";
import { loadPolicy, type LoadedPolicy } from "../policy/load-policy.ts";
import { PolicyProblems } from "../policy/problems.ts";
import { parseRoutes } from "../policy/routes-file.ts";
import type { BundleFiles } from "../policy/version-book.ts";
import { readTraffic, type Traffic, type TrafficLine } from "../routing/traffic.ts";
import type { Store } from "../store/store.ts";
import { hypotheticalCaller } from "./hypothetical.ts";
import { filesOn } from "./policy-side.ts";

export interface SimulateParts extends Pick<GatewayParts, "health" | "escalations"> {
  readonly store: Pick<Store, "policies" | "keys">;
  readonly snapshots: Pick<Snapshots, "current">;
  now(): Date;
}

const mostProblemsShown = 10;
/** Administrators who are in no table. */
const operators: readonly string[] = ["key:admin", "key:operator"];

export async function simulateTraffic(
  { traffic, policy: side, who }: TrafficQuestion,
  parts: SimulateParts,
  signal: AbortSignal,
): Promise<Simulation> {
  const { lines, problems } = await readTraffic(traffic, createPace(signal));
  if (problems.length > 0) throw unreadable(problems);
  const now = parts.now().getTime();
  let clock = now;
  const files = await filesOn(side, parts);
  const policy = await policyOf(files, () => clock);
  const { routes } = parseRoutes(files);
  const { health, escalations } = parts;
  return await simulate(lines, now, {
    health,
    escalations,
    snapshot: { ...parts.snapshots.current(), policy, routes },
    callerOf: await callers(parts.store, policy, who),
    setClock: (at) => void (clock = at),
    signal,
  });
}

function unreadable(problems: Traffic["problems"]): Failure {
  const shown = problems.slice(0, mostProblemsShown).map(({ line, message }) => `line ${line} ${message}`);
  const more = problems.length > shown.length ? "; and more" : "";
  return new Failure("INVALID_REQUEST", `The traffic cannot be read: ${shown.join("; ")}${more}.`, {
    path: "traffic",
  });
}

async function policyOf(files: BundleFiles, now: () => number): Promise<LoadedPolicy> {
  try {
    return await loadPolicy({ files, version: 0, now });
  } catch (error) {
    if (!(error instanceof PolicyProblems)) throw error;
    throw new Failure("INVALID_REQUEST", `The policy cannot be read: ${error.message}`, {
      problems: error.problems,
    });
  }
}

/** A key that exists is asked as it is; of anybody else only what the line says is known, and all may be sent. */
async function callers(
  store: Pick<Store, "keys">,
  policy: LoadedPolicy,
  otherwise: readonly string[],
): Promise<(line: TrafficLine) => Caller> {
  const keys = new Map((await store.keys.list()).map((record) => [record.id, record]));
  const known = new Map<string, Caller>();
  const labels = [...new Set([...builtInLabels, ...policy.labels])];
  return ({ who, purpose }) => {
    const ids = who.length > 0 ? who : otherwise;
    // A purpose is a key's to carry; whoever is made up carries the one that is named.
    const name = `${ids.join(" ")}\n${purpose ?? ""}`;
    let caller = known.get(name);
    if (caller === undefined) {
      const record = ids.map((id) => keys.get(id)).find((one) => one !== undefined);
      caller = record
        ? { ...callerOf(record, policy.rolesOf), user: ids.find((id) => id.startsWith("user:")) }
        : {
            ...hypotheticalCaller(ids.some((id) => operators.includes(id)) ? [...ids, "role:admin"] : ids),
            ceiling: sensitivity("restricted", labels),
            defaultSensitivity: sensitivity("internal"),
            purposes: purpose === undefined ? [] : [purpose],
          };
      known.set(name, caller);
    }
    return caller;
  };
}
