// Joins what the headers say with the decoded body into what the gateway is asked.
// Both completions and embeddings use it. A header that is there but says nothing is a mistake, not absence.

import type { IncomingHttpHeaders } from "node:http";
import type { Caller } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import { parseUsd, type Picodollars } from "../core/money.ts";
import type { ModelRequest, OnUnsupported } from "../core/request.ts";
import type { Asked } from "../core/stages.ts";

const longestHeader = 256;
const onUnsupportedValues: readonly string[] = ["error", "drop", "reroute"] satisfies OnUnsupported[];

export function askedOf<R extends ModelRequest>(
  request: R,
  caller: Caller,
  requestId: string,
  headers: IncomingHttpHeaders,
  sensitivityInBody: string | undefined,
): Asked<R> {
  return {
    request,
    caller,
    requestId,
    door: "rest",
    callerReference: callerReference(headers),
    declared: sensitivityInBody,
    declaredByHeader: textOf(headers, "x-data-sensitivity"),
    purpose: textOf(headers, "x-purpose"),
    task: textOf(headers, "x-task"),
    sessionId: textOf(headers, "x-session-id"),
    maxCost: costOf(textOf(headers, "x-max-cost-usd")),
    onUnsupported: onUnsupportedOf(textOf(headers, "x-unsupported")),
    idempotencyKey: textOf(headers, "idempotency-key"),
    rehearse: textOf(headers, "x-portcullis-rehearse"),
  };
}

/** What the caller's own tracing calls this request; anything unfit for a header is not taken over. */
export function callerReference(headers: IncomingHttpHeaders): string | undefined {
  const value = headers["x-request-id"];
  return typeof value === "string" && /^[\w.:/+=@-]{1,128}$/.test(value) ? value : undefined;
}

function textOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  if (value === undefined) return undefined;
  const text = String(value).trim();
  if (text === "") throw refused(name, "is there but empty");
  if (text.length > longestHeader) throw refused(name, `is longer than ${longestHeader} characters`);
  return text;
}

function costOf(text: string | undefined): Picodollars | undefined {
  if (text === undefined) return undefined;
  const cost = parseUsd(text);
  if (cost === undefined) throw refused("x-max-cost-usd", "is not a decimal number of US dollars, as 0.05");
  return cost;
}

function onUnsupportedOf(text: string | undefined): OnUnsupported | undefined {
  if (text === undefined) return undefined;
  if (!onUnsupportedValues.includes(text)) {
    throw refused("x-unsupported", `is none of ${onUnsupportedValues.join(", ")}`);
  }
  return text as OnUnsupported;
}

const refused = (name: string, why: string): Failure =>
  new Failure("INVALID_REQUEST", `The header ${name} ${why}.`, { path: name });
