// Reads one JSON document from an origin that the operator configured: the catalog's price source, a
// token issuer's keys.
// Never called with anything that a caller sent through a door.

import { Failure } from "../core/errors.ts";
import { drop, readJson } from "./http-call.ts";
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
  const answer = await pools
    .for(url.origin)
    .request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: "GET",
      headers: { accept: "application/json", "accept-encoding": "identity", "user-agent": "portcullis" },
      signal: AbortSignal.timeout(seconds * 1000),
    })
    .catch((cause: unknown) => {
      throw unreadable("cannot be reached", cause);
    });
  if (answer.statusCode !== 200) {
    drop(answer.body);
    throw unreadable(`answered with status ${answer.statusCode}`);
  }
  const document = await readJson(answer.body);
  if (document === undefined) throw unreadable("did not answer with JSON");
  return document;
}
