// `portcullis policy matrix|explain`: who may send what where, and why. Rules are shown as sentences.

import { readArguments } from "./arguments.ts";
import { CommandError, type Command, type Terminal } from "./command.ts";
import { withConnection } from "./connect.ts";
import { answerFields, answerLines, requestFields, requestLines } from "./policy-answers.ts";
import type { Answer, Explained } from "./policy-answers.ts";
import { termFields, termLines, termsTable, type Terms } from "./safety-terms.ts";
import { table } from "./table.ts";

interface Matrix {
  readonly policyVersion: number;
  readonly lines: readonly {
    readonly role: string;
    readonly data: string;
    readonly action: string;
    readonly deployments: readonly { readonly id: string }[];
  }[];
  readonly safety: readonly { readonly role: string; readonly data: string; readonly terms: Terms }[];
}

/** More ids than these would hide the table. */
const mostNamed = 4;

const matrixUsage = "policy matrix [--role ROLE]… [--data TAG]… [--action ACTION]… [--json]";

const matrix: Command = {
  name: "policy matrix",
  usage: matrixUsage.slice("policy matrix ".length),
  summary: "show role × sensitivity × action → deployments, as it is now",
  async run(args, { env, print }) {
    const read = readArguments(
      args,
      { role: "many", data: "many", action: "many", json: "flag" },
      { least: 0, most: 0, usage: matrixUsage },
    );
    const query =
      "query ($roles: [String!], $data: [Sensitivity!], $actions: [MatrixAction!]) { policyMatrix(roles: $roles, data: $data, actions: $actions) { policyVersion lines { role data action deployments { id } } safety { role data terms " +
      `${termFields} } } }`;
    const actions = read.many("action")?.map((action) => action.toUpperCase());
    const variables = { roles: read.many("role"), data: read.many("data"), actions };
    const { policyMatrix: found } = await withConnection(env, (connection) =>
      connection.ask<{ policyMatrix: Matrix }>(query, variables),
    );
    if (read.flag("json")) print(JSON.stringify(found, null, 2));
    else {
      const rows = found.lines.map(({ role, data, action, deployments }) => [
        role,
        data,
        action.toLowerCase(),
        named(deployments.map(({ id }) => id)),
      ]);
      print(table(["ROLE", "DATA", "ACTION", "DEPLOYMENTS"], rows));
      print("\nAnswers");
      print(termsTable(found.safety));
    }
    return 0;
  },
};

const named = (ids: readonly string[]): string => {
  if (ids.length === 0) return "nowhere";
  const more = ids.length - mostNamed;
  return ids.slice(0, mostNamed).join(" ") + (more > 0 ? ` and ${more} more` : "");
};

const explainUsage =
  "policy explain --who ROLE… --data TAG [--does ACTION] [--provider GUARANTEE… | --model MODEL] [--purpose WORD] [--json]\n       portcullis policy explain --request ID [--json]";

const explain: Command = {
  name: "policy explain",
  usage: explainUsage.slice("policy explain ".length),
  summary: "say why a request would be, or was, permitted or refused; exit code 1 where nothing is permitted",
  async run(args, terminal) {
    const read = readArguments(
      args,
      {
        who: "many",
        does: "one",
        data: "one",
        provider: "many",
        model: "one",
        purpose: "one",
        request: "one",
        json: "flag",
      },
      { least: 0, most: 0, usage: explainUsage },
    );
    const id = read.one("request");
    if (id !== undefined) return await explainRequest(id, read.flag("json"), terminal);
    const who = read.many("who") ?? missing("--who");
    const data = read.one("data") ?? missing("--data");
    const input = {
      who,
      data,
      does: read.one("does") ?? "complete",
      provider: read.many("provider")?.filter((word) => word !== "nothing"),
      model: read.one("model"),
      purpose: read.one("purpose"),
    };
    const query = `query ($input: PolicyQuestionInput!) { explainPolicy(input: $input) { ${answerFields} } }`;
    const { explainPolicy: answers } = await withConnection(terminal.env, (connection) =>
      connection.ask<{ explainPolicy: readonly Answer[] }>(query, { input }),
    );
    if (read.flag("json")) terminal.print(JSON.stringify(answers, null, 2));
    else {
      for (const answer of answers) for (const line of answerLines(answer)) terminal.print(line);
      for (const line of termLines(answers[0]?.safety)) terminal.print(line);
    }
    return answers.some(({ allowed }) => allowed) ? 0 : 1;
  },
};

async function explainRequest(id: string, json: boolean, { env, print }: Terminal): Promise<number> {
  const query = `query ($id: ID!) { explainRequest(id: $id) { ${requestFields} } }`;
  const { explainRequest: found } = await withConnection(env, (connection) =>
    connection.ask<{ explainRequest: Explained | null }>(query, { id }),
  );
  if (found === null) throw new CommandError(`Nothing is recorded of ${id}.`);
  if (json) print(JSON.stringify(found, null, 2));
  else for (const line of requestLines(found)) print(line);
  return 0;
}

function missing(option: string): never {
  throw new CommandError(`${option} is missing.\nUsage: portcullis ${explainUsage}`);
}

export const policyQuestionCommands: readonly Command[] = [matrix, explain];
