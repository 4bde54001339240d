// `portcullis audit verify`: proves that every record is as it was written.

import { readArguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { withConnection } from "./connect.ts";

interface ChainReport {
  readonly rows: number;
  readonly chains: number;
  readonly firstBroken: { readonly replica: string; readonly sequence: number; readonly why: string } | null;
}

const verify: Command = {
  name: "audit verify",
  usage: "[--json]",
  summary: "find the first altered, missing or reordered record; exit code 1 where there is one",
  async run(args, { env, print }) {
    const read = readArguments(args, { json: "flag" }, { least: 0, most: 0, usage: "audit verify [--json]" });
    const { verifyRecords: report } = await withConnection(env, (connection) =>
      connection.ask<{ verifyRecords: ChainReport }>(
        "{ verifyRecords { rows chains firstBroken { replica sequence why } } }",
      ),
    );
    const { firstBroken } = report;
    if (read.flag("json")) print(JSON.stringify(report, null, 2));
    else if (firstBroken === null)
      print(`${report.rows} records in ${report.chains} chains are as they were written.`);
    else print(`Record ${firstBroken.sequence} of ${firstBroken.replica} is broken: ${firstBroken.why}`);
    return firstBroken === null ? 0 : 1;
  },
};

export const auditCommands: readonly Command[] = [verify];
