// Makes the ids of requests: 128 random bits each, so that nobody finds one by trying.
// `app.ts` calls it once. Randomness is fetched for many at a time: asking for it costs more than spelling it.

import { randomFillSync } from "node:crypto";

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
