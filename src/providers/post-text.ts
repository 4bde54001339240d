// Tells an address of an origin that the operator configured something, and hears how it took it.
// Subscriptions by callback go through here; what the other side answers is not read.

import { exchange } from "./http-exchange.ts";
import type { Outgoing } from "./http1/call.ts";
import type { Pools } from "./pools.ts";

const timeoutMilliseconds = 5_000;

/** The status. Rejects where nobody answers in time. */
export async function postText(
  pools: Pools,
  url: URL,
  text: string,
  header: readonly [name: string, value: string],
): Promise<number> {
  const outgoing: Outgoing = {
    origin: url.origin,
    path: url.pathname + url.search,
    method: "POST",
    headers: ["content-type", "application/json", "user-agent", "portcullis", ...header],
    body: text,
  };
  const signal = AbortSignal.timeout(timeoutMilliseconds);
  const { status, body } = await exchange(pools.for(url.origin), outgoing, signal);
  // Short answers are read to their end, so that the connection can be used again.
  if (status === 204) body.readOut();
  else body.drop();
  return status;
}
