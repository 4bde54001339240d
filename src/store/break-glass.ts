// Break-glass requests: asked for by one person, approved by another, over by themselves. Never deleted.
// The database itself refuses an approval by whoever asked, and a change of what was asked for.

import { randomBytes } from "node:crypto";
import { and, desc, eq, gt, isNotNull, isNull, sql } from "drizzle-orm/sql";
import { Failure } from "../core/errors.ts";
import {
  approvableMinutes,
  statusOf,
  type BreakGlassBook,
  type BreakGlassRequest,
} from "../policy/break-glass.ts";
import { sqlState } from "./database.ts";
import type { Database } from "./database.ts";
import { apiKey, breakGlass } from "./tables.ts";

export function openBreakGlassBook({ orm }: Database, now: () => Date): BreakGlassBook {
  async function find(id: string): Promise<BreakGlassRequest> {
    const [row] = await orm.select().from(breakGlass).where(eq(breakGlass.id, id));
    if (!row) throw new Failure("NOT_FOUND", `There is no break-glass request ${id}.`);
    return requestOf(row);
  }

  return {
    async request(input, by) {
      const id = `bg_${randomBytes(8).toString("hex")}`;
      const row = { ...input, id, requestedBy: by, requestedAt: now() };
      const [made] = await orm.insert(breakGlass).values(row).returning();
      if (!made) throw new Failure("INTERNAL");
      return requestOf(made);
    },

    async approve(id, by) {
      const at = now();
      const since = new Date(at.getTime() - approvableMinutes * 60_000);
      const moment = sql`${at.toISOString()}::timestamptz`;
      const expiresAt = sql`${moment} + make_interval(mins => ${breakGlass.minutes})`;
      try {
        const [approved] = await orm
          .update(breakGlass)
          .set({ approvedBy: by, approvedAt: at, expiresAt })
          .where(
            and(
              eq(breakGlass.id, id),
              isNull(breakGlass.approvedBy),
              isNull(breakGlass.endedAt),
              gt(breakGlass.requestedAt, since),
              sql`not exists (${orm
                .select({ id: apiKey.id })
                .from(apiKey)
                .where(and(eq(apiKey.id, by), gt(apiKey.createdAt, breakGlass.requestedAt)))})`,
            ),
          )
          .returning();
        if (approved) return requestOf(approved);
      } catch (error) {
        if (sqlState(error) !== checkViolation) throw error;
        throw new Failure("FORBIDDEN", "Whoever asked for it cannot approve it: another person must.");
      }
      throw notApprovable(await find(id), at);
    },

    async end(id, by) {
      const [ended] = await orm
        .update(breakGlass)
        .set({ endedBy: by, endedAt: now() })
        .where(and(eq(breakGlass.id, id), isNull(breakGlass.endedAt)))
        .returning();
      return ended ? requestOf(ended) : await find(id);
    },

    async list() {
      const rows = await orm.select().from(breakGlass).orderBy(desc(breakGlass.requestedAt), breakGlass.id);
      return rows.map(requestOf);
    },

    async inForce() {
      const rows = await orm
        .select({ id: breakGlass.id, subject: breakGlass.subject, expiresAt: breakGlass.expiresAt })
        .from(breakGlass)
        .where(
          and(isNotNull(breakGlass.approvedBy), isNull(breakGlass.endedAt), gt(breakGlass.expiresAt, now())),
        );
      return rows.map(({ id, subject, expiresAt }) => ({ id, subject, until: expiresAt?.getTime() ?? 0 }));
    },
  };
}

const checkViolation = "23514";

function notApprovable(request: BreakGlassRequest, at: Date): Failure {
  const status = statusOf(request, at.getTime());
  // Nobody may make the second person: a key that is younger than the request proves nothing.
  if (status === "awaiting") return new Failure("FORBIDDEN", "This key was made after the request.");
  return new Failure("INVALID_REQUEST", whyNot[status], { path: "id" });
}

const whyNot = {
  "in-force": "It is approved already.",
  expired: "It was approved and is over.",
  ended: "It was ended.",
  lapsed: `It was not approved within ${approvableMinutes} minutes; ask again.`,
};

function requestOf(row: typeof breakGlass.$inferSelect): BreakGlassRequest {
  return {
    ...row,
    approvedBy: row.approvedBy ?? undefined,
    approvedAt: row.approvedAt ?? undefined,
    expiresAt: row.expiresAt ?? undefined,
    endedBy: row.endedBy ?? undefined,
    endedAt: row.endedAt ?? undefined,
  };
}
