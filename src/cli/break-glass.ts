// `portcullis break-glass …`: asks for an emergency permission, approves another's, lists and ends them.
// Who asks and who approves is the key that the command comes with; without one it is the local operator.

import { readArguments } from "./arguments.ts";
import { CommandError, type Command } from "./command.ts";
import { withConnection } from "./connect.ts";
import { expectResult, failureFields, type FailureAnswer } from "./outcome.ts";
import { table } from "./table.ts";

interface BreakGlassRow {
  readonly id: string;
  readonly who: string;
  readonly reason: string;
  readonly ticket: string;
  readonly minutes: number;
  readonly status: string;
  readonly requestedBy: string;
  readonly approvedBy: string | null;
  readonly expiresAt: string | null;
}

const fields = "id who reason ticket minutes status requestedBy approvedBy expiresAt";
const result = `{ __typename ... on BreakGlass { ${fields} } ${failureFields} }`;

const requestUsage =
  "break-glass request --who key:ID|team:NAME|user:ID --reason TEXT --ticket TEXT --minutes 1…60 [--json]";

const request: Command = {
  name: "break-glass request",
  usage: requestUsage.slice("break-glass request ".length),
  summary: "ask to lift the rules that give way in an emergency; another person approves",
  async run(args, { env, print }) {
    const read = readArguments(
      args,
      { who: "one", reason: "one", ticket: "one", minutes: "one", json: "flag" },
      { least: 0, most: 0, usage: requestUsage },
    );
    const [who, reason, ticket] = ["who", "reason", "ticket"].map(
      (name) => read.one(name) ?? missing(`--${name}`),
    );
    const minutes = Number(read.one("minutes") ?? missing("--minutes"));
    if (!Number.isInteger(minutes)) throw new CommandError("--minutes: expected a whole number from 1 to 60");
    const query = `mutation ($input: BreakGlassInput!) { requestBreakGlass(input: $input) ${result} }`;
    const made = await withConnection(env, async (connection) =>
      expectResult(
        (
          await connection.ask<{ requestBreakGlass: FailureAnswer & BreakGlassRow }>(query, {
            input: { who, reason, ticket, minutes },
          })
        ).requestBreakGlass,
      ),
    );
    if (read.flag("json")) print(JSON.stringify(rowOf(made), null, 2));
    else {
      print(`${made.id} asks for ${made.minutes} minutes for ${made.who}.`);
      print(`Another person approves it with: portcullis break-glass approve ${made.id}`);
    }
    return 0;
  },
};

const approve = step(
  "approve",
  "approve what another person asked for; its minutes begin",
  (one) => `${one.id} is in force for ${one.who} until ${one.expiresAt ?? ""}.`,
);

const end = step("end", "end one before its minutes are over", (one) => `${one.id} is ended.`);

const list: Command = {
  name: "break-glass list",
  usage: "[--json]",
  summary: "show every request and what became of it, newest first",
  async run(args, { env, print }) {
    const usage = "break-glass list [--json]";
    const read = readArguments(args, { json: "flag" }, { least: 0, most: 0, usage });
    const { breakGlass } = await withConnection(env, (connection) =>
      connection.ask<{ breakGlass: readonly BreakGlassRow[] }>(`{ breakGlass { ${fields} } }`),
    );
    if (read.flag("json")) print(JSON.stringify(breakGlass, null, 2));
    else {
      const rows = breakGlass.map((one) => [
        one.id,
        one.who,
        one.status.toLowerCase().replaceAll("_", " "),
        String(one.minutes),
        one.requestedBy,
        one.approvedBy ?? "",
        one.expiresAt ?? "",
        one.ticket,
        one.reason,
      ]);
      print(
        table(
          ["ID", "WHO", "STATUS", "MINUTES", "ASKED BY", "APPROVED BY", "UNTIL", "TICKET", "REASON"],
          rows,
        ),
      );
    }
    return 0;
  },
};

/** What is done to one request by its id. */
function step(verb: "approve" | "end", summary: string, said: (one: BreakGlassRow) => string): Command {
  const usage = `break-glass ${verb} ID [--json]`;
  return {
    name: `break-glass ${verb}`,
    usage: "ID [--json]",
    summary,
    async run(args, { env, print }) {
      const read = readArguments(args, { json: "flag" }, { least: 1, most: 1, usage });
      const query = `mutation ($id: ID!) { done: ${verb}BreakGlass(id: $id) ${result} }`;
      const done = await withConnection(env, async (connection) =>
        expectResult(
          (await connection.ask<{ done: FailureAnswer & BreakGlassRow }>(query, { id: read.words[0] })).done,
        ),
      );
      print(read.flag("json") ? JSON.stringify(rowOf(done), null, 2) : said(done));
      return 0;
    },
  };
}

function rowOf({ __typename, ...row }: FailureAnswer & BreakGlassRow): BreakGlassRow {
  return row;
}

function missing(option: string): never {
  throw new CommandError(`${option} is needed. Usage: portcullis ${requestUsage}`);
}

export const breakGlassCommands: readonly Command[] = [request, approve, end, list];
