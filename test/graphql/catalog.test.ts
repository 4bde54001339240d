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
