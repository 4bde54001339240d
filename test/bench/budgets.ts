// What the gateway may cost at most, beside what was measured in the same run.
// `--check` compares; the numbers are promises, so a change of one needs a reason.

import type { ColdStart } from "./cold-start.ts";
import type { CaseResult, Line } from "./measure.ts";
import type { MemoryUse } from "./memory.ts";

export interface Measured {
  readonly cases: readonly CaseResult[];
  readonly coldStarts: readonly ColdStart[];
  readonly memory: MemoryUse | undefined;
}

interface Budget {
  readonly what: string;
  /** Undefined, or no number, where it was not measured. */
  read(measured: Measured): number | undefined;
  readonly unit: string;
  readonly atMost: number;
  readonly aim: number;
}

const postgres = "portcullis-postgres";
const lineOf = ({ cases }: Measured, name: string, contestant: string): Line | undefined =>
  cases.find((one) => one.name === name)?.lines.find((line) => line.contestant === contestant);

const ratio =
  (name: string, contestant = postgres) =>
  (measured: Measured): number | undefined =>
    lineOf(measured, name, contestant)?.ratio;

/** To another contestant than the baseline. */
const costBeside =
  (name: string, other: string) =>
  (measured: Measured): number | undefined => {
    const [own, theirs] = [lineOf(measured, name, postgres), lineOf(measured, name, other)];
    return own && theirs && own.microsecondsPerUnit / theirs.microsecondsPerUnit;
  };

/** Milliseconds later than the bare proxy. */
const later =
  (name: string, part: "p50" | "p90") =>
  (measured: Measured): number | undefined => {
    const [own, bare] = [lineOf(measured, name, postgres), lineOf(measured, name, "bare-proxy")];
    return own && bare && own[part] - bare[part];
  };

const start =
  (part: "milliseconds" | "megabytes") =>
  ({ coldStarts }: Measured): number | undefined =>
    coldStarts.find(({ name }) => name === "start-postgres-built")?.[part];

const budgets: readonly Budget[] = [
  { what: "REST whole, PostgreSQL", read: ratio("rest-whole"), unit: "× bare proxy", atMost: 2.2, aim: 1.7 },
  {
    what: "REST whole, PostgreSQL",
    read: costBeside("rest-whole", "portkey"),
    unit: "× Portkey",
    atMost: 1 / 5,
    aim: 1 / 8,
  },
  {
    what: "REST whole, PGlite",
    read: ratio("rest-whole", "portcullis-pglite"),
    unit: "× bare proxy",
    atMost: 4,
    aim: 3,
  },
  { what: "REST stream, a chunk", read: ratio("rest-stream"), unit: "× bare proxy", atMost: 1.8, aim: 1.3 },
  {
    what: "REST stream, first chunk at p90",
    read: later("rest-stream", "p90"),
    unit: "ms later than bare proxy",
    atMost: 1,
    aim: 1,
  },
  { what: "GraphQL complete", read: ratio("graphql-complete"), unit: "× bare yoga", atMost: 0.75, aim: 0.5 },
  {
    what: "GraphQL subscription, a chunk",
    read: ratio("graphql-subscription"),
    unit: "× our REST stream",
    atMost: 2,
    aim: 1.3,
  },
  { what: "catalog query", read: ratio("graphql-catalog"), unit: "× bare yoga", atMost: 0.8, aim: 0.3 },
  {
    what: "200 requests a second, p50",
    read: later("rest-200-per-second", "p50"),
    unit: "ms later than bare proxy",
    atMost: 0.3,
    aim: 0.15,
  },
  {
    what: "200 requests a second, p90",
    read: later("rest-200-per-second", "p90"),
    unit: "ms later than bare proxy",
    atMost: 0.6,
    aim: 0.3,
  },
  {
    what: "1,000 idle streams",
    read: ({ memory }) => memory?.streamsMegabytes,
    unit: "MB above idle",
    atMost: 60,
    aim: 30,
  },
  {
    // Flat, as far as a heap is: caches fill, and code is compiled again.
    what: "after many requests and dropped streams",
    read: ({ memory }) => memory?.growthMegabytes,
    unit: "MB more than halfway",
    atMost: 5,
    aim: 2,
  },
  { what: "cold start, PostgreSQL, built", read: start("milliseconds"), unit: "ms", atMost: 800, aim: 400 },
  { what: "cold start, PostgreSQL, built", read: start("megabytes"), unit: "MB", atMost: 160, aim: 110 },
];

export interface Verdict extends Pick<Budget, "what" | "unit" | "atMost" | "aim"> {
  readonly measured: number;
  readonly kept: boolean;
}

/** Only of what was measured. */
export function judge(measured: Measured): readonly Verdict[] {
  return budgets.flatMap(({ what, unit, atMost, aim, read }) => {
    const value = read(measured);
    if (value === undefined || Number.isNaN(value)) return [];
    return [{ what, unit, atMost, aim, measured: value, kept: value <= atMost }];
  });
}
