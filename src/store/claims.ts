// Idempotency keys: who was first with one. The unique row decides, whichever replica asks.
// The gateway claims before a provider is paid.

import type { Claims } from "../metering/claims.ts";
import type { Database } from "./database.ts";

const lifeMilliseconds = 24 * 60 * 60 * 1_000;

export function openClaims(database: Database, now: () => Date): Claims {
  return {
    async claim(callerKey, idempotencyKey, bodyHash, requestId) {
      for (;;) {
        const at = now();
        const until = new Date(at.getTime() + lifeMilliseconds);
        const claimed = await database.query(claimStatement, [
          callerKey,
          idempotencyKey,
          bodyHash,
          requestId,
          until.toISOString(),
          at.toISOString(),
        ]);
        if (claimed.length > 0) return { kind: "ours" };

        const [holder] = await database.query<Holder>(holderStatement, [callerKey, idempotencyKey]);
        // Given free between the two statements: then it is to be had again.
        if (!holder) continue;
        return { kind: holder.bodyHash === bodyHash ? "taken" : "other-body", requestId: holder.requestId };
      }
    },

    async release(callerKey, idempotencyKey, requestId) {
      await database.query(releaseStatement, [callerKey, idempotencyKey, requestId]);
    },
  };
}

/** Claims that nobody can meet again. */
export async function forgetExpiredClaims(database: Database, at: Date): Promise<void> {
  await database.query(`delete from "claim" where "expires_at" <= $1::text::timestamptz`, [at.toISOString()]);
}

interface Holder {
  readonly bodyHash: string;
  readonly requestId: string;
}

const claimStatement = `
  insert into "claim" ("caller_key", "idempotency_key", "body_hash", "request_id", "expires_at")
  values ($1::text, $2::text, $3::text, $4::text, $5::text::timestamptz)
  on conflict ("caller_key", "idempotency_key") do update
  set "body_hash" = excluded."body_hash", "request_id" = excluded."request_id",
    "expires_at" = excluded."expires_at"
  where "claim"."expires_at" <= $6::text::timestamptz
  returning 1`;

const holderStatement = `
  select "body_hash" as "bodyHash", "request_id" as "requestId" from "claim"
  where "caller_key" = $1::text and "idempotency_key" = $2::text`;

const releaseStatement = `
  delete from "claim"
  where "caller_key" = $1::text and "idempotency_key" = $2::text and "request_id" = $3::text`;
