// Reads one JSON document from an origin that the operator configured: the catalog's price source, a
// token issuer's keys.
// Never called with anything that a caller sent through a door.

import { Failure } from "../core/errors.ts";
import { readJson } from "./http-call.ts";
import { exchange } from "./http-exchange.ts";
import type { Outgoing } from "./http1/call.ts";
import type { Pools } from "./pools.ts";

interface DocumentSource {
  /** As an error names it. */
  readonly source: string;
  readonly seconds: number;
}

const priceSource: DocumentSource = { source: "The catalog source", seconds: 30 };

export async function fetchDocument(
  pools: Pools,
  address: string,
  { source, seconds } = priceSource,
): Promise<unknown> {
  const unreadable = (why: string, cause?: unknown): Failure =>
    new Failure("UPSTREAM_FAILED", `${source} ${address} ${why}.`, { cause });
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol)) throw unreadable("is no http or https address");
  const outgoing: Outgoing = {
    origin: url.origin,
    path: url.pathname + url.search,
    method: "GET",
    headers: ["accept", "application/json", "accept-encoding", "identity", "user-agent", "portcullis"],
  };
  const signal = AbortSignal.timeout(seconds * 1000);
  const { status, body } = await exchange(pools.for(url.origin), outgoing, signal).catch((cause: unknown) => {
    throw unreadable("cannot be reached", cause);
  });
  if (status !== 200) {
    body.drop();
    throw unreadable(`answered with status ${status}`);
  }
  const document = await readJson(body);
  if (document === undefined) throw unreadable("did not answer with JSON");
  return document;
}
