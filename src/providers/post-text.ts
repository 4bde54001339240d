// Tells an address of an origin that the operator configured something, and hears how it took it.
// Subscriptions by callback go through here; what the other side answers is not read.

import { drop } from "./http-call.ts";
import type { Pools } from "./pools.ts";

const timeoutMilliseconds = 5_000;

/** The status. Rejects where nobody answers in time. */
export async function postText(
  pools: Pools,
  url: URL,
  text: string,
  header: readonly [name: string, value: string],
): Promise<number> {
  const answer = await pools.for(url.origin).request({
    origin: url.origin,
    path: url.pathname + url.search,
    method: "POST",
    headers: { "content-type": "application/json", "user-agent": "portcullis", [header[0]]: header[1] },
    body: text,
    signal: AbortSignal.timeout(timeoutMilliseconds),
  });
  // Short answers are read to their end, so that the connection can be used again.
  if (answer.statusCode === 204) await answer.body.dump();
  else drop(answer.body);
  return answer.statusCode;
}
