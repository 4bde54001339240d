// `portcullis routes …` and `portcullis catalog quality …`: what came of routes, and the scores behind them.

import { readFile } from "node:fs/promises";
import { readArguments, readMoment } from "./arguments.ts";
import { CommandError, type Command } from "./command.ts";
import { withConnection } from "./connect.ts";
import { expectResult, failureFields, type FailureAnswer } from "./outcome.ts";
import { table } from "./table.ts";

interface ResultRow {
  readonly route: string;
  readonly arm: string | null;
  readonly requests: number;
  readonly failures: number;
  readonly costUsd: string;
  readonly milliseconds: number | null;
  readonly firstTokenMilliseconds: number | null;
}

interface ScoreRow {
  readonly model: string;
  readonly task: string | null;
  readonly score: number;
  readonly source: string;
}

const day = 24 * 3_600_000;
const usualDays = 30;

const results: Command = {
  name: "routes results",
  usage: "[ROUTE] [--since 2026-11-01] [--json]",
  summary: "show what came of each route and of each arm of an experiment (absent --since: 30 days)",
  async run(args, { env, print }) {
    const read = readArguments(
      args,
      { since: "one", json: "flag" },
      { least: 0, most: 1, usage: "routes results [ROUTE] [--since DATE] [--json]" },
    );
    const now = new Date();
    const since = readMoment(read.one("since"), "since", now) ?? new Date(now.getTime() - usualDays * day);
    const query =
      "query ($since: DateTime!, $route: String) { routeResults(since: $since, route: $route) { route arm requests failures costUsd milliseconds firstTokenMilliseconds } }";
    const variables = { since: since.toISOString(), route: read.words[0] };
    const { routeResults } = await withConnection(env, (connection) =>
      connection.ask<{ routeResults: readonly ResultRow[] }>(query, variables),
    );
    if (read.flag("json")) print(JSON.stringify(routeResults, null, 2));
    else print(resultTable(routeResults));
    return 0;
  },
};

function resultTable(rows: readonly ResultRow[]): string {
  const whole = (value: number | null): string => (value === null ? "" : String(Math.round(value)));
  return table(
    ["ROUTE", "ARM", "REQUESTS", "FAILED", "USD", "MS", "FIRST TOKEN MS"],
    rows.map((one) => [
      one.route,
      one.arm ?? "",
      String(one.requests),
      String(one.failures),
      one.costUsd,
      whole(one.milliseconds),
      whole(one.firstTokenMilliseconds),
    ]),
  );
}

interface LearnedRow {
  readonly route: string;
  readonly category: string;
  readonly enough: number;
  readonly escalated: number;
}

const memory: Command = {
  name: "routes memory",
  usage: "[ROUTE] [--reset] [--json]",
  summary: "show what escalation learned, by task, length and labels; --reset forgets it for one route",
  async run(args, { env, print }) {
    const read = readArguments(
      args,
      { reset: "flag", json: "flag" },
      { least: 0, most: 1, usage: "routes memory [ROUTE] [--reset] [--json]" },
    );
    const [route] = read.words;
    if (read.flag("reset")) {
      if (route === undefined) throw new CommandError("--reset: expected the route whose memory it is");
      const query = "mutation ($route: String!) { resetEscalationMemory(route: $route) }";
      const { resetEscalationMemory: count } = await withConnection(env, (connection) =>
        connection.ask<{ resetEscalationMemory: number }>(query, { route }),
      );
      print(`${count} ${count === 1 ? "category is" : "categories are"} forgotten.`);
      return 0;
    }
    const query =
      "query ($route: String) { escalationMemory(route: $route) { route category enough escalated } }";
    const { escalationMemory } = await withConnection(env, (connection) =>
      connection.ask<{ escalationMemory: readonly LearnedRow[] }>(query, { route }),
    );
    const rows = escalationMemory.map((one) => [
      one.route,
      one.category,
      String(one.enough),
      String(one.escalated),
    ]);
    print(
      read.flag("json")
        ? JSON.stringify(escalationMemory, null, 2)
        : table(["ROUTE", "CATEGORY", "KEPT", "ESCALATED"], rows),
    );
    return 0;
  },
};

const scoreFields = "model task score source";

const importScores: Command = {
  name: "catalog quality import",
  usage: "FILE [--json]",
  summary: "take in an evaluation table (CSV: model, task, score, source), which routes order by",
  async run(args, { env, print }) {
    const read = readArguments(
      args,
      { json: "flag" },
      { least: 1, most: 1, usage: "catalog quality import FILE [--json]" },
    );
    const [path = ""] = read.words;
    const csv = await readFile(path, "utf8").catch(() => {
      throw new CommandError(`No file can be read at ${path}`);
    });
    const query = `mutation ($csv: String!) { importQualityScores(csv: $csv) { __typename ... on QualityScores { scores { ${scoreFields} } } ${failureFields} } }`;
    const { scores } = await withConnection(env, async (connection) =>
      expectResult(
        (
          await connection.ask<{ importQualityScores: FailureAnswer & { scores: readonly ScoreRow[] } }>(
            query,
            { csv },
          )
        ).importQualityScores,
      ),
    );
    print(read.flag("json") ? JSON.stringify(scores, null, 2) : `${scores.length} scores are known now.`);
    return 0;
  },
};

const listScores: Command = {
  name: "catalog quality list",
  usage: "[--json]",
  summary: "show the scores that routes order by",
  async run(args, { env, print }) {
    const read = readArguments(
      args,
      { json: "flag" },
      { least: 0, most: 0, usage: "catalog quality list [--json]" },
    );
    const { qualityScores } = await withConnection(env, (connection) =>
      connection.ask<{ qualityScores: readonly ScoreRow[] }>(`{ qualityScores { ${scoreFields} } }`),
    );
    const rows = qualityScores.map((one) => [
      one.model,
      one.task ?? "overall",
      String(one.score),
      one.source,
    ]);
    print(
      read.flag("json")
        ? JSON.stringify(qualityScores, null, 2)
        : table(["MODEL", "TASK", "SCORE", "SOURCE"], rows),
    );
    return 0;
  },
};

export const routeCommands: readonly Command[] = [results, memory, importScores, listScores];
