// Every table of the product, once, for PGlite and PostgreSQL alike. drizzle-kit writes the
// migrations in `drizzle/` from it; the triggers that bump `generation` stand in a migration of their own.

import { sql } from "drizzle-orm/sql";
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  json,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import type { ModelFacts, SyncedPrice } from "../catalog/synced.ts";
import type { Scope } from "../core/caller.ts";
import type { Sensitivity } from "../core/sensitivity.ts";
import type { BundleFiles } from "../policy/version-book.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
/** Exact to the picodollar. */
const dollars = (name: string) => numeric(name, { precision: 24, scale: 12 });
const count = (name: string) => bigint(name, { mode: "number" });

/** One row, bumped by triggers with whatever every replica must learn of. */
export const generation = pgTable("generation", {
  id: integer("id").primaryKey(),
  number: count("number").notNull(),
});

/** One row per process that ever wrote, with the head of its chain of records. */
export const replica = pgTable("replica", {
  id: text("id").primaryKey(),
  /** Sequence and hash of its newest record. */
  sequence: count("sequence").notNull().default(0),
  hash: text("hash").notNull(),
  /** Every decision of this chain up to here is settled. */
  openAfter: count("open_after").notNull().default(0),
  seenAt: moment("seen_at").notNull().defaultNow(),
  /** The policy version that it decides by; null until it has loaded one. */
  policyVersion: integer("policy_version"),
  /** Somebody closes what this replica left open, until then. */
  recoveringUntil: moment("recovering_until"),
});

export const record = pgTable(
  "record",
  {
    replica: text("replica").notNull(),
    sequence: count("sequence").notNull(),
    kind: text("kind", { enum: ["decision", "settlement"] }).notNull(),
    requestId: text("request_id").notNull(),
    at: moment("at").notNull(),
    /** Canonical JSON, byte for byte what was hashed. */
    body: text("body").notNull(),
    previousHash: text("previous_hash").notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.replica, table.sequence] }),
    index("record_request").on(table.requestId),
  ],
);

export const ledgerEntry = pgTable(
  "ledger_entry",
  {
    requestId: text("request_id").primaryKey(),
    at: moment("at").notNull(),
    key: text("key").notNull(),
    /** `user:…`; null where a key asked for itself. */
    user: text("user_id"),
    team: text("team").notNull(),
    deployment: text("deployment").notNull(),
    model: text("model").notNull(),
    inputTokens: count("input_tokens").notNull(),
    cachedInputTokens: count("cached_input_tokens").notNull(),
    cacheWriteTokens: count("cache_write_tokens").notNull(),
    outputTokens: count("output_tokens").notNull(),
    reasoningTokens: count("reasoning_tokens").notNull(),
    /** Null where nobody knows the price. */
    cost: dollars("cost"),
    estimated: boolean("estimated").notNull(),
    priceVersion: text("price_version"),
  },
  (table) => [index("ledger_entry_at").on(table.at)],
);

export const apiKey = pgTable("api_key", {
  id: text("id").primaryKey(),
  /** Hex sha256 of the secret, which is nowhere. */
  digest: text("digest").notNull().unique(),
  hint: text("hint").notNull(),
  name: text("name").notNull(),
  team: text("team").notNull(),
  roles: jsonb("roles").$type<readonly string[]>().notNull(),
  scopes: jsonb("scopes").$type<readonly Scope[]>().notNull(),
  floor: jsonb("floor").$type<Sensitivity>().notNull(),
  ceiling: jsonb("ceiling").$type<Sensitivity>().notNull(),
  defaultSensitivity: jsonb("default_sensitivity").$type<Sensitivity>().notNull(),
  purposes: jsonb("purposes").$type<readonly string[]>().notNull(),
  createdAt: moment("created_at").notNull(),
  expiresAt: moment("expires_at"),
  revokedAt: moment("revoked_at"),
});

export const policyVersion = pgTable("policy_version", {
  number: integer("number").primaryKey(),
  sha256: text("sha256").notNull(),
  /** `json`, not `jsonb`: it keeps the text as it came. */
  files: json("files").$type<BundleFiles>().notNull(),
  author: text("author").notNull(),
  at: moment("at").notNull(),
  /** Why it was published, in its author's words. */
  reason: text("reason"),
  /** `abort`: streams that run on deployments it denies end at once. */
  revoke: text("revoke", { enum: ["abort"] }),
});

export const attestation = pgTable("attestation", {
  id: text("id").primaryKey(),
  subject: text("subject").notNull(),
  guarantee: text("guarantee").notNull(),
  origin: text("origin").notNull(),
  evidenceUrl: text("evidence_url").notNull(),
  reason: text("reason").notNull(),
  by: text("by").notNull(),
  at: moment("at").notNull(),
  until: moment("until"),
});

