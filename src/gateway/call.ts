// One call to one deployment as a plan wants it: the caller's request, media by their bytes where that deployment
// fetches none, and probabilities where the route must know how sure the model is. `gateway.ts` makes it for each attempt.

import { Failure } from "../core/errors.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import type { CompletionRequest } from "../core/request.ts";
import type { Soon } from "../core/soon.ts";
import type { Plan } from "../core/stages.ts";
import type { RequestMedia } from "../providers/caller-media.ts";
import type { ProviderCall, Providers } from "../providers/providers.ts";
import { AttemptFailure } from "../providers/upstream-failure.ts";
import type { AttemptLog } from "./attempts.ts";
import { wantsLogprobs } from "./escalation-plan.ts";

/** A promise only where media must be carried by their bytes. */
export function callOf(
  target: PermittedDeployment,
  plan: Plan<CompletionRequest>,
  providers: Providers,
  attempt: AttemptLog,
  media: RequestMedia | undefined,
): Soon<ProviderCall> {
  return media === undefined
    ? made(target, plan, providers, attempt)
    : carried(target, plan, providers, attempt, media);
}

async function carried(
  target: PermittedDeployment,
  plan: Plan<CompletionRequest>,
  providers: Providers,
  attempt: AttemptLog,
  media: RequestMedia,
): Promise<ProviderCall> {
  const { request, params } = await media.carriedTo(target, plan.onUnsupported, attempt.signal);
  const call = made(target, { ...plan, request }, providers, attempt);
  return { ...call, params: [...params, ...call.params] };
}

function made(
  target: PermittedDeployment,
  plan: Plan<CompletionRequest>,
  providers: Providers,
  { signal, timeouts, place, keyRefused }: AttemptLog,
): ProviderCall {
  const options = { onUnsupported: plan.onUnsupported, signal, timeouts, place, keyRefused };
  const isLast = plan.candidates.at(-1)?.target === target;
  if (isLast || !wantsLogprobs(plan)) return providers.complete(target, plan.request, options);
  try {
    const call = providers.complete(target, { ...plan.request, logprobs: true }, options);
    return { ...call, params: call.params.filter(({ param }) => param !== "logprobs") };
  } catch (error) {
    if (!lacksLogprobs(error)) throw error;
    return providers.complete(target, plan.request, options);
  }
}

/** It cannot say how sure it is; the caller did not ask for that. */
const lacksLogprobs = (error: unknown): boolean =>
  error instanceof AttemptFailure &&
  error.failure instanceof Failure &&
  error.failure.code === "UNSUPPORTED_PARAMETER" &&
  error.failure.detail.path === "logprobs";
