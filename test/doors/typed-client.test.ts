// The example of a typed client, as a newcomer would take it: generated from the printed schema, compiled
// strictly, run against the gateway. Where an outcome is not handled, it does not compile.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { generate } from "@graphql-codegen/cli";
import { startGateway } from "../kit/gateway.ts";
import { startUpstream, streamOpenai } from "../kit/upstream.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const modules = join(root, "node_modules");
const read = (name: string): Promise<string> => readFile(join(root, "schema", name), "utf8");

const compilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noUnusedLocals: true,
  target: "es2024",
  lib: ["es2024", "dom"],
  module: "nodenext",
  types: [],
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
  allowImportingTsExtensions: true,
  noEmit: true,
};

const folder = await mkdtemp(join(tmpdir(), "portcullis-client-"));
const client = await read("example/client.ts");
const careless = client.replace(/ {4}case "SafetyBlocked":\n.*\n/, "");
await symlink(modules, join(folder, "node_modules"), "dir");
for (const [name, text] of Object.entries({
  "client.ts": client,
  "careless.ts": careless,
  "sensitivity.ts": await read("example/sensitivity.ts"),
  "package.json": '{ "type": "module" }',
  "tsconfig.json": JSON.stringify({ compilerOptions }),
})) {
  await writeFile(join(folder, name), text);
}

interface Configuration {
  readonly schema: string;
  readonly documents: readonly string[];
  readonly generates: Readonly<Record<string, object>>;
}
const { schema, documents, generates }: Configuration = JSON.parse(await read("codegen.json"));
await generate({
  schema: join(root, schema),
  documents: documents.map((one) => join(root, one)),
  generates: { [join(folder, "generated/")]: generates["schema/example/generated/"] ?? {} },
  silent: true,
});

const upstream = await startUpstream(streamOpenai(["Some words ", "and no more."]));
const gateway = await startGateway({ OLLAMA_BASE_URL: upstream.baseUrl });
after(async () => {
  await gateway.close();
  await upstream.close();
  await rm(folder, { recursive: true });
});

interface Example {
  connect(url: string, key: string): object;
  complete(connection: object, input: object): Promise<string>;
  follow(connection: object, input: object, show: (text: string) => void): Promise<StreamEnd>;
}
interface StreamEnd {
  readonly __typename: string;
  readonly completion?: { readonly text: string };
  readonly failure?: { readonly __typename: string };
}
const example = (await import(pathToFileURL(join(folder, "client.ts")).href)) as Example;
const messages = [{ user: { text: "Say hello." } }];
const visitor = await gateway.makeKey({ roles: ["visitor"] });

test("it compiles strictly, and does not where an outcome is forgotten", async () => {
  assert.notEqual(careless, client);
  const compiler = join(modules, "typescript/bin/tsc");
  const said = await new Promise<string>((resolve) => {
    execFile(process.execPath, [compiler, "--pretty", "false", "-p", folder], (_error, out) => resolve(out));
  });
  const errors = said.split("\n").filter((line) => line.includes(": error "));
  assert.equal(errors.length, 1, said);
  assert.match(errors[0] ?? "", /careless\.ts.* error TS2345: .*"SafetyBlocked".* not assignable .* 'never'/);
});

test("an answer is its text, and a failure a sentence", async () => {
  const input = { model: "demo/echo", messages };
  const answer = await example.complete(example.connect(gateway.url, gateway.adminKey), input);
  assert.match(answer, /Say hello\./);
  const denied = await example.complete(example.connect(gateway.url, visitor), input);
  assert.match(denied, /The policy permits no deployment/);
  await assert.rejects(example.complete(example.connect(gateway.url, "pc_wrong"), input), /no valid key/);
});

test("a stream is shown as it comes, and its end is typed", async () => {
  const input = { model: "ollama/any", messages };
  const shown: string[] = [];
  const show = (text: string): void => void shown.push(text);
  const end = await example.follow(example.connect(gateway.url, gateway.adminKey), input, show);
  assert.equal(end.__typename, "CompletionFinished");
  assert.equal(end.completion?.text, "Some words and no more.");
  assert.equal(shown.join(""), "Some words and no more.");
  const failed = await example.follow(example.connect(gateway.url, visitor), input, show);
  assert.equal(failed.failure?.__typename, "PolicyDenied");
});
