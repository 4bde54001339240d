// Makes the ids of this process and of its requests: 80 random bits each, so that nobody finds one by trying.
// `app.ts` calls each once. Randomness is fetched for many at a time: asking for it costs more than spelling it.

import { randomFillSync, randomUUID } from "node:crypto";
import { hostname } from "node:os";

const bytesPerId = 10;
const idsPerFetch = 256;
const digitsOfTime = 12;

/** The time comes first: what is stored under an id then stands at the end of its index, and not all over it. */
export function createRequestIds(now: () => number): () => string {
  const pool = Buffer.allocUnsafe(bytesPerId * idsPerFetch);
  let at = pool.length;
  let moment = Number.NaN;
  let prefix = "";
  return () => {
    if (at === pool.length) {
      randomFillSync(pool);
      at = 0;
    }
    at += bytesPerId;
    const time = now();
    if (time !== moment) {
      prefix = `req_${time.toString(16).padStart(digitsOfTime, "0")}`;
      moment = time;
    }
    return prefix + pool.toString("hex", at - bytesPerId, at);
  };
}

/** No two processes that ever ran share one: it names a chain of records. */
export const newReplicaId = (): string => `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
