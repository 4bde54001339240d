// What was asked lately, in counts and tags, read out of the records: each completion with what it came to.
// `app/past-traffic.ts` makes a traffic file of it.

import type { Database } from "./database.ts";

export interface PastRequest {
  readonly model: string;
  readonly key: string;
  readonly user: string | null;
  readonly team: string;
  /** JSON; null where its key has them. */
  readonly roles: string | null;
  readonly purpose: string | null;
  readonly level: string;
  /** JSON. */
  readonly labels: string;
  readonly at: string;
  readonly promptBytes: string;
  readonly inputTokens: string;
  readonly cachedTokens: string;
  readonly outputTokens: string;
}

export type PastTraffic = (most: number) => Promise<readonly PastRequest[]>;

/**
 * The newest of each replica's chain, and of those the newest; oldest first. Rehearsals, and
 * what a crash has cut off, are passed by. */
export const openPastTraffic =
  (database: Database): PastTraffic =>
  async (most) =>
    (await database.query<PastRequest>(newestStatement, [most])).toReversed();

const newestStatement = `
  select n.* from "replica" r
  cross join lateral (
    select d."body"->>'model' as "model", d."body"->>'key' as "key", d."body"->>'user' as "user",
      d."body"->>'team' as "team", d."body"->>'roles' as "roles", d."body"->>'purpose' as "purpose",
      d."body"->'sensitivity'->'effective'->>'level' as "level",
      d."body"->'sensitivity'->'effective'->>'labels' as "labels",
      d."body"->>'at' as "at", d."body"->>'promptBytes' as "promptBytes",
      s."body"::json->'usage'->>'input' as "inputTokens",
      s."body"::json->'usage'->>'cachedInput' as "cachedTokens",
      s."body"::json->'usage'->>'output' as "outputTokens"
    from "record" s
    join lateral (
      select "body"::json as "body" from "record"
      where "request_id" = s."request_id" and "kind" = 'decision' order by "at" desc limit 1) d on true
    where s."replica" = r."id" and s."kind" = 'settlement'
      and d."body"->>'action' = 'complete' and d."body"->>'rehearsed' is null
      and s."body"::json->>'outcome' <> 'interrupted'
    order by s."sequence" desc limit $1::integer) n
  order by n."at" desc limit $1::integer`;
