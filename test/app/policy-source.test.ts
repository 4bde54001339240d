// What becomes of the policy folder at a start: first import, change, mistake, and a rollback that stays.

import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { importPolicies, NoPolicy } from "../../src/app/policy-source.ts";
import { shippedCatalog } from "../../src/app/route-lints.ts";
import { forEachStore } from "../kit/stores.ts";
import { denyOllama } from "../kit/shipped-policy.ts";

const catalog = async () => shippedCatalog();
const shipped = fileURLToPath(new URL("../../policies", import.meta.url));

async function withFolder(run: (folder: string, append: (row: string) => Promise<void>) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-source-"));
  await cp(shipped, folder, { recursive: true });
  const file = join(folder, "policy.csv");
  try {
    await run(folder, async (row) => writeFile(file, `${await readFile(file, "utf8")}${row}\n`));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

forEachStore("an empty database takes the folder, and a change becomes the next version", async (place) => {
  const { policies } = await place.open();
  await withFolder(async (folder, append) => {
    assert.equal((await importPolicies(policies, folder, true, catalog)).version.number, 1);
    assert.deepEqual((await importPolicies(policies, folder, true, catalog)).notes, []);
    await append(denyOllama);
    assert.equal(
      (await importPolicies(policies, folder, false, catalog)).version.number,
      1,
      "not in production",
    );
    const changed = await importPolicies(policies, folder, true, catalog);
    assert.deepEqual([changed.version.number, changed.version.author], [2, "files"]);
  });
});

forEachStore(
  "an empty database and a folder that is refused: nothing starts, every problem is told",
  async (place) => {
    const { policies } = await place.open();
    await withFolder(async (folder, append) => {
      await append(denyOllama.replace("deny", "Deny"));
      await append("q, what");
      await assert.rejects(importPolicies(policies, folder, true, catalog), (error: unknown) => {
        assert.ok(error instanceof NoPolicy);
        assert.match(error.message, /policy\.csv:\d+:3 .*did you mean "deny"/);
        assert.match(error.message, /policy\.csv:\d+:1 unknown row type "q"/);
        return true;
      });
      await rm(join(folder, "tests.yaml"));
      await assert.rejects(importPolicies(policies, folder, false, catalog), NoPolicy);
      assert.equal(await policies.newest(), undefined);
    });
  },
);

forEachStore("a folder that is refused later leaves the version in force, loudly", async (place) => {
  const { policies } = await place.open();
  await withFolder(async (folder, append) => {
    await importPolicies(policies, folder, true, catalog);
    await rm(join(folder, "tests.yaml"));
    await append(denyOllama);
    const { version, notes } = await importPolicies(policies, folder, true, catalog);
    assert.equal(version.number, 1);
    assert.match(notes.join(), /REFUSED; version 1 stays in force:\n\s+tests\.yaml is missing/);
    assert.equal((await policies.list()).length, 1);
  });
});

forEachStore("a rollback is not undone by a folder that nobody changed", async (place) => {
  const { policies } = await place.open();
  await withFolder(async (folder, append) => {
    const first = await importPolicies(policies, folder, true, catalog);
    await append(denyOllama);
    await importPolicies(policies, folder, true, catalog);
    await policies.append(first.version.files, first.version.sha256, "key:admin");
    const { version, notes } = await importPolicies(policies, folder, true, catalog);
    assert.equal(version.number, 3);
    assert.match(notes.join(), /version 3 is in force; the files in .* are those of version 2/);
    await append("p, more, deny, anyone, anything, any eu, unless self-hosted, always, Later");
    assert.equal(
      (await importPolicies(policies, folder, true, catalog)).version.number,
      4,
      "a real change counts",
    );
  });
});

forEachStore("its routes are looked up in the catalog that is in use", async (place) => {
  const { policies } = await place.open();
  await withFolder(async (folder) => {
    const routes = "routes: {try: {description: A new model, pick: in-order, models: [gpt-99]}}\n";
    await writeFile(join(folder, "routes.yaml"), routes);
    await assert.rejects(
      importPolicies(policies, folder, true, catalog),
      /can never be served: the catalog knows none of gpt-99/,
    );
    const known = shippedCatalog();
    const synced = async () => ({
      ...known,
      resolve: (name: string) => known.resolve(name === "gpt-99" ? "gpt-4.1" : name),
    });
    assert.equal((await importPolicies(policies, folder, true, synced)).version.number, 1);
  });
});
