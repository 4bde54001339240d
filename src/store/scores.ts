// How well models do, as evaluations found: one score for a model and a task, or for a model overall.
// `catalog quality import` writes it; the snapshot carries all of it, since routes order by it.

import type { QualityScore } from "../catalog/quality.ts";
import type { Database } from "./database.ts";

export interface ScoreBook {
  /** Puts these in place of what was known of the same model and task; the rest stays. */
  put(scores: readonly QualityScore[], at: Date): Promise<void>;
  list(): Promise<readonly QualityScore[]>;
}

export function openScoreBook(database: Database): ScoreBook {
  return {
    put: async (scores, at) =>
      void (await database.query(putStatement, [JSON.stringify(scores), at.toISOString()])),
    list: () =>
      database.query<Parameters<typeof numbered>[0]>(listStatement).then((rows) => rows.map(numbered)),
  };
}

/** The drivers disagree about how a fraction is read. */
const numbered = (row: Omit<QualityScore, "score"> & { score: string }): QualityScore => ({
  ...row,
  score: Number(row.score),
});

const putStatement = `
  insert into "quality_score" ("model", "task", "score", "source", "at")
  select "model", "task", "score", "source", $2::text::timestamptz
  from json_to_recordset($1::text::json) as r("model" text, "task" text, "score" double precision, "source" text)
  on conflict ("model", "task") do update
  set "score" = excluded."score", "source" = excluded."source", "at" = excluded."at"`;

const listStatement = `
  select "model", "task", "score"::text as "score", "source" from "quality_score" order by "model", "task"`;
