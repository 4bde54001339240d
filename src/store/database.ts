// What both databases are to the rest of `store/`: Drizzle for plain reading and writing, and
// `query` for the statements that must be one round trip. `pglite.ts` and `postgres.ts` make one.

import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";

export type Orm = PgDatabase<PgQueryResultHKT>;

/** Statements cast each parameter (`$1::text`): the drivers disagree about everything else. */
export type Parameter = string | number | boolean | null;

export interface Database {
  /** True for PGlite: this process alone has it, on one connection. */
  readonly embedded: boolean;
  readonly orm: Orm;
  /**
   * Prepared where the connection allows it. Select `text`, `boolean` and `integer` only: the two
   * drivers read other types differently.
   */
  query<Row>(statement: string, parameters?: readonly Parameter[]): Promise<readonly Row[]>;
  /**
   * `query` over a connection of its own, for whoever asks the same thing one by one all the time: what a server keeps
   * for a connection is always at hand there. Where it does not answer, the next question goes over another.
   */
  readonly queryOften: Database["query"];
  /** Calls `wake` at each notification; does nothing where the connection cannot listen. */
  listen(channel: string, wake: () => void): Promise<void>;
  /** Called twice a minute for what a server does by itself. */
  tidy(): Promise<void>;
  close(): Promise<void>;
}

/** SQLSTATE of what the database refused, however deep the driver wrapped it. */
export function sqlState(error: unknown): string | undefined {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if ("code" in inner && typeof inner.code === "string" && /^[0-9A-Z]{5}$/.test(inner.code)) {
      return inner.code;
    }
  }
  return undefined;
}

export const uniqueViolation = "23505";
