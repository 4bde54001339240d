// `portcullis budgets …` and `portcullis usage`: what may be spent, and what was.

import { readArguments, readMoment } from "./arguments.ts";
import { CommandError, type Command } from "./command.ts";
import { withConnection } from "./connect.ts";
import { expectResult, failureFields, type FailureAnswer } from "./outcome.ts";
import { table } from "./table.ts";

interface BudgetRow {
  readonly scope: string;
  readonly limitUsd: string;
  readonly period: string;
  readonly spentUsd: string;
  readonly heldUsd: string;
  readonly resetsAt: string;
}

interface UsageRow {
  readonly team: string;
  readonly key: string;
  readonly user: string | null;
  readonly deployment: { readonly id: string };
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: string;
}

const setUsage = "budgets set key:ID|team:NAME|organisation USD [--period month|day]";

const set: Command = {
  name: "budgets set",
  usage: setUsage.slice("budgets set ".length),
  summary: "limit what a key, a team or everyone may spend",
  async run(args, { env, print }) {
    const read = readArguments(args, { period: "one" }, { least: 2, most: 2, usage: setUsage });
    const period = (read.one("period") ?? "month").toUpperCase();
    if (period !== "MONTH" && period !== "DAY") throw new CommandError("--period: expected month or day");
    const input = { scope: read.words[0], limitUsd: read.words[1], period };
    const budget = await withConnection(env, async (connection) => {
      const query = `mutation ($input: SetBudgetInput!) { setBudget(input: $input) { __typename ... on Budget { scope limitUsd period resetsAt } ${failureFields} } }`;
      return expectResult(
        (await connection.ask<{ setBudget: FailureAnswer & BudgetRow }>(query, { input })).setBudget,
      );
    });
    print(
      `${budget.scope} may spend ${budget.limitUsd} USD a ${budget.period.toLowerCase()}; it starts anew on ${budget.resetsAt.slice(0, 10)}.`,
    );
    return 0;
  },
};

const list: Command = {
  name: "budgets list",
  usage: "[--json]",
  summary: "show every budget and what is left of it",
  async run(args, { env, print }) {
    const read = readArguments(args, { json: "flag" }, { least: 0, most: 0, usage: "budgets list [--json]" });
    const { budgets } = await withConnection(env, (connection) =>
      connection.ask<{ budgets: readonly BudgetRow[] }>(
        "{ budgets { scope limitUsd period spentUsd heldUsd resetsAt } }",
      ),
    );
    if (read.flag("json")) print(JSON.stringify(budgets, null, 2));
    else
      print(
        table(
          ["SCOPE", "LIMIT", "PERIOD", "SPENT", "HELD"],
          budgets.map((one) => [
            one.scope,
            one.limitUsd,
            one.period.toLowerCase(),
            one.spentUsd,
            one.heldUsd,
          ]),
        ),
      );
    return 0;
  },
};

const usage: Command = {
  name: "usage",
  usage: "[--since 2026-11-01] [--json]",
  summary: "show what every key used on every deployment (absent --since: this month)",
  async run(args, { env, print }) {
    const read = readArguments(
      args,
      { since: "one", json: "flag" },
      { least: 0, most: 0, usage: "usage [--since DATE] [--json]" },
    );
    const now = new Date();
    const since =
      readMoment(read.one("since"), "since", now) ??
      new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
    const answer = await withConnection(env, (connection) =>
      connection.ask<{ usage: readonly UsageRow[] }>(
        "query ($since: DateTime!) { usage(since: $since) { team key user deployment { id } requests inputTokens outputTokens costUsd } }",
        { since: since.toISOString() },
      ),
    );
    if (read.flag("json")) print(JSON.stringify(answer.usage, null, 2));
    else {
      const rows = answer.usage.map((one) => [
        one.team,
        one.user ?? one.key,
        one.deployment.id,
        String(one.requests),
        String(one.inputTokens),
        String(one.outputTokens),
        one.costUsd,
      ]);
      print(table(["TEAM", "KEY OR USER", "DEPLOYMENT", "REQUESTS", "INPUT", "OUTPUT", "USD"], rows));
    }
    return 0;
  },
};

export const moneyCommands: readonly Command[] = [set, list, usage];
