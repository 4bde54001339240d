// Plays the faults of a rehearsal in a provider's place: the provider named is not called, and nothing is paid.
// `gateway/rehearsing.ts` puts it in front of the real ones; a failure is read like any that came over a wire.

import { setTimeout as sleep } from "node:timers/promises";
import type { Provider } from "../core/deployment.ts";
import { WireFault } from "../core/dialect.ts";
import type { ModelEvent } from "../core/events.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import type { Fault, Rehearsal } from "../core/rehearsal.ts";
import type { CompletionRequest } from "../core/request.ts";
import type { RouteTimeouts } from "../core/route.ts";
import type { Providers } from "./providers.ts";
import { contentRefused, fromFault, tooLate } from "./upstream-failure.ts";

/** Nobody waits minutes to see what a timeout does; a candidate's own limit that is shorter counts. */
const longestWaitMilliseconds = 5_000;

interface Circumstances {
  readonly signal: AbortSignal;
  readonly timeouts?: RouteTimeouts | undefined;
}

export function rehearsedProviders(providers: Providers, rehearsal: Rehearsal): Providers {
  const faultOf = ({ deployment }: PermittedDeployment): Fault | undefined =>
    rehearsal.faultOf(deployment.id);
  return {
    ...providers,
    complete(target, request, options) {
      // It is made as always, and never sent: what the deployment cannot honour is found out as always.
      const call = providers.complete(target, request, options);
      const fault = faultOf(target);
      if (fault === undefined) return call;
      return { params: call.params, events: played(fault, target.deployment.provider, request, options) };
    },
    async embed(target, request, options) {
      const fault = faultOf(target);
      if (fault) await fail(fault, target.deployment.provider, options);
      return await providers.embed(target, request, options);
    },
    async image(target, request, options) {
      const fault = faultOf(target);
      if (fault) await fail(fault, target.deployment.provider, options);
      return await providers.image(target, request, options);
    },
    counterOf: (target) => (faultOf(target) === undefined ? providers.counterOf(target) : undefined),
  };
}

const sentence = "This is a rehearsal: no provider was called, and no model wrote this. ";
const pieces = sentence.match(/\S+\s/g) ?? [];

async function* played(
  fault: Fault,
  provider: Provider,
  request: CompletionRequest,
  circumstances: Circumstances,
): AsyncGenerator<readonly ModelEvent[], void, undefined> {
  if (fault.kind === "slow") await sleep(fault.milliseconds, undefined, { signal: circumstances.signal });
  // A whole answer that breaks off never was one; in a stream what was said before is out.
  else if (fault.kind !== "cut" || !request.stream) await fail(fault, provider, circumstances);
  yield [{ type: "answer-begin" }];
  const count = fault.kind === "cut" ? fault.pieces : pieces.length;
  for (let piece = 0; piece < count; piece++)
    yield [{ type: "text-delta", choice: 0, text: pieces[piece % pieces.length] ?? "" }];
  if (fault.kind === "cut") throw brokenOff();
  for (let choice = 0; choice < request.n; choice++)
    yield [{ type: "choice-finish", choice, reason: "stop" }];
}

async function fail(fault: Fault, provider: Provider, { signal, timeouts }: Circumstances): Promise<never> {
  switch (fault.kind) {
    case "status":
      throw fromFault(new WireFault("error", "this is a rehearsal", fault.status), provider.name, undefined);
    case "timeout": {
      const { connect = Infinity, firstToken = Infinity } = timeouts ?? {};
      await sleep(Math.min(connect, firstToken, longestWaitMilliseconds), undefined, { signal });
      throw tooLate(`${provider.name} did not answer in time.`);
    }
    case "malformed":
      throw new WireFault("malformed", "this is a rehearsal");
    case "filtered":
      throw contentRefused(`${provider.name} stopped the question by a filter of its own.`);
    case "refused":
      throw new Error("nobody listens there: this is a rehearsal");
    default:
      throw brokenOff();
  }
}

const brokenOff = (): WireFault => new WireFault("truncated", "this is a rehearsal");
