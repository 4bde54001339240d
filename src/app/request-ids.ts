// Makes the ids of this process and of its requests: 128 random bits each, so that nobody finds one by trying.
// `app.ts` calls each once. Randomness is fetched for many at a time: asking for it costs more than spelling it.

import { randomFillSync, randomUUID } from "node:crypto";
import { hostname } from "node:os";

const bytesPerId = 16;
const idsPerFetch = 256;

export function createRequestIds(): () => string {
  const pool = Buffer.allocUnsafe(bytesPerId * idsPerFetch);
  let at = pool.length;
  return () => {
    if (at === pool.length) {
      randomFillSync(pool);
      at = 0;
    }
    at += bytesPerId;
    return `req_${pool.toString("hex", at - bytesPerId, at)}`;
  };
}

/** No two processes that ever ran share one: it names a chain of records. */
export const newReplicaId = (): string => `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
