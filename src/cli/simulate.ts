// `portcullis routes simulate FILE`: what routes would do with traffic, what that costs and how long it takes.
// The gateway does the sums; with two policies they are compared here.

import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { readArguments } from "./arguments.ts";
import { CommandError, type Command, type Terminal } from "./command.ts";
import { withConnection } from "./connect.ts";
import { expectResult, failureFields, type FailureAnswer } from "./outcome.ts";
import { sideOf } from "./policy-folder.ts";
import { comparison, report, type Simulated } from "./simulation-tables.ts";

const usage =
  "routes simulate FILE [--policies live|VERSION|FOLDER] [--policies …] [--who team:support,role:employee] [--json]";

const query = `query ($traffic: String!, $policy: PolicySideInput, $who: [String!]) {
  simulateTraffic(traffic: $traffic, policy: $policy, who: $who) { __typename
    ... on Simulation { requests policyHash
      shares { asked route arm deployment requests inputTokens outputTokens costUsd unpriced firstTokenMilliseconds milliseconds }
      refusals { asked code because requests line } }
    ${failureFields} } }`;

const simulate: Command = {
  name: "routes simulate",
  usage: usage.slice("routes simulate ".length),
  summary: "replay a traffic file against routes and prices; two --policies are compared; calls no provider",
  async run(args, terminal) {
    const read = readArguments(
      args,
      { policies: "many", who: "many", json: "flag" },
      { least: 1, most: 1, usage },
    );
    const sides = read.many("policies") ?? ["live"];
    if (sides.length > 2) throw new CommandError("--policies: at most two can be compared");
    const traffic = await contentOf(read.words[0] ?? "", terminal);
    const simulated = await withConnection(terminal.env, async (connection) => {
      const results: Simulated[] = [];
      for (const side of sides) {
        const variables = { traffic, policy: await sideOf(side), who: read.many("who") };
        const answer = await connection.ask<{ simulateTraffic: FailureAnswer & Simulated }>(query, variables);
        const { __typename: _type, ...result } = expectResult(answer.simulateTraffic);
        results.push({ ...result, policies: side });
      }
      return results;
    });
    const { print } = terminal;
    if (read.flag("json")) print(JSON.stringify(simulated.length === 1 ? simulated[0] : simulated, null, 2));
    else for (const one of simulated) print(report(one, simulated.length > 1));
    const [before, after] = simulated;
    if (before && after && !read.flag("json")) print(comparison(before, after));
    return 0;
  },
};

const traffic: Command = {
  name: "routes traffic",
  usage: "--last 1000",
  summary: "print what was asked last as a traffic file: counts and tags, never a word of a prompt",
  async run(args, { env, print }) {
    const read = readArguments(
      args,
      { last: "one" },
      { least: 0, most: 0, usage: "routes traffic --last 1000" },
    );
    const last = Number(read.one("last") ?? "1000");
    if (!Number.isInteger(last)) throw new CommandError("--last: expected a whole number");
    const { pastTraffic } = await withConnection(env, (connection) =>
      connection.ask<{ pastTraffic: string }>("query ($last: Int!) { pastTraffic(last: $last) }", { last }),
    );
    print(pastTraffic.trimEnd());
    return 0;
  },
};

async function contentOf(path: string, { input }: Terminal): Promise<string> {
  if (path === "-") return await text(input);
  return await readFile(path, "utf8").catch(() => {
    throw new CommandError(`No file can be read at ${path}`);
  });
}

export const simulationCommands: readonly Command[] = [simulate, traffic];
