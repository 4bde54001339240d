// What came of each route and each arm of an experiment, in sums by day. Requests are noted in memory
// and added every few seconds: a crash loses some counts, never money, which is in the ledger.

import type { SettlementRow } from "../audit/record-book.ts";
import { formatUsd } from "../core/money.ts";
import type { Database } from "./database.ts";

interface RouteResult {
  readonly route: string;
  /** Empty where the route is no experiment. */
  readonly arm: string;
  readonly requests: number;
  readonly failures: number;
  readonly costUsd: string;
  readonly outputTokens: number;
  /** Averages; undefined where nothing was measured. */
  readonly milliseconds: number | undefined;
  readonly firstTokenMilliseconds: number | undefined;
}

export interface RouteResults {
  /** Of one route, or of all; by route and arm. What was noted here so far is in it. */
  since(since: Date, route?: string): Promise<readonly RouteResult[]>;
}

export interface OpenedRouteResults extends RouteResults {
  /** Rows without a route, and rehearsals, are passed by. */
  note(row: SettlementRow): void;
  flush(): Promise<void>;
}

interface Sums {
  readonly route: string;
  readonly arm: string;
  readonly day: string;
  requests: number;
  failures: number;
  cost: number;
  outputTokens: number;
  milliseconds: number;
  firstTokens: number;
  firstTokenMilliseconds: number;
}

/** Who left, left; it is nobody's failure. */
const notFailures = new Set(["ok", "cancelled", "interrupted"]);

export function openRouteResults(database: Database): OpenedRouteResults {
  let noted = new Map<string, Sums>();

  async function flush(): Promise<void> {
    if (noted.size === 0) return;
    const taken = noted;
    noted = new Map();
    const rows = [...taken.values()].map((sums) => ({ ...sums, cost: formatUsd(sums.cost) }));
    try {
      await database.query(addStatement, [JSON.stringify(rows)]);
    } catch (error) {
      for (const [key, sums] of taken) noted.set(key, joined(sums, noted.get(key)));
      throw error;
    }
  }

  return {
    note(row) {
      if (row.route === undefined || row.rehearsed !== undefined) return;
      const [route, arm, day] = [row.route, row.arm ?? "", row.at.toISOString().slice(0, 10)];
      const key = `${route}\n${arm}\n${day}`;
      const sums = noted.get(key) ?? nothing(route, arm, day);
      noted.set(key, sums);
      sums.requests += 1;
      if (!notFailures.has(row.outcome)) sums.failures += 1;
      sums.cost += row.cost ?? 0;
      sums.outputTokens += Math.round(row.usage.output);
      sums.milliseconds += Math.round(row.milliseconds);
      if (row.firstTokenMilliseconds === undefined) return;
      sums.firstTokens += 1;
      sums.firstTokenMilliseconds += Math.round(row.firstTokenMilliseconds);
    },
    flush,
    async since(since, route) {
      await flush();
      const day = since.toISOString().slice(0, 10);
      const rows = await database.query<AsText>(sumStatement, [day, route ?? null]);
      return rows.map(resultOf);
    },
  };
}

const nothing = (route: string, arm: string, day: string): Sums => ({
  route,
  arm,
  day,
  requests: 0,
  failures: 0,
  cost: 0,
  outputTokens: 0,
  milliseconds: 0,
  firstTokens: 0,
  firstTokenMilliseconds: 0,
});

function joined(a: Sums, b: Sums | undefined): Sums {
  if (b === undefined) return a;
  return {
    ...a,
    requests: a.requests + b.requests,
    failures: a.failures + b.failures,
    cost: a.cost + b.cost,
    outputTokens: a.outputTokens + b.outputTokens,
    milliseconds: a.milliseconds + b.milliseconds,
    firstTokens: a.firstTokens + b.firstTokens,
    firstTokenMilliseconds: a.firstTokenMilliseconds + b.firstTokenMilliseconds,
  };
}

/** How sums come from the database. */
interface AsText {
  readonly route: string;
  readonly arm: string;
  readonly requests: string;
  readonly failures: string;
  readonly costUsd: string;
  readonly outputTokens: string;
  readonly milliseconds: string;
  readonly firstTokens: string;
  readonly firstTokenMilliseconds: string;
}

const resultOf = (row: AsText): RouteResult => ({
  route: row.route,
  arm: row.arm,
  requests: Number(row.requests),
  failures: Number(row.failures),
  costUsd: row.costUsd,
  outputTokens: Number(row.outputTokens),
  milliseconds: average(row.milliseconds, row.requests),
  firstTokenMilliseconds: average(row.firstTokenMilliseconds, row.firstTokens),
});

const average = (sum: string, count: string): number | undefined =>
  Number(count) === 0 ? undefined : Number(sum) / Number(count);

const columns = [
  "requests",
  "failures",
  "output_tokens",
  "milliseconds",
  "first_tokens",
  "first_token_milliseconds",
];

const addStatement = `
  insert into "route_result" ("route", "arm", "day", "cost", ${columns.map((name) => `"${name}"`).join(", ")})
  select "route", "arm", "day", "cost", "requests", "failures", "outputTokens", "milliseconds", "firstTokens",
    "firstTokenMilliseconds"
  from json_to_recordset($1::text::json) as r(
    "route" text, "arm" text, "day" text, "cost" numeric, "requests" bigint, "failures" bigint,
    "outputTokens" bigint, "milliseconds" bigint, "firstTokens" bigint, "firstTokenMilliseconds" bigint)
  on conflict ("route", "arm", "day") do update set "cost" = "route_result"."cost" + excluded."cost",
    ${columns.map((name) => `"${name}" = "route_result"."${name}" + excluded."${name}"`).join(", ")}`;

const sumStatement = `
  select "route", "arm", trim_scale(sum("cost"))::text as "costUsd", sum("requests")::text as "requests",
    sum("failures")::text as "failures", sum("output_tokens")::text as "outputTokens",
    sum("milliseconds")::text as "milliseconds", sum("first_tokens")::text as "firstTokens",
    sum("first_token_milliseconds")::text as "firstTokenMilliseconds"
  from "route_result" where "day" >= $1::text and ($2::text is null or "route" = $2::text)
  group by "route", "arm" order by "route", "arm"`;