export const budget = pgTable("budget", {
  scope: text("scope").primaryKey(),
  limit: dollars("limit").notNull(),
  period: text("period", { enum: ["month", "day"] }).notNull(),
  /** Since `periodStart`; of a period gone by it counts no more. */
  spent: dollars("spent").notNull(),
  /** Sum of this scope's rows in `budget_hold`, kept here so that one row lock decides. */
  held: dollars("held").notNull(),
  periodStart: moment("period_start").notNull(),
});

/** Money held for a running request: one row per budget that covers it. */
export const budgetHold = pgTable(
  "budget_hold",
  {
    hold: text("hold").notNull(),
    scope: text("scope").notNull(),
    requestId: text("request_id").notNull(),
    /** 0 once it was given back unsettled; a late settlement still finds the row. */
    amount: dollars("amount").notNull(),
    /** A crash leaves its holds behind; then they are given back. */
    expiresAt: moment("expires_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.hold, table.scope] }),
    index("budget_hold_expiry").on(table.expiresAt),
  ],
);

export const claim = pgTable(
  "claim",
  {
    callerKey: text("caller_key").notNull(),
    idempotencyKey: text("idempotency_key").notNull(),
    bodyHash: text("body_hash").notNull(),
    requestId: text("request_id").notNull(),
    expiresAt: moment("expires_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.callerKey, table.idempotencyKey] }),
    index("claim_expiry").on(table.expiresAt),
  ],
);

/** How sensitive a conversation has become; it only grows until it is forgotten. */
export const session = pgTable(
  "session",
  {
    callerKey: text("caller_key").notNull(),
    /** A hash: what callers name their sessions by may say who they talk about. */
    name: text("name").notNull(),
    /** 0 public … 3 restricted: a number, so that the database can take the higher one. */
    rank: integer("rank").notNull(),
    labels: text("labels").array().notNull(),
    /** Where its last answer came from; a session stays there while it can. */
    deployment: text("deployment"),
    expiresAt: moment("expires_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.callerKey, table.name] }),
    index("session_expiry").on(table.expiresAt),
  ],
);

/** Permission to pass the rows that say `unless break-glass`: asked by one person, given by another. */
export const breakGlass = pgTable(
  "break_glass",
  {
    id: text("id").primaryKey(),
    /** `key:…`, `team:…` or `user:…`. */
    subject: text("subject").notNull(),
    reason: text("reason").notNull(),
    ticket: text("ticket").notNull(),
    minutes: integer("minutes").notNull(),
    requestedBy: text("requested_by").notNull(),
    requestedAt: moment("requested_at").notNull(),
    approvedBy: text("approved_by"),
    approvedAt: moment("approved_at"),
    /** So many minutes after the approval. */
    expiresAt: moment("expires_at"),
    endedBy: text("ended_by"),
    endedAt: moment("ended_at"),
  },
  (table) => [
    check("break_glass_two_people", sql`${table.approvedBy} <> ${table.requestedBy}`),
    check("break_glass_minutes", sql`${table.minutes} between 1 and 60`),
    check(
      "break_glass_approval",
      sql`(${table.approvedBy} is null) = (${table.approvedAt} is null)
        and (${table.approvedAt} is null) = (${table.expiresAt} is null)
        and ${table.expiresAt} <= ${table.approvedAt} + make_interval(mins => ${table.minutes})`,
    ),
    index("break_glass_expiry").on(table.expiresAt),
  ],
);

/** GraphQL texts that administrators imported, by the ids that clients send. */
export const trustedDocument = pgTable("trusted_document", {
  id: text("id").primaryKey(),
  sha256: text("sha256").notNull(),
  text: text("text").notNull(),
  name: text("name"),
  at: moment("at").notNull(),
  by: text("by").notNull(),
});

/** What `catalog sync` brought in: rows are added, never changed and never deleted. */
export const syncedModel = pgTable("synced_model", {
  number: count("number").primaryKey().generatedAlwaysAsIdentity(),
  deploymentId: text("deployment_id").notNull(),
  facts: json("facts").$type<ModelFacts>().notNull(),
  gone: boolean("gone").notNull(),
  source: text("source").notNull(),
  validFrom: moment("valid_from").notNull(),
});

export const syncedPrice = pgTable(
  "synced_price",
  {
    number: count("number").primaryKey().generatedAlwaysAsIdentity(),
    deploymentId: text("deployment_id").notNull(),
    version: text("version").notNull(),
    rates: json("rates").$type<SyncedRates>().notNull(),
    source: text("source").notNull(),
    validFrom: moment("valid_from").notNull(),
  },
  (table) => [uniqueIndex("synced_price_version").on(table.deploymentId, table.version)],
);

/** All of a price that is money. */
export type SyncedRates = Omit<SyncedPrice, "deploymentId" | "version" | "source" | "validFrom">;
