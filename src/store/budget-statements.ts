// The SQL of budgets. Each statement first locks its budget rows in the order of their scopes, so
// that requests never wait in a circle, and decides on what it reads under the lock.

/**
 * `rows` are locked and current; `locked` has their money as it stands in the period that runs now.
 * A clock that is behind never turns a period back.
 */
const locked = (condition: string, monthStart: string, dayStart: string) => `
  "rows" as materialized (
    select *, greatest("period_start",
      (case "period" when 'month' then ${monthStart}::text else ${dayStart}::text end)::timestamptz) as "start"
    from "budget" where ${condition} order by "scope" for update
  ), "locked" as (
    select "scope", "limit", "period", "held", "start",
      case when "start" = "period_start" then "spent" else 0 end as "spent"
    from "rows"
  )`;

const named = `"scope" in (select json_array_elements_text($1::text::json))`;

/** Money as text: no JavaScript number holds all of it. */
const columns = `
  l."scope", l."limit"::text as "limit", l."period", l."spent"::text as "spent", l."held"::text as "held",
  (extract(epoch from l."start") * 1000)::text as "start"`;

/** $1 scopes, $2 month start, $3 day start, $4 amount, $5 hold, $6 request, $7 expiry. All or none. */
export const holdStatement = `
  with ${locked(named, "$2", "$3")}, "verdict" as (
    select bool_and("spent" + "held" + $4::text::numeric <= "limit") as "fits" from "locked"
  ), "updated" as (
    update "budget" b
    set "held" = l."held" + $4::text::numeric, "spent" = l."spent", "period_start" = l."start"
    from "locked" l, "verdict" where b."scope" = l."scope" and "verdict"."fits"
  ), "kept" as (
    insert into "budget_hold" ("hold", "scope", "request_id", "amount", "expires_at")
    select $5::text, l."scope", $6::text, $4::text::numeric, $7::text::timestamptz
    from "locked" l, "verdict" where "verdict"."fits"
  )
  select ${columns}, l."spent" + l."held" + $4::text::numeric <= l."limit" as "fits"
  from "locked" l order by l."scope"`;

/**
 * $1 scopes, $2 month start, $3 day start, $4 cost, $5 hold. Only where the hold is still there: a
 * settlement that came through unseen and is tried again counts once.
 */
export const settleStatement = `
  with ${locked(named, "$2", "$3")}, "settled" as (
    delete from "budget_hold" h using "locked" l where h."hold" = $5::text and h."scope" = l."scope"
    returning h."scope", h."amount"
  )
  update "budget" b
  set "spent" = l."spent" + $4::text::numeric, "period_start" = l."start",
    "held" = greatest(l."held" - s."amount", 0)
  from "locked" l, "settled" s where b."scope" = l."scope" and s."scope" = l."scope"`;

/**
 * $1 now, $2 month start, $3 day start. Gives back what crashes left held; where the ledger knows
 * what the request cost, that is counted, since only the settling of the budget was lost.
 */
export const expireStatement = `
  with ${locked(
    `"scope" in (select "scope" from "budget_hold" where "expires_at" <= $1::text::timestamptz and "amount" > 0)`,
    "$2",
    "$3",
  )}, "due" as materialized (
    select h."hold", h."scope", h."amount", h."request_id" from "budget_hold" h, "locked" l
    where h."scope" = l."scope" and h."expires_at" <= $1::text::timestamptz and h."amount" > 0
    for update of h
  ), "known" as (
    select d.*, e."cost", e."request_id" is not null as "billed"
    from "due" d left join "ledger_entry" e on e."request_id" = d."request_id"
  ), "dropped" as (
    delete from "budget_hold" h using "known" k
    where h."hold" = k."hold" and h."scope" = k."scope" and k."billed"
  ), "emptied" as (
    update "budget_hold" h set "amount" = 0 from "known" k
    where h."hold" = k."hold" and h."scope" = k."scope" and not k."billed"
  ), "sums" as (
    select "scope", sum("amount") as "amount", sum(coalesce("cost", 0)) as "cost" from "known" group by "scope"
  )
  update "budget" b
  set "held" = greatest(l."held" - s."amount", 0), "spent" = l."spent" + s."cost", "period_start" = l."start"
  from "locked" l, "sums" s where b."scope" = l."scope" and s."scope" = l."scope"
  returning b."scope"`;

/** $1 the moment before which an emptied hold is forgotten. */
export const forgetStatement = `
  delete from "budget_hold" where "amount" = 0 and "expires_at" <= $1::text::timestamptz`;

/** $1 scope, $2 limit, $3 period, $4 its start. A new period begins with what the ledger knows of it. */
export const setStatement = `
  insert into "budget" ("scope", "limit", "period", "spent", "held", "period_start")
  select $1::text, $2::text::numeric, $3::text, coalesce(sum("cost"), 0), 0, $4::text::timestamptz
  from "ledger_entry"
  where "at" >= $4::text::timestamptz and $1::text in ('organisation', "key", "team")
  on conflict ("scope") do update
  set "limit" = excluded."limit", "period" = excluded."period",
    "period_start" = excluded."period_start",
    "spent" = case
      when "budget"."period" = excluded."period" and "budget"."period_start" = excluded."period_start"
      then "budget"."spent" else excluded."spent" end`;

/** $1 month start, $2 day start. */
export const listStatement = `
  with "rows" as (
    select *, greatest("period_start",
      (case "period" when 'month' then $1::text else $2::text end)::timestamptz) as "start" from "budget"
  ), "l" as (
    select "scope", "limit", "period", "held", "start",
      case when "start" = "period_start" then "spent" else 0 end as "spent" from "rows"
  )
  select ${columns} from "l" order by l."scope"`;
