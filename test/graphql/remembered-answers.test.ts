// Answers given again without executing: only those that nothing but catalog and caller made, and never across either.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Catalog } from "../../src/catalog/catalog.ts";
import { catalogWith } from "../kit/catalog.ts";
import { runGraphqlDoor } from "../kit/graphql-door.ts";
import { saying, scriptGateway } from "../kit/scripted-answers.ts";

const silent = scriptGateway((asked) => saying(asked, []));
const question = `query ($id: ID!) { providers { id enabled } model(id: $id) { id deployments { id } } }`;

/** Counts how often it is looked into. */
function counted(catalog: Catalog): { catalog: Catalog; looks: () => number } {
  let looks = 0;
  const model = (id: string) => {
    looks += 1;
    return catalog.model(id);
  };
  return { catalog: { ...catalog, model }, looks: () => looks };
}

test("a question about the catalog is executed once for each caller, variables and catalog", async (context) => {
  const first = counted(catalogWith());
  const second = counted(catalogWith({ openai: {} }));
  let now = first;
  const { ask } = await runGraphqlDoor(context, silent, { catalogNow: () => now.catalog });
  const enabled = async (id: string, key = "pc_all"): Promise<readonly string[]> => {
    const { data } = await ask(question, { id }, { authorization: `Bearer ${key}` });
    const { providers, model } = data as {
      providers: { id: string; enabled: boolean }[];
      model: { id: string };
    };
    assert.equal(model.id, id);
    return providers.filter((one) => one.enabled).map((one) => one.id);
  };
  assert.deepEqual(await enabled("gpt-4.1"), ["demo"]);
  assert.deepEqual(await enabled("gpt-4.1"), ["demo"]);
  assert.equal(first.looks(), 1);
  await enabled("gpt-4.1-mini");
  assert.equal(first.looks(), 2, "other variables are another question");
  await enabled("gpt-4.1", "pc_catalog");
  assert.equal(first.looks(), 3, "another caller asks anew");

  now = second;
  assert.deepEqual(await enabled("gpt-4.1"), ["openai", "demo"]);
  assert.equal(second.looks(), 1, "another catalog answers anew");
});

test("a key without the scope is refused what another was told", async (context) => {
  const { ask } = await runGraphqlDoor(context, silent);
  assert.equal((await ask(question, { id: "gpt-4.1" })).errors, undefined);
  const refused = await ask(question, { id: "gpt-4.1" }, { authorization: "Bearer pc_receipts" });
  assert.equal(refused.errors?.[0]?.extensions.code, "FORBIDDEN");
  const stranger = await ask(question, { id: "gpt-4.1" }, { authorization: "" });
  assert.equal(stranger.errors?.[0]?.extensions.code, "UNAUTHENTICATED");
});

test("what looks further than the catalog is executed every time", async (context) => {
  let usable = true;
  let receipts = 0;
  const { ask } = await runGraphqlDoor(context, silent, {
    enquiries: {
      usableModel: () => usable,
      receipt: () => {
        receipts += 1;
        return Promise.resolve(undefined);
      },
    },
  });
  const count = async (): Promise<number> => {
    const { data } = await ask("{ models(filter: { usable: true }) { totalCount } }");
    return (data as { models: { totalCount: number } }).models.totalCount;
  };
  assert.ok((await count()) > 100);
  usable = false;
  assert.equal(await count(), 0);
  for (let round = 0; round < 3; round += 1) await ask('{ receipt(id: "req_1") { id } }');
  assert.equal(receipts, 3);
});
