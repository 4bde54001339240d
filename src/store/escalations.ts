// What escalation learned, by route and category: how often a cheap first answer was good enough.
// Answered from memory, since every such request asks; added up in the database every few seconds, and
// read again, so that replicas learn from each other.

import type { Database } from "./database.ts";

interface LearnedRow {
  readonly route: string;
  /** As `code, short, no labels`. */
  readonly category: string;
  readonly enough: number;
  readonly escalated: number;
}

export interface EscalationMemory {
  /** As far as this process knows; zeros where nothing is known. */
  recall(route: string, category: string): { readonly enough: number; readonly escalated: number };
  note(route: string, category: string, escalated: boolean): void;
  /** Of one route, or of all. */
  list(route?: string): Promise<readonly LearnedRow[]>;
  /** How many categories were forgotten. */
  reset(route: string): Promise<number>;
}

export interface OpenedEscalationMemory extends EscalationMemory {
  /** Writes what was noted, and reads what all know. */
  exchange(): Promise<void>;
}

interface Counts {
  enough: number;
  escalated: number;
}

export async function openEscalationMemory(database: Database): Promise<OpenedEscalationMemory> {
  let known = new Map<string, Counts>();
  let noted = new Map<string, Counts>();
  const keyOf = (route: string, category: string): string => `${route}\n${category}`;
  const read = async (): Promise<readonly LearnedRow[]> => {
    const rows = await database.query<AsText>(listStatement);
    return rows.map((row) => ({ ...row, enough: Number(row.enough), escalated: Number(row.escalated) }));
  };

  async function refresh(): Promise<void> {
    const rows = await read();
    known = new Map(
      rows.map(({ route, category, enough, escalated }) => [keyOf(route, category), { enough, escalated }]),
    );
    for (const [key, counts] of noted) add(known, key, counts);
  }

  async function write(): Promise<void> {
    if (noted.size === 0) return;
    const taken = noted;
    noted = new Map();
    const rows = [...taken].map(([key, counts]) => {
      const [route = "", category = ""] = key.split("\n");
      return { route, category, ...counts };
    });
    try {
      await database.query(addStatement, [JSON.stringify(rows)]);
    } catch (error) {
      for (const [key, counts] of taken) add(noted, key, counts);
      throw error;
    }
  }

  async function exchange(): Promise<void> {
    if (database.embedded && noted.size === 0) return;
    await write();
    await refresh();
  }

  await refresh();
  return {
    recall: (route, category) => known.get(keyOf(route, category)) ?? { enough: 0, escalated: 0 },
    note(route, category, escalated) {
      const counts = { enough: escalated ? 0 : 1, escalated: escalated ? 1 : 0 };
      for (const map of [known, noted]) add(map, keyOf(route, category), counts);
    },
    async list(route) {
      await write();
      return (await read()).filter((row) => route === undefined || row.route === route);
    },
    async reset(route) {
      await write();
      const gone = await database.query(resetStatement, [route]);
      await refresh();
      return gone.length;
    },
    exchange,
  };
}

function add(map: Map<string, Counts>, key: string, { enough, escalated }: Counts): void {
  const counts = map.get(key) ?? { enough: 0, escalated: 0 };
  map.set(key, { enough: counts.enough + enough, escalated: counts.escalated + escalated });
}

interface AsText {
  readonly route: string;
  readonly category: string;
  readonly enough: string;
  readonly escalated: string;
}

const listStatement = `
  select "route", "category", "enough"::text as "enough", "escalated"::text as "escalated"
  from "escalation_memory" order by "route", "category"`;

const addStatement = `
  insert into "escalation_memory" ("route", "category", "enough", "escalated", "at")
  select "route", "category", "enough", "escalated", now()
  from json_to_recordset($1::text::json) as r(
    "route" text, "category" text, "enough" bigint, "escalated" bigint)
  on conflict ("route", "category") do update set "at" = now(),
    "enough" = "escalation_memory"."enough" + excluded."enough",
    "escalated" = "escalation_memory"."escalated" + excluded."escalated"`;

const resetStatement = `delete from "escalation_memory" where "route" = $1::text returning "category"`;
