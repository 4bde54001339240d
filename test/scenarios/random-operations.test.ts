// Hundreds of operations written from the printed schema, valid and nearly so, at a whole gateway: each is answered in
// GraphQL's form and in time, none fails inside, and the gateway goes on serving.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { lottery } from "../../src/policy/self-check.ts";
import { startGateway, type RunningGateway } from "../kit/gateway.ts";
import { randomOperations, type RandomOperation } from "../kit/random-operations.ts";

const sdl = readFileSync(new URL("../../schema/portcullis.graphql", import.meta.url), "utf8");
const seed = 20_261_121;
const count = 240;
const atOnce = 4;
const longestMilliseconds = 30_000;

let gateway: RunningGateway;
before(async () => {
  // Nothing listens there: a sync of the catalog must not leave this machine.
  gateway = await startGateway({ PORTCULLIS_CATALOG_URL: "http://127.0.0.1:9/api.json" });
});
after(() => gateway.close());

async function answerTo({ kind, query, variables }: RandomOperation): Promise<string> {
  const answer = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${gateway.adminKey}`,
      "content-type": "application/json",
      accept: kind === "subscription" ? "text/event-stream" : "application/json",
    },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(longestMilliseconds),
  });
  const text = await answer.text();
  assert.ok(/"data":|"errors":|^:\n\n/.test(text), text.slice(0, 300));
  return text;
}

test("no operation fails inside, however it is put together", async (context) => {
  const next = randomOperations(sdl, lottery(seed));
  const operations = Array.from({ length: count }, next);
  const failed: string[] = [];
  let reached = 0;
  async function work(): Promise<void> {
    for (let one = operations.pop(); one; one = operations.pop()) {
      const text = await answerTo(one).catch((error: unknown) => `"INTERNAL" ${String(error)}`);
      if (text.includes('"data":')) reached += 1;
      if (text.includes('"INTERNAL"')) failed.push(`${JSON.stringify(one)}\n${text.slice(0, 500)}`);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work));
  context.diagnostic(`seed ${seed}: ${reached} of ${count} were executed`);
  assert.deepEqual(failed, []);
  assert.ok(reached > count / 3, "enough of them are valid");
  const faults = gateway.logLines.filter((line) => line.includes('"level":50'));
  assert.deepEqual(faults, []);
  assert.equal(
    (await gateway.graphql<{ caller: { key: string } }>("{ caller { key } }")).data.caller.key,
    "key:admin",
  );
});

test("a text that no database keeps is its sender's mistake", async () => {
  const set =
    'mutation ($scope: String!) { setBudget(input: {scope: $scope, limitUsd: "1"}) { ... on Failure { code } } }';
  const reset = "mutation ($route: String!) { resetEscalationMemory(route: $route) }";
  const noise = Array.from({ length: 20_000 }, (_, index) => (index * 7_919).toString(36)).join("");
  for (const [query, variables] of [
    [set, { scope: `team:${noise}` }],
    [reset, { route: "\u0000" }],
  ] as const)
    assert.match(JSON.stringify(await gateway.graphql(query, variables)), /"code":"INVALID_REQUEST"/, query);
});
