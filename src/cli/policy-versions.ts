// `portcullis policy publish|export|rollback|versions`: what becomes of a policy once its files are good.
// All of it goes through a gateway: a remote one, the one that runs here, or one opened for the command.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleFileNames } from "../policy/bundle.ts";
import { readArguments, type Read } from "./arguments.ts";
import { CommandError, type Command, type Terminal } from "./command.ts";
import { withConnection } from "./connect.ts";
import { expectResult, failureFields, type FailureAnswer } from "./outcome.ts";
import { changeLines, diffFields, type Diff } from "./policy-diff.ts";
import { fileList, problemLines, readFolder } from "./policy-folder.ts";
import { table } from "./table.ts";

interface VersionRow {
  readonly number: number;
  readonly sha256: string;
  readonly author: string;
  readonly at: string;
  readonly reason: string | null;
  readonly revoke: "NONE" | "ABORT";
  readonly inForce: boolean;
  readonly replicas: readonly { readonly id: string }[];
}

interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly suggestion: string | null;
}

type Published = FailureAnswer & {
  readonly version: VersionRow;
  readonly isNew: boolean;
  readonly warnings: readonly Problem[];
  readonly problems?: readonly Problem[];
  readonly testsHeld: number;
  readonly diff: Diff;
};

const versionFields = "number sha256 author at reason revoke inForce replicas { id }";
const problemFields = "{ file line column message suggestion }";
const resultFields = `__typename
  ... on PolicyPublication { version { ${versionFields} } isNew testsHeld warnings ${problemFields} diff { ${diffFields} } }
  ... on PolicyRefused { problems ${problemFields} } ${failureFields}`;

const publishUsage = "policy publish [FOLDER] [--reason WHY] [--revoke abort] [--json]";

const publish: Command = {
  name: "policy publish",
  usage: publishUsage.slice("policy publish ".length),
  summary: "publish a folder as the next version, once schema, tests and invariants hold",
  async run(args, terminal) {
    const read = readArguments(
      args,
      { reason: "one", revoke: "one", json: "flag" },
      { least: 0, most: 1, usage: publishUsage },
    );
    const folder = read.words[0] ?? terminal.env["PORTCULLIS_POLICIES"] ?? "./policies";
    const input = {
      files: fileList(await readFolder(folder)),
      reason: read.one("reason"),
      revoke: revokeOf(read),
    };
    const query = `mutation ($input: PublishPolicyInput!) { result: publishPolicy(input: $input) { ${resultFields} } }`;
    return await publishing(query, { input }, read.flag("json"), terminal);
  },
};

const rollbackUsage = "policy rollback VERSION [--reason WHY] [--revoke abort] [--json]";

const rollback: Command = {
  name: "policy rollback",
  usage: rollbackUsage.slice("policy rollback ".length),
  summary: "publish the content of an older version as a new one",
  async run(args, terminal) {
    const read = readArguments(
      args,
      { reason: "one", revoke: "one", json: "flag" },
      { least: 1, most: 1, usage: rollbackUsage },
    );
    const variables = {
      number: versionNumber(read.words[0]),
      reason: read.one("reason"),
      revoke: revokeOf(read),
    };
    const query = `mutation ($number: Int!, $reason: String, $revoke: RevokeMode) { result: rollbackPolicy(number: $number, reason: $reason, revoke: $revoke) { ${resultFields} } }`;
    return await publishing(query, variables, read.flag("json"), terminal);
  },
};

const versions: Command = {
  name: "policy versions",
  usage: "[--json]",
  summary: "show every version, and how many replicas decide by it",
  async run(args, { env, print }) {
    const read = readArguments(
      args,
      { json: "flag" },
      { least: 0, most: 0, usage: "policy versions [--json]" },
    );
    const { policyVersions } = await withConnection(env, (connection) =>
      connection.ask<{ policyVersions: readonly VersionRow[] }>(`{ policyVersions { ${versionFields} } }`),
    );
    if (read.flag("json")) print(JSON.stringify(policyVersions, null, 2));
    else {
      const rows = policyVersions.map((one) => [
        `${one.number}${one.inForce ? " *" : ""}`,
        one.at.slice(0, 19).replace("T", " "),
        one.author,
        one.sha256.slice(0, 12),
        String(one.replicas.length),
        [one.reason ?? "", one.revoke === "ABORT" ? "(ended running answers)" : ""].join(" ").trim(),
      ]);
      print(table(["VERSION", "PUBLISHED (UTC)", "BY", "SHA256", "REPLICAS", "REASON"], rows));
    }
    return 0;
  },
};

const exportFiles: Command = {
  name: "policy export",
  usage: "[VERSION] [--to FOLDER] [--json]",
  summary: "give back the files of a version (absent: the one in force), byte for byte",
  async run(args, { env, print }) {
    const usage = "policy export [VERSION] [--to FOLDER] [--json]";
    const read = readArguments(args, { to: "one", json: "flag" }, { least: 0, most: 1, usage });
    const number = read.words[0] === undefined ? undefined : versionNumber(read.words[0]);
    const query =
      "query ($number: Int) { policyVersion(number: $number) { number sha256 files { name text } } }";
    const { policyVersion: found } = await withConnection(env, (connection) =>
      connection.ask<{ policyVersion: Exported | null }>(query, { number }),
    );
    if (found === null) throw new CommandError(`There is no policy version ${number}.`);
    const folder = read.one("to");
    if (folder !== undefined) await writeFiles(folder, found.files);
    if (read.flag("json")) print(JSON.stringify(found, null, 2));
    else if (folder !== undefined) print(`Version ${found.number} is in ${folder}.`);
    else for (const { name, text } of found.files) print(`# --- ${name}\n${text}`);
    return 0;
  },
};

export const policyVersionCommands: readonly Command[] = [publish, exportFiles, rollback, versions];

interface Exported {
  readonly number: number;
  readonly sha256: string;
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

/** Only names that a bundle can have: what a gateway sends must not choose where it is written. */
async function writeFiles(folder: string, files: Exported["files"]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { name, text } of files) {
    if (bundleFileNames.some((known) => known === name)) await writeFile(join(folder, name), text);
  }
}

async function publishing(
  query: string,
  variables: Record<string, unknown>,
  json: boolean,
  { env, print }: Terminal,
): Promise<number> {
  const { result } = await withConnection(env, (connection) =>
    connection.ask<{ result: Published }>(query, variables),
  );
  if (result.problems !== undefined) {
    print(json ? JSON.stringify({ problems: result.problems }, null, 2) : problemLines(result.problems));
    if (!json) print("Nothing was published.");
    return 1;
  }
  const { version, isNew, warnings, testsHeld, diff } = expectResult(result);
  if (json) {
    print(JSON.stringify({ version, isNew, warnings, testsHeld, diff }, null, 2));
    return 0;
  }
  if (warnings.length > 0) print(`Warnings:\n${problemLines(warnings)}`);
  if (!isNew) {
    print(`Version ${version.number} has this content already; nothing was published.`);
    return 0;
  }
  for (const line of changeLines(diff)) print(line);
  print(
    `${testsHeld} tests and invariants hold. Version ${version.number} is in force (${version.sha256.slice(0, 12)}).`,
  );
  return 0;
}

function revokeOf(read: Read): "ABORT" | undefined {
  const mode = read.one("revoke");
  if (mode === undefined) return undefined;
  if (mode === "abort") return "ABORT";
  throw new CommandError("--revoke: expected abort");
}

function versionNumber(text: string | undefined): number {
  if (text !== undefined && /^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new CommandError(`Expected the number of a version, not ${text ?? "nothing"}`);
}
