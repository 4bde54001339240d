// `portcullis documents …`: the files that client toolkits write are read as they are, and told what is wrong with them.

import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readDocuments } from "../../src/cli/document-files.ts";
import { documentCommands } from "../../src/cli/documents.ts";
import { startGateway, type RunningGateway } from "../kit/gateway.ts";

const body = "query Me {\n  caller {\n    key\n  }\n}";
const sha256 = hash("sha256", body, "hex");
const operation = { id: sha256, name: "Me", type: "query", body };
const manifest = { format: "apollo-persisted-query-manifest", version: 1, operations: [operation] };

let gateway: RunningGateway;
let folder: string;
before(async () => {
  gateway = await startGateway();
  folder = await mkdtemp(join(tmpdir(), "portcullis-documents-"));
});
after(async () => {
  await gateway.close();
  await rm(folder, { recursive: true, force: true });
});

test("Apollo's manifest, a map and plain GraphQL are read", () => {
  const document = { id: sha256, body };
  assert.deepEqual(readDocuments("m.json", JSON.stringify(manifest)), [document]);
  assert.deepEqual(readDocuments("m.json", JSON.stringify({ [sha256]: body })), [document]);
  assert.deepEqual(readDocuments("me.graphql", body), [{ id: undefined, body }]);
});

test("what is none of these is refused with its place", () => {
  const bad: readonly (readonly [content: unknown, told: RegExp])[] = [
    [[], /m\.json: expected a JSON object/],
    ["text", /expected a JSON object/],
    [{ format: "other", version: 1, operations: [] }, /apollo-persisted-query-manifest/],
    [{ ...manifest, version: 2 }, /version 1/],
    [{ ...manifest, operations: [operation, { id: "a" }] }, /operations\[1\] needs id and body/],
    [{ a: 7 }, /the text of a document at a/],
  ];
  for (const [content, told] of bad)
    assert.throws(() => readDocuments("m.json", JSON.stringify(content)), told);
  assert.throws(() => readDocuments("m.json", "{ caller { key } }"), /a name that ends with \.graphql/);
});

/** As the shell would, in this process: starting another for each takes seconds. */
async function run(...words: readonly string[]): Promise<{ code: number; output: string }> {
  const command = documentCommands.find(({ name }) => words.slice(0, 2).join(" ") === name);
  assert.ok(command);
  const lines: string[] = [];
  const env = { PORTCULLIS_URL: gateway.url, PORTCULLIS_KEY: gateway.adminKey };
  const terminal = { env, print: (line: string) => void lines.push(line), input: process.stdin };
  return { code: await command.run(words.slice(2), terminal), output: lines.join("\n") };
}

test("documents are imported, listed, exported and removed; a bad one keeps all of them out", async () => {
  const good = join(folder, "manifest.json");
  const bad = join(folder, "bad.graphql");
  const exported = join(folder, "out.json");
  await writeFile(good, JSON.stringify(manifest));
  await writeFile(bad, "query Bad { nonsense }");

  const refused = await run("documents", "import", good, bad);
  assert.equal(refused.code, 1);
  assert.match(refused.output, /^Bad: Cannot query field "nonsense".*\nNothing was imported\.$/);
  assert.match((await run("documents", "import", good)).output, /^1 new, 0 known before\.$/);
  assert.match((await run("documents", "list")).output, new RegExp(`^Me +${sha256} +.* +runs$`, "m"));
  assert.equal((await run("documents", "export", "--to", exported)).code, 0);
  assert.deepEqual(JSON.parse(await readFile(exported, "utf8")), { [sha256]: body });
  assert.match((await run("documents", "import", exported)).output, /^0 new, 1 known before\.$/);
  assert.match((await run("documents", "remove", `sha256:${sha256}`)).output, /^1 of 1 removed\.$/);
  await assert.rejects(run("documents", "import", join(folder, "nothing")), /No file can be read/);
});
