// The tables of routing: what came of routes, which deployments rest, scores, and what was learned.
// `tables.ts` has all others; drizzle-kit writes the migrations in `drizzle/` from both.

import { bigint, doublePrecision, numeric, pgTable, primaryKey, text, timestamp } from "drizzle-orm/pg-core";

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
const count = (name: string) => bigint(name, { mode: "number" });

/** Sums by day, added to every few seconds: statistics, not an account. */
export const routeResult = pgTable(
  "route_result",
  {
    route: text("route").notNull(),
    /** Of an experiment; empty for other routes. */
    arm: text("arm").notNull(),
    /** `2026-11-21`, UTC. */
    day: text("day").notNull(),
    requests: count("requests").notNull(),
    failures: count("failures").notNull(),
    cost: numeric("cost", { precision: 24, scale: 12 }).notNull(),
    outputTokens: count("output_tokens").notNull(),
    milliseconds: count("milliseconds").notNull(),
    /** Of those that said anything. */
    firstTokens: count("first_tokens").notNull(),
    firstTokenMilliseconds: count("first_token_milliseconds").notNull(),
  },
  (table) => [primaryKey({ columns: [table.route, table.arm, table.day] })],
);

/** From evaluations: how well a model does a task, or overall where the task is empty. */
export const qualityScore = pgTable(
  "quality_score",
  {
    model: text("model").notNull(),
    task: text("task").notNull(),
    score: doublePrecision("score").notNull(),
    source: text("source").notNull(),
    at: moment("at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.model, table.task] })],
);

/** A replica found that a deployment should be left alone for a while; the others take its word. */
export const breakerHint = pgTable("breaker_hint", {
  deployment: text("deployment").primaryKey(),
  cause: text("cause").notNull(),
  replica: text("replica").notNull(),
  until: moment("until").notNull(),
});

/** How often a cheap first answer was good enough, by category; what escalation learned. */
export const escalationMemory = pgTable(
  "escalation_memory",
  {
    route: text("route").notNull(),
    category: text("category").notNull(),
    enough: count("enough").notNull(),
    escalated: count("escalated").notNull(),
    at: moment("at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.route, table.category] })],
);
