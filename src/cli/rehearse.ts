// `portcullis routes rehearse …`: has deployments fail on purpose for one request, and shows who took over.

import { readArguments } from "./arguments.ts";
import { CommandError, type Command } from "./command.ts";
import { withConnection } from "./connect.ts";
import { table } from "./table.ts";

interface Answer {
  readonly __typename: string;
  readonly receipt?: { readonly id: string };
  readonly requestId?: string;
  readonly code?: string;
  readonly message?: string;
}

interface Receipt {
  readonly deployment: { readonly id: string } | null;
  readonly costUsd: string | null;
  readonly attempts: readonly {
    readonly deployment: { readonly id: string };
    readonly outcome: string;
    readonly milliseconds: number;
    readonly because: string | null;
    readonly rehearsed: string | null;
  }[];
}

const usage =
  "ROUTE --fault openai=503 [--fault anthropic=timeout] [--text TEXT] [--sensitivity public] [--task TASK] [--json]";
const complete =
  "mutation ($input: CompletionInput!) { complete(input: $input) { __typename ... on Completion { receipt { id } } ... on Failure { code message requestId } } }";
const receiptQuery =
  "query ($id: ID!) { receipt(id: $id) { deployment { id } costUsd attempts { deployment { id } outcome milliseconds because rehearsed } } }";

const rehearse: Command = {
  name: "routes rehearse",
  usage,
  summary: "have providers or deployments fail on purpose for one request, and show who takes over",
  async run(args, { env, print }) {
    const read = readArguments(
      args,
      { fault: "many", text: "one", sensitivity: "one", task: "one", json: "flag" },
      { least: 1, most: 1, usage: `routes rehearse ${usage}` },
    );
    const faults = read.many("fault");
    if (faults === undefined) throw new CommandError("--fault: expected what fails, as openai=503");
    const input = {
      model: read.words[0],
      messages: [{ user: { text: read.one("text") ?? "This is a rehearsal." } }],
      sensitivity: read.one("sensitivity") ?? "public",
      task: read.one("task"),
      rehearse: faults.join(","),
    };
    const { answer, receipt } = await withConnection(env, async (connection) => {
      const asked = await connection.ask<{ complete: Answer }>(complete, { input });
      const id = asked.complete.receipt?.id ?? asked.complete.requestId;
      const found = await connection.ask<{ receipt: Receipt | null }>(receiptQuery, { id });
      return { answer: asked.complete, receipt: found.receipt };
    });
    const answered = answer.__typename === "Completion";
    if (read.flag("json")) print(JSON.stringify({ ...answer, receipt }, null, 2));
    else {
      if (receipt) print(attemptTable(receipt));
      print(
        answered
          ? `${receipt?.deployment?.id ?? "Nobody"} answered; it cost ${receipt?.costUsd ?? "what nobody knows"} USD.`
          : `${answer.code ?? ""}: ${answer.message ?? ""}`,
      );
    }
    return answered ? 0 : 1;
  },
};

const attemptTable = ({ attempts }: Receipt): string =>
  table(
    ["DEPLOYMENT", "OUTCOME", "MS", "REHEARSED", "WHY"],
    attempts.map((one) => [
      one.deployment.id,
      one.outcome,
      String(one.milliseconds),
      one.rehearsed ?? "",
      one.because ?? "",
    ]),
  );

export const rehearsalCommands: readonly Command[] = [rehearse];
