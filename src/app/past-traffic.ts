// Makes a traffic file of what was asked lately, so that routes can be tried on it. Records hold no task, no
// session and no number of messages, so those are not in it.

import { Failure } from "../core/errors.ts";
import { formatSensitivity, isLevel } from "../core/sensitivity.ts";
import type { PastRequest, PastTraffic } from "../store/past-traffic.ts";

const mostRequests = 100_000;
/** As the flow estimates, where the provider counted nothing. */
const bytesPerToken = 3;

export async function trafficOf(past: PastTraffic, last: number): Promise<string> {
  if (!Number.isInteger(last) || last < 1 || last > mostRequests)
    throw new Failure("INVALID_REQUEST", `last must be from 1 to ${mostRequests}.`, { path: "last" });
  return (await past(last)).map((request) => `${JSON.stringify(lineOf(request))}\n`).join("");
}

function lineOf(past: PastRequest): Record<string, unknown> {
  const { model, key, user, team, purpose, level, at } = past;
  const roles = past.roles === null ? [] : (JSON.parse(past.roles) as readonly string[]);
  const labels = JSON.parse(past.labels) as readonly string[];
  const tokens = Number(past.inputTokens) || Math.ceil(Number(past.promptBytes) / bytesPerToken);
  return {
    model,
    who: [key, ...(user === null ? [] : [user]), team, ...roles],
    data: formatSensitivity({ level: isLevel(level) ? level : "restricted", labels }),
    "prompt-tokens": tokens,
    "cached-tokens": Math.min(tokens, Number(past.cachedTokens)),
    "output-tokens": Number(past.outputTokens),
    ...(purpose === null ? {} : { purpose }),
    at,
  };
}
