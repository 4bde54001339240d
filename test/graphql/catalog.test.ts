// What the catalog queries answer, over the shipped rows.

import assert from "node:assert/strict";
import { test } from "node:test";
import { runGraphqlDoor } from "../kit/graphql-door.ts";
import { saying, scriptGateway } from "../kit/scripted-answers.ts";

const silent = scriptGateway((asked) => saying(asked, []));

test("a page of models goes on where the one before ended", async (context) => {
  const { ask } = await runGraphqlDoor(context, silent);
  const query = `query ($after: String) {
    models(first: 40, after: $after) { totalCount nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor } }
  }`;
  interface Page {
    models: {
      totalCount: number;
      nodes: { id: string }[];
      edges: { cursor: string }[];
      pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string };
    };
  }
  const seen: string[] = [];
  let after: string | undefined;
  for (;;) {
    const { data, errors } = await ask(query, { after });
    assert.equal(errors, undefined);
    const { nodes, edges, pageInfo, totalCount } = (data as Page).models;
    assert.equal(pageInfo.hasPreviousPage, after !== undefined);
    assert.equal(edges.at(-1)?.cursor, pageInfo.endCursor);
    seen.push(...nodes.map(({ id }) => id));
    if (!pageInfo.hasNextPage) {
      assert.equal(seen.length, totalCount);
      break;
    }
    after = pageInfo.endCursor;
  }
  assert.equal(new Set(seen).size, seen.length);
  assert.ok(seen.length >= 150);
});

test("filters narrow the catalog, each in its own way", async (context) => {
  const door = await runGraphqlDoor(context, silent);
  const count = async (filter: object): Promise<number> => {
    const { data, errors } = await door.ask(
      "query ($filter: ModelFilter) { models(filter: $filter, first: 0) { totalCount nodes { id } } }",
      { filter },
    );
    assert.equal(errors, undefined, JSON.stringify(errors));
    return (data as { models: { totalCount: number } }).models.totalCount;
  };
  const all = await count({});
  for (const filter of [
    { provider: "anthropic" },
    { vendor: "google" },
    { family: "demo" },
    { capability: ["TOOLS", "VISION"] },
    { modality: ["AUDIO"] },
    { guarantee: ["self-hosted"] },
    { maxInputUsdPerMillion: "0.5" },
    { minContext: 500_000 },
    { available: true },
    { usable: true },
    { search: "claude" },
  ]) {
    const found = await count(filter);
    context.diagnostic(`${JSON.stringify(filter)}: ${found} of ${all}`);
    assert.ok(found < all, JSON.stringify(filter));
  }
  assert.equal((await count({ usable: true })) + (await count({ usable: false })), all);
  assert.equal((await count({ available: true })) + (await count({ available: false })), all);
});

test("a price can be asked for as of a moment, and is unknown before it was valid", async (context) => {
  const door = await runGraphqlDoor(context, silent);
  const query = `query ($asOf: DateTime) { model(id: "claude-sonnet-4-5") { deployments { id price(asOf: $asOf) { inputUsdPerMillion version validFrom } prices { version } } } }`;
  interface Shown {
    model: {
      deployments: { id: string; price: { version: string } | null; prices: { version: string }[] }[];
    };
  }
  const at = async (asOf?: string) => {
    const { data } = await door.ask(query, { asOf });
    const found = (data as Shown).model.deployments.find(({ id }) => id === "anthropic/claude-sonnet-4-5");
    assert.ok(found);
    return found;
  };
  const now = await at();
  assert.equal(now.price?.version, now.prices.at(-1)?.version);
  assert.equal((await at("1999-01-01T00:00:00Z")).price, null);
});

test("a cursor that is none of ours and a page too large are refused", async (context) => {
  const door = await runGraphqlDoor(context, silent);
  for (const given of ['after: "nonsense"', "first: 501", "first: -1"]) {
    const { errors } = await door.ask(`{ models(${given}) { totalCount } }`);
    assert.equal(errors?.[0]?.extensions.code, "INVALID_REQUEST", given);
  }
});
