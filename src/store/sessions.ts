// How sensitive each session has become: only ever raised, forgotten a day after its last request.
// The gateway asks through `SessionMemory`; the row decides, so that every replica agrees.

import { joinSensitivity, levels, sensitivity, type Sensitivity } from "../core/sensitivity.ts";
import type { SessionMemory } from "../intake/session-memory.ts";
import type { Database } from "./database.ts";
import { within } from "./deadline.ts";

const idleMilliseconds = 24 * 60 * 60 * 1_000;
/** A session in use is written at most this often only to keep it alive: it lives that much longer. */
const slackMilliseconds = 10 * 60 * 1_000;
const longestAsk = 2_000;
const mostRemembered = 10_000;

interface Known {
  readonly point: Sensitivity;
  /** Where its last answer came from. */
  readonly deployment: string | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export function openSessions(database: Database, now: () => Date): SessionMemory {
  /** Only where no other process can raise a session: elsewhere what is remembered may be too low. */
  const remembered = database.embedded ? new Map<string, Known>() : undefined;

  async function read(callerKey: string, name: string): Promise<Known | undefined> {
    const [row] = await within(longestAsk, database.query<SessionRow>(readStatement, [callerKey, name]));
    return row && knownFrom(row);
  }

  async function write(callerKey: string, name: string, point: Sensitivity): Promise<Known> {
    const at = now().getTime();
    const [row] = await within(
      longestAsk,
      database.query<SessionRow>(joinStatement, [
        callerKey,
        name,
        levels.indexOf(point.level),
        point.labels.join("+"),
        new Date(at + idleMilliseconds + slackMilliseconds).toISOString(),
        new Date(at).toISOString(),
      ]),
    );
    if (!row) throw new Error("the database answered nothing for a session");
    return knownFrom(row);
  }

  function remember(id: string, known: Known): void {
    if (!remembered) return;
    const before = remembered.get(id);
    // Two requests may end in the other order than the database took them in.
    const point = before ? joinSensitivity(before.point, known.point) : known.point;
    remembered.delete(id);
    remembered.set(id, { ...known, point });
    const oldest = remembered.keys().next();
    if (remembered.size > mostRemembered && oldest.done !== true) remembered.delete(oldest.value);
  }

  return {
    async recall(callerKey, name) {
      const id = `${callerKey} ${name}`;
      const at = now().getTime();
      let known = remembered?.get(id) ?? (await read(callerKey, name));
      if (known && known.expiresAt <= at) {
        remembered?.delete(id);
        known = undefined;
      }
      if (known) remember(id, known);
      return {
        point: known?.point,
        deployment: known?.deployment,
        async keep(deployment) {
          // Two requests may end in either order: the later word counts, and neither is wrong.
          if (known) remember(id, (known = { ...known, deployment }));
          await within(longestAsk, database.query(keepStatement, [callerKey, name, deployment]));
        },
        async join(point) {
          const isNew = !known || joinSensitivity(known.point, point) !== known.point;
          if (!isNew && known && known.expiresAt > now().getTime() + idleMilliseconds) return;
          known = await write(callerKey, name, point);
          remember(id, known);
        },
      };
    },
  };
}

/** Sessions that nobody can meet again. */
export async function forgetExpiredSessions(database: Database, at: Date): Promise<void> {
  await database.query(`delete from "session" where "expires_at" <= $1::text::timestamptz`, [
    at.toISOString(),
  ]);
}

interface SessionRow {
  readonly rank: number;
  readonly deployment: string | null;
  readonly labels: string;
  readonly expiresAt: string;
}

function knownFrom({ rank, labels, deployment, expiresAt }: SessionRow): Known {
  const point = sensitivity(levels[rank] ?? "restricted", labels === "" ? [] : labels.split("+"));
  return { point, deployment: deployment ?? undefined, expiresAt: Number(expiresAt) };
}

const columns = `"rank", array_to_string("labels", '+') as "labels", "deployment",
  (extract(epoch from "expires_at") * 1000)::bigint::text as "expiresAt"`;

const keepStatement = `update "session" set "deployment" = $3::text
  where "caller_key" = $1::text and "name" = $2::text`;

const readStatement = `select ${columns} from "session" where "caller_key" = $1::text and "name" = $2::text`;

/** $1 key, $2 name, $3 rank, $4 labels joined by +, $5 expiry, $6 now. What has expired counts no more. */
const joinStatement = `
  insert into "session" ("caller_key", "name", "rank", "labels", "expires_at")
  values ($1::text, $2::text, $3::integer, string_to_array($4::text, '+'), $5::text::timestamptz)
  on conflict ("caller_key", "name") do update set
    "rank" = case when "session"."expires_at" <= $6::text::timestamptz then excluded."rank"
      else greatest("session"."rank", excluded."rank") end,
    "labels" = case when "session"."expires_at" <= $6::text::timestamptz then excluded."labels"
      else array(select distinct unnest("session"."labels" || excluded."labels") order by 1) end,
    "expires_at" = greatest("session"."expires_at", excluded."expires_at")
  returning ${columns}`;
