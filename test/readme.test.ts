// The README shows operations as they stand in schema/operations, where tests execute them.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

const read = (path: string): Promise<string> => readFile(new URL(`../${path}`, import.meta.url), "utf8");

for (const name of ["complete", "stream", "catalog"]) {
  test(`the README shows ${name}.graphql as it is`, async () => {
    const operation = (await read(`schema/operations/${name}.graphql`)).trim();
    assert.ok((await read("README.md")).includes(operation), "copy the operation into README.md");
  });
}

test("the README names every variable that the configuration reads, and no other", async () => {
  const [readme, config] = await Promise.all([read("README.md"), read("src/config.ts")]);
  const table = readme.slice(readme.indexOf("## Configuration"), readme.indexOf("**Production**"));
  const named = new Set(table.match(/`[A-Z][A-Z_]+`/g)?.map((name) => name.slice(1, -1)));
  const readByConfig = [...config.matchAll(/read\.\w+\("([A-Z][A-Z_]+)"/g)].map((match) => match[1] ?? "");
  const notServed = new Set(["PORTCULLIS_WORKERS"]);
  for (const name of readByConfig)
    assert.ok(notServed.has(name) || named.has(name), `${name} is in the README's table`);
});
