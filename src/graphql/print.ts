// `npm run schema`: writes what callers see into schema/, to be reviewed and committed.
// A test compares the files with the code; nothing reads them at run time. For a graph with a prefix:
// `npm run schema -- --prefix Ai --to FOLDER`; for a release, whose promises are held from then on: `-- --release 0.2.0`.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { composeServices } from "@theguild/federation-composition";
import { isAbstractType, parse, type GraphQLSchema } from "graphql";
import { parseGraph } from "../policy/graph-file.ts";
import { vocabularyOf } from "../policy/vocabulary.ts";
import { withEntityTypes } from "./entity-types.ts";
import { examples } from "./examples.ts";
import { prefixedNames } from "./names.ts";
import { renameDocument, renameSchema } from "./renamed.ts";
import { schema } from "./schema.ts";
import {
  contractProblems,
  readRelease,
  writeRelease,
  type AllowedChange,
  type Release,
} from "./schema-changes.ts";
import { printSchemaSdl, printServiceSdl } from "./sdl.ts";

const folder = new URL("../../schema/", import.meta.url);

/** File name, from schema/ → content. */
export async function printedFiles(): Promise<ReadonlyMap<string, string>> {
  const example = await readFile(new URL("example/tickets.graphql", folder), "utf8");
  const graph = await readFile(new URL("example/graph.yaml", folder), "utf8");
  return new Map([
    ["portcullis.graphql", `${printSchemaSdl(schema)}\n`],
    ["possible-types.json", `${JSON.stringify(possibleTypes(schema), null, 2)}\n`],
    ["supergraph.graphql", `${compose(example, graph)}\n`],
    ...examples.map(({ name, query }): [string, string] => [`operations/${name}.graphql`, query]),
  ]);
}

/** What clients of a graph with GRAPHQL_PREFIX generate their code from. */
export function printedWithPrefix(prefix: string): ReadonlyMap<string, string> {
  const names = prefixedNames(schema, prefix);
  const renamed = renameSchema(schema, names);
  return new Map([
    ["portcullis.graphql", `${printSchemaSdl(renamed)}\n`],
    ["subgraph.graphql", `${printServiceSdl(renamed)}\n`],
    ["possible-types.json", `${JSON.stringify(possibleTypes(renamed), null, 2)}\n`],
    ...examples.map(({ name, query }): [string, string] => [
      `operations/${name}.graphql`,
      renameDocument(query, names),
    ]),
  ]);
}

/** Which types a client's cache must know to keep the fields of an interface or a union. */
function possibleTypes(of: GraphQLSchema): Record<string, string[]> {
  const abstract = Object.values(of.getTypeMap()).filter(isAbstractType);
  return Object.fromEntries(
    abstract
      .filter(({ name }) => !name.startsWith("_"))
      .map((type) => [type.name, of.getPossibleTypes(type).map(({ name }) => name)]),
  );
}

/** The example company's graph: its tickets, and the fields that a model answers on them. */
function compose(example: string, graph: string): string {
  const types = parseGraph({ "graph.yaml": graph }, vocabularyOf([]));
  const portcullis = printServiceSdl(withEntityTypes(schema, types));
  const composed = composeServices([
    { name: "portcullis", url: "http://127.0.0.1:4000/graphql", typeDefs: parse(portcullis) },
    { name: "tickets", url: "http://127.0.0.1:4001/graphql", typeDefs: parse(example) },
  ]);
  if (composed.supergraphSdl === undefined) {
    throw new Error(`The subgraphs do not compose: ${composed.errors?.map(String).join("\n") ?? ""}`);
  }
  return composed.supergraphSdl;
}

/** What was promised, and what was taken back since with a reason. */
export async function releasedContract(): Promise<Contract> {
  const [released, allowed] = await Promise.all([
    readFile(new URL("released.graphql", folder), "utf8"),
    readFile(new URL("allowed-changes.json", folder), "utf8"),
  ]);
  return { release: readRelease(released), allowed: JSON.parse(allowed) as readonly AllowedChange[] };
}

interface Contract {
  readonly release: Release;
  readonly allowed: readonly AllowedChange[];
}

/** From here on this is what is promised, and nothing that was taken back before is remembered. */
async function release(version: string, sdl: string): Promise<void> {
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error("--release needs a version such as 0.2.0");
  const date = new Date().toISOString().slice(0, 10);
  await writeFile(new URL("released.graphql", folder), writeRelease({ version, date, sdl }));
  await writeFile(new URL("allowed-changes.json", folder), "[]\n");
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { prefix: { type: "string" }, to: { type: "string" }, release: { type: "string" } },
  });
  const { prefix, to = fileURLToPath(folder) } = values;
  if (prefix !== undefined && values.to === undefined) throw new Error("--prefix needs --to FOLDER");
  const files = prefix === undefined ? await printedFiles() : printedWithPrefix(prefix);
  await mkdir(join(to, "operations"), { recursive: true });
  for (const [name, content] of files) await writeFile(join(to, name), content);
  const sdl = printSchemaSdl(schema);
  const contract = await releasedContract();
  const problems = contractProblems(contract.release, sdl, contract.allowed);
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  if (values.release === undefined) return;
  if (problems.length > 0) throw new Error("Not released: see above.");
  await release(values.release, sdl);
}

if (import.meta.main) await main();
