// Reads one JSON document from an origin that the operator configured: the catalog's price source.
// Never called with anything that a caller sent through a door.

import { Failure } from "../core/errors.ts";
import { drop, readJson } from "./http-call.ts";
import type { Pools } from "./pools.ts";

const timeoutMilliseconds = 30_000;

export async function fetchDocument(pools: Pools, address: string): Promise<unknown> {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol)) throw unreadable(address, "is no http or https address");
  const answer = await pools
    .for(url.origin)
    .request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: "GET",
      headers: { accept: "application/json", "accept-encoding": "identity", "user-agent": "portcullis" },
      signal: AbortSignal.timeout(timeoutMilliseconds),
    })
    .catch((cause: unknown) => {
      throw unreadable(address, "cannot be reached", cause);
    });
  if (answer.statusCode !== 200) {
    drop(answer.body);
    throw unreadable(address, `answered with status ${answer.statusCode}`);
  }
  const document = await readJson(answer.body);
  if (document === undefined) throw unreadable(address, "did not answer with JSON");
  return document;
}

const unreadable = (address: string, why: string, cause?: unknown): Failure =>
  new Failure("UPSTREAM_FAILED", `The catalog source ${address} ${why}.`, { cause });
