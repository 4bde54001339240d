// The response headers in which this door says what was decided: deployment, tag, policy, cost, changes.
// Only names, numbers and codes go out: no text of the caller's and nothing of the upstream's headers.

import type { AnswerEvent, ParamChange, Receipt } from "../core/answer.ts";
import type { Attempt } from "../core/errors.ts";
import { formatUsd } from "../core/money.ts";
import { formatSensitivity } from "../core/sensitivity.ts";

/** Name, value, name, value …, as Node writes them: an object would be built for nothing. */
export type Headers = readonly string[];
export type Started = Extract<AnswerEvent, { type: "started" }>;

type Decided = Pick<Started, "deployment" | "sensitivity" | "policyVersion">;

/** Clients read 8 to 16 kB of headers in all. */
const longestParams = 4_000;

/** The same for every answer of this door. */
export const fixedHeaders: Headers = ["cache-control", "no-store", "x-content-type-options", "nosniff"];

export function requestIdHeaders(requestId: string, callerReference: string | undefined): Headers {
  // A caller that names its requests finds its own name; ours, which the receipt has, is always there.
  return ["x-request-id", callerReference ?? requestId, "x-portcullis-request-id", requestId];
}

export function startedHeaders(started: Started): Headers {
  const headers = [...decidedHeaders(started), "x-portcullis-attempts", String(started.attempts)];
  if (started.failed && started.failed.length > 0)
    headers.push("x-portcullis-tried", formatAttempts(started.failed));
  if (started.rehearsed !== undefined) headers.push("x-portcullis-rehearsed", headerSafe(started.rehearsed));
  if (started.params.length > 0) headers.push("x-portcullis-params", formatParams(started.params));
  return headers;
}

/** What the policy decided, before anything was paid. */
export function decidedHeaders({ deployment, sensitivity, policyVersion }: Decided): Headers {
  return [
    "x-portcullis-deployment",
    headerSafe(deployment.id),
    "x-portcullis-sensitivity",
    headerSafe(formatSensitivity(sensitivity.effective)),
    "x-portcullis-policy-version",
    String(policyVersion),
  ];
}

export function receiptHeaders(receipt: Receipt): Headers {
  const headers = ["x-portcullis-sensitivity", headerSafe(formatSensitivity(receipt.sensitivity.effective))];
  headers.push("x-portcullis-policy-version", String(receipt.policyVersion));
  headers.push("x-portcullis-attempts", String(receipt.attempts.length));
  if (receipt.deploymentId !== undefined)
    headers.push("x-portcullis-deployment", headerSafe(receipt.deploymentId));
  if (receipt.attempts.length > 1 || receipt.rehearsed !== undefined)
    headers.push("x-portcullis-tried", formatAttempts(receipt.attempts));
  if (receipt.rehearsed !== undefined) headers.push("x-portcullis-rehearsed", headerSafe(receipt.rehearsed));
  if (receipt.params.length > 0) headers.push("x-portcullis-params", formatParams(receipt.params));
  const { classifiers, notRun } = receipt.safety;
  if (classifiers.length > 0) headers.push("x-portcullis-classifiers", headerSafe(classifiers.join(", ")));
  if (notRun.length > 0) headers.push("x-portcullis-not-run", headerSafe(notRun.join(", ")));
  // Absent where the price is unknown: nothing is better than a wrong zero.
  if (receipt.cost !== undefined) headers.push("x-portcullis-cost-usd", formatUsd(receipt.cost));
  return headers;
}

/** Where the body has no place for it, beside the receipt's: that no classifier looked, and which should have and did not. */
export function safetyHeaders({ classifiers, notRun }: Receipt["safety"]): Headers {
  const headers = classifiers.length > 0 ? [] : ["x-portcullis-classifiers", ""];
  if (notRun.length > 0) headers.push("x-portcullis-classifiers-not-run", headerSafe(notRun.join(", ")));
  return headers;
}

/** `litellm/a=UPSTREAM_FAILED(12ms), portkey/b=ok(80ms)`, in the order in which they ended. */
export function formatAttempts(attempts: readonly Attempt[]): string {
  const entries = attempts.map(({ deploymentId, outcome, milliseconds, rehearsed }) => {
    const fault = rehearsed === undefined ? "" : `, rehearsed ${rehearsed}`;
    return `${deploymentId}=${outcome}(${Math.round(milliseconds)}ms${fault})`;
  });
  return headerSafe(entries.join(", ")).slice(0, longestParams);
}

/** `max_tokens=clamped(100000 to 8192), seed=dropped`; where they are too many, it says how many more. */
function formatParams(params: readonly ParamChange[]): string {
  let text = "";
  for (const [index, change] of params.entries()) {
    const entry = headerSafe(`${change.param}=${change.action}${formatChange(change)}`);
    if (text.length + entry.length > longestParams) return `${text}, and ${params.length - index} more`;
    text += text === "" ? entry : `, ${entry}`;
  }
  return text;
}

function formatChange(change: ParamChange): string {
  const from = plainValue(change.from);
  const to = plainValue(change.to);
  if (from !== undefined && to !== undefined) return `(${from} to ${to})`;
  return to === undefined ? "" : `(to ${to})`;
}

/** Numbers and names only; a stop sequence or a schema is the caller's text and stays out. */
function plainValue(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && /^[a-z][\w.]{0,39}$/i.test(value) ? value : undefined;
}

/** Ids of unlisted models are what callers make them; a header takes printable ASCII only. */
export function headerSafe(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : encodeURI(text.toWellFormed());
}
