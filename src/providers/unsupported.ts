// What happens to a parameter that the chosen deployment cannot honour: an error, another
// deployment, or left out and said so. Never dropped in silence.

import type { ParamChange } from "../core/answer.ts";
import type { EncodedRequest, UnsupportedParam } from "../core/dialect.ts";
import { Failure } from "../core/errors.ts";
import type { OnUnsupported } from "../core/request.ts";
import { AttemptFailure } from "./upstream-failure.ts";

/** Without a word from the caller, these are an error; any other parameter is dropped and reported. */
const changesMeaning = new Set([
  "stop",
  "n",
  "tools",
  "tool_choice",
  "response_format",
  "logprobs",
  "top_logprobs",
  "seed",
  "logit_bias",
  "audio",
  "modalities",
  "web_search_options",
  "mcp_servers",
  "container",
  "size",
]);

/** The report of what was changed; throws where the caller must hear of it instead. */
export function settleUnsupported(
  encoded: EncodedRequest,
  onUnsupported: OnUnsupported | undefined,
  deploymentId: string,
): readonly ParamChange[] {
  if (encoded.unsupported.length === 0) return encoded.params;
  const changes: ParamChange[] = [...encoded.params];
  for (const entry of encoded.unsupported) {
    if (!mayDrop(entry, onUnsupported)) throw refusal(entry, onUnsupported, deploymentId);
    changes.push({ param: entry.param, action: "dropped", from: entry.from });
  }
  return changes;
}

/** What its API has no place for at all. */
export function notThere(
  deploymentId: string,
  what: string,
  onUnsupported: OnUnsupported | undefined,
): AttemptFailure {
  const failure = new Failure("UNSUPPORTED_PARAMETER", `${deploymentId} ${what}.`, { path: "model" });
  return new AttemptFailure(failure, { mayTryAnother: onUnsupported === "reroute" });
}

const mayDrop = (entry: UnsupportedParam, onUnsupported: OnUnsupported | undefined): boolean =>
  entry.droppable &&
  (onUnsupported === "drop" || (onUnsupported === undefined && !changesMeaning.has(entry.param)));

function refusal(
  entry: UnsupportedParam,
  onUnsupported: OnUnsupported | undefined,
  deploymentId: string,
): AttemptFailure {
  const failure = new Failure("UNSUPPORTED_PARAMETER", `${deploymentId} cannot honour ${entry.path}.`, {
    path: entry.path,
    fix: entry.droppable
      ? "Remove it, or set onUnsupported (x-unsupported) to drop or reroute."
      : "Remove it, or choose a deployment that takes it.",
  });
  return new AttemptFailure(failure, { mayTryAnother: onUnsupported === "reroute" });
}
