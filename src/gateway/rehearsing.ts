// The parts of one request that is a rehearsal: faults stand in for the deployments that it names, and nothing
// of it reaches what others see: no breaker, no measurement, no count, no memory, no session's place. The permit, budgets,
// the screen and the records are the usual ones. `gateway.ts` asks for each request; what judges texts judges as always.

import { mayUse } from "../core/caller.ts";
import { asFailure, Failure } from "../core/errors.ts";
import type { Rehearsal } from "../core/rehearsal.ts";
import type { Asked } from "../core/stages.ts";
import { readRehearsal } from "../intake/rehearsal.ts";
import { rehearsedProviders } from "../providers/rehearsed.ts";
import { createRetryBudget } from "../routing/retry-budget.ts";
import type { GatewayParts } from "./parts.ts";

/** Throws where the caller may not rehearse, or what it asks for is no rehearsal. */
export function partsFor(asked: Asked, parts: GatewayParts): GatewayParts {
  const { rehearse } = asked;
  if (rehearse === undefined) return parts;
  const { health, sessions, escalations } = parts;
  const rehearsal = rehearsalOf(rehearse, asked, parts);
  return {
    ...parts,
    rehearsal,
    providers: rehearsedProviders(parts.providers, rehearsal),
    health: {
      ...health,
      // A call that tries a resting deployment again would have to be counted, so a rehearsal makes none.
      admit: (id) => rehearsal.faultOf(id) !== undefined || health.state(id) === "closed",
      spoke: nothing,
      succeeded: nothing,
      failed: nothing,
      released: nothing,
    },
    retryBudget: createRetryBudget(parts.now),
    escalations: { recall: escalations.recall, note: nothing },
    sessions: {
      recall: async (key, name) => ({ ...(await sessions.recall(key, name)), keep: () => Promise.resolve() }),
    },
    telemetry: parts.telemetry.rehearsing(rehearsal.text),
  };
}

function rehearsalOf(
  text: string,
  { caller, request, door }: Asked,
  { snapshots, telemetry }: GatewayParts,
): Rehearsal {
  try {
    if (!mayUse(caller, "rehearse"))
      throw new Failure("FORBIDDEN", "This key lacks the scope rehearse: nothing fails on purpose for it.");
    const { catalog } = snapshots.current();
    const isKnown = (name: string): boolean =>
      catalog.provider(name) !== undefined || catalog.deployment(name) !== undefined;
    return readRehearsal(text, request.action, isKnown);
  } catch (error) {
    telemetry.requestRefused(door ?? "inner", asFailure(error).code);
    throw error;
  }
}

const nothing = (): void => undefined;
