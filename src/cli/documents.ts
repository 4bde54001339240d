// `portcullis documents …`: import, list, export and remove the documents that clients may name by id.
// The gateway checks them; a command only reads and writes files.

import { readFile, writeFile } from "node:fs/promises";
import { readArguments } from "./arguments.ts";
import { CommandError, type Command } from "./command.ts";
import { withConnection } from "./connect.ts";
import { readDocuments, type FileDocument } from "./document-files.ts";
import { expectResult, failureFields, type FailureAnswer } from "./outcome.ts";
import { table } from "./table.ts";

interface DocumentRow {
  readonly id: string;
  readonly sha256: string;
  readonly name: string | null;
  readonly importedAt: string;
  readonly importedBy: string;
  readonly problems: readonly string[];
}

type Imported = FailureAnswer & {
  readonly added?: readonly { readonly id: string; readonly name: string | null }[];
  readonly known?: number;
  readonly problems?: readonly {
    readonly id: string;
    readonly name: string | null;
    readonly message: string;
  }[];
};

const importUsage = "documents import FILE… [--json]";

const importDocuments: Command = {
  name: "documents import",
  usage: importUsage.slice("documents import ".length),
  summary: "trust documents: Apollo's manifest, {id: text} as Relay and codegen write it, or .graphql files",
  async run(args, { env, print }) {
    const read = readArguments(args, { json: "flag" }, { least: 1, most: 1_000, usage: importUsage });
    const documents = (await Promise.all(read.words.map(documentsIn))).flat();
    const query = `mutation ($documents: [DocumentInput!]!) { importDocuments(documents: $documents) {
      __typename ... on DocumentsImported { known added { id name } } ... on DocumentsRefused { problems { id name message } } ${failureFields}
    } }`;
    const { importDocuments: answer } = await withConnection(env, (connection) =>
      connection.ask<{ importDocuments: Imported }>(query, { documents }),
    );
    const { added = [], known = 0, problems = [] } = expectResult(answer);
    if (read.flag("json")) print(JSON.stringify({ added, known, problems }, null, 2));
    else if (problems.length === 0) print(`${added.length} new, ${known} known before.`);
    else {
      for (const { name, id, message } of problems) print(`${name ?? id}: ${message}`);
      print("Nothing was imported.");
    }
    return problems.length === 0 ? 0 : 1;
  },
};

async function documentsIn(path: string): Promise<readonly FileDocument[]> {
  const text = await readFile(path, "utf8").catch(() => {
    throw new CommandError(`No file can be read at ${path}`);
  });
  return readDocuments(path, text);
}

const listDocuments: Command = {
  name: "documents list",
  usage: "[--json]",
  summary: "show the trusted documents, and which no longer fit the schema",
  async run(args, { env, print }) {
    const read = readArguments(
      args,
      { json: "flag" },
      { least: 0, most: 0, usage: "documents list [--json]" },
    );
    const { trustedDocuments } = await withConnection(env, (connection) =>
      connection.ask<{ trustedDocuments: readonly DocumentRow[] }>(
        "{ trustedDocuments { id sha256 name importedAt importedBy problems } }",
      ),
    );
    const rows = trustedDocuments.map((one) => [
      one.name ?? "",
      one.id,
      one.importedAt.slice(0, 10),
      one.importedBy,
      one.problems[0] ?? "runs",
    ]);
    print(
      read.flag("json")
        ? JSON.stringify(trustedDocuments, null, 2)
        : table(["NAME", "ID", "IMPORTED", "BY", "NOW"], rows),
    );
    return 0;
  },
};

const exportDocuments: Command = {
  name: "documents export",
  usage: "--to FILE",
  summary: "write them down as {id: text}, which import reads",
  async run(args, { env, print }) {
    const usage = "documents export --to FILE";
    const path = readArguments(args, { to: "one" }, { least: 0, most: 0, usage }).one("to");
    if (path === undefined) throw new CommandError(`Usage: portcullis ${usage}`);
    const { trustedDocuments } = await withConnection(env, (connection) =>
      connection.ask<{ trustedDocuments: readonly { id: string; body: string }[] }>(
        "{ trustedDocuments { id body } }",
      ),
    );
    const texts = Object.fromEntries(trustedDocuments.map(({ id, body }) => [id, body]));
    await writeFile(path, `${JSON.stringify(texts, null, 2)}\n`);
    print(`${trustedDocuments.length} documents are in ${path}.`);
    return 0;
  },
};

const removeDocuments: Command = {
  name: "documents remove",
  usage: "ID…",
  summary: "trust documents no longer",
  async run(args, { env, print }) {
    const ids = readArguments(args, {}, { least: 1, most: 1_000, usage: "documents remove ID…" }).words;
    const query = `mutation ($ids: [ID!]!) { removeDocuments(ids: $ids) { __typename ... on DocumentsRemoved { ids } ${failureFields} } }`;
    const { removeDocuments: answer } = await withConnection(env, (connection) =>
      connection.ask<{ removeDocuments: FailureAnswer & { ids: readonly string[] } }>(query, { ids }),
    );
    const removed = expectResult(answer).ids.length;
    print(`${removed} of ${ids.length} removed.`);
    return removed === ids.length ? 0 : 1;
  },
};

export const documentCommands: readonly Command[] = [
  importDocuments,
  listDocuments,
  exportDocuments,
  removeDocuments,
];
