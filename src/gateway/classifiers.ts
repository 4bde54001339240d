// Which classifiers may judge a request's texts: configured, permitted for this caller and this data, and fit.
// The flow asks once per request, hands them to the screen, and closes them when the request is over.

import type { Caller } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import type { ModerationRequest } from "../core/request.ts";
import { publicData } from "../core/sensitivity.ts";
import type { Permitted, Weighed } from "../core/stages.ts";
import type { Classifier } from "../safety/classifier.ts";
import type { Ask } from "../safety/classifiers/model-classifier.ts";
import type { Seat } from "../safety/classifiers/seat.ts";
import { openInner, type Inner } from "./inner.ts";
import type { GatewayParts } from "./parts.ts";
import type { Snapshot } from "./snapshots.ts";

export interface ActiveClassifiers {
  /** In the configured order; every one of them judges. Without any, only the deterministic part does. */
  readonly classifiers: readonly Classifier[];
  /** Configured, but not permitted for this data, or not fit: never shown as passed. */
  readonly notRun: readonly string[];
  /**
   * Permitted and not fit, where nobody else looks for all that they would find: an outage. It is an error like any
   * other, so without a row that lets it nothing is released.
   */
  readonly missing: readonly string[];
  /**
   * Writes what they cost. Call it once they are asked no more, before the request's own settlement. Absent where there
   * are none.
   */
  readonly close?: () => Promise<void>;
}

export const noClassifiers: ActiveClassifiers = {
  classifiers: [],
  notRun: [],
  missing: [],
};

/** What a check is made for: the request whose texts are judged. */
type Outer = Omit<Weighed, "request"> & Pick<Permitted, "breakGlass">;

export function classifiersFor(outer: Outer, snapshot: Snapshot, parts: GatewayParts): ActiveClassifiers {
  const { seats } = parts.roster;
  if (seats.length === 0) return noClassifiers;
  const inners: Inner[] = [];
  const classifiers: Classifier[] = [];
  const notRun: string[] = [];
  const unfit: Seat[] = [];
  for (const [index, seat] of seats.entries()) {
    const inner = innerFor(seat, `${outer.requestId}.safety-${index + 1}`, outer, snapshot, parts);
    if (inner && seat.state === "fit") {
      inners.push(inner);
      classifiers.push(seat.classifier(inner.ask, inner.judged));
      continue;
    }
    notRun.push(seat.id);
    if (inner) unfit.push(seat);
    // The gateway itself may not ask it, and this request may: its canaries are judged for the next one.
    if (inner && seat.state === "unproven") proveWith(seat, inner, parts);
  }
  const covered = new Set(classifiers.flatMap(({ categories }) => categories));
  const missing = unfit.filter(({ categories }) => categories.some((category) => !covered.has(category)));
  return {
    classifiers,
    notRun,
    missing: missing.map(({ id }) => id),
    close: async () => void (await Promise.all(inners.map(closed))),
  };
}

/**
 * For canaries, which are public and nobody's: the gateway asks in the name of `caller`. Undefined where the
 * policy lets nobody of that name ask.
 */
export function askForCanaries(
  deploymentId: string,
  caller: Caller,
  newRequestId: () => string,
  parts: GatewayParts,
): Ask | undefined {
  const seat = parts.roster.seats.find(({ id }) => id === deploymentId);
  const open = (): Inner | undefined => {
    const outer = { caller, declared: publicData, at: parts.now(), sensitivity: publicReport };
    const requestId = newRequestId();
    return seat && innerFor(seat, requestId, { ...outer, requestId }, parts.snapshots.current(), parts);
  };
  if (!open()) return undefined;
  return async (call, signal) => {
    const inner = open();
    if (!inner) throw new Failure("POLICY_REVOKED");
    try {
      return await inner.ask(call, signal);
    } finally {
      await inner.close();
    }
  };
}

const publicReport = { effective: publicData, detected: [], underDeclared: false };

const closed = (inner: Inner): Promise<void> => inner.close();

function proveWith(seat: Seat, inner: Inner, { reportFault }: GatewayParts): void {
  const proving = seat.prove(inner.ask, new AbortController().signal).then(inner.close);
  proving.catch((error: unknown) => reportFault(error, seat.id));
}

/** Undefined where the policy does not permit the deployment for this request. */
export function innerFor(
  seat: Pick<Seat, "id">,
  requestId: string,
  outer: Outer,
  snapshot: Snapshot,
  parts: GatewayParts,
): Inner | undefined {
  const deployment = snapshot.catalog.deployment(seat.id);
  if (!deployment) return undefined;
  const { caller, breakGlass } = outer;
  const asking: Weighed<ModerationRequest> = {
    request: { action: "moderate", model: seat.id, inputs: [], extras: {} },
    caller,
    requestId,
    callerReference: outer.callerReference,
    declared: outer.declared,
    purpose: outer.purpose,
    sensitivity: outer.sensitivity,
    at: parts.now(),
  };
  const grant = breakGlass === undefined ? undefined : parts.grants.activeFor(caller);
  const permit = snapshot.policy.permit(asking, [deployment], grant);
  if (permit.allowed.length === 0) return undefined;
  return openInner({ ...asking, permit, breakGlass: grant && breakGlass }, snapshot, parts);
}
