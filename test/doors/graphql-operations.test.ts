// Every operation of schema/operations, run as a newcomer would: against a whole gateway, offline.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { createClient } from "graphql-sse";
import { examples } from "../../src/graphql/examples.ts";
import { startGateway, type RunningGateway } from "../kit/gateway.ts";

const folder = new URL("../../schema/operations/", import.meta.url);
const operation = (name: string): string => readFileSync(new URL(`${name}.graphql`, folder), "utf8");

let gateway: RunningGateway;
before(async () => {
  gateway = await startGateway({ OPENAI_API_KEY: "sk-none" });
});
after(() => gateway.close());

/** What each answers with; `receipt` alone needs an id that another one gave. */
const answers: Readonly<Record<string, (data: never) => void>> = {
  catalog: ({ models }: { models: { totalCount: number; nodes: unknown[] } }) => {
    assert.ok(models.totalCount > 0);
    assert.ok(models.nodes.length > 0);
  },
  model: ({ model }: { model: { deployments: { id: string }[] } }) => {
    assert.equal(model.deployments[0]?.id, "demo/echo");
  },
  providers: ({ providers }: { providers: { id: string; enabled: boolean; disabledReason: string }[] }) => {
    assert.equal(providers.find(({ id }) => id === "demo")?.enabled, true);
    for (const one of providers) assert.equal(one.enabled, one.disabledReason === null, one.id);
  },
  caller: ({ caller }: { caller: { key: string } }) => assert.equal(caller.key, "key:admin"),
  quote: ({ quote }: { quote: { lines: { allowed: boolean; worstCaseUsd: string }[] } }) => {
    assert.deepEqual(
      quote.lines.map(({ allowed, worstCaseUsd }) => [allowed, worstCaseUsd]),
      [[true, "0"]],
    );
  },
  "route-plan": ({ routePlan }: { routePlan: { hash: string; candidates: { rank: number }[] } }) => {
    assert.ok(routePlan.hash.length > 0);
    assert.equal(routePlan.candidates[0]?.rank, 1);
  },
  complete: ({ complete }: { complete: { text: string; receipt: { estimated: boolean } } }) => {
    assert.match(complete.text, /Say hello\./);
  },
  image: ({ generateImage }: { generateImage: { images: { base64: string }[] } }) => {
    assert.match(generateImage.images[0]?.base64 ?? "", /^iVBOR/);
  },
  embed: ({ embed }: { embed: { embeddings: { vector: number[] }[] } }) => {
    assert.ok((embed.embeddings[0]?.vector.length ?? 0) > 0);
  },
  moderate: ({ moderate }: { moderate: { results: { flagged: boolean; action: string }[] } }) => {
    assert.deepEqual(
      moderate.results.map(({ flagged, action }) => [flagged, action]),
      [[true, "FLAG"]],
    );
  },
  keys: ({ createKey }: { createKey: { secret: string; key: { hint: string; team: string } } }) => {
    assert.match(createKey.secret, /^pc_/);
    assert.equal(createKey.key.team, "team:support");
  },
  attest: ({ attest }: { attest: { opens: string[] } }) => assert.ok(attest.opens.length > 0),
  budget: ({ setBudget }: { setBudget: { limitUsd: string } }) => assert.equal(setBudget.limitUsd, "250"),
  usage: ({ verifyRecords }: { verifyRecords: { firstBroken: unknown } }) =>
    assert.equal(verifyRecords.firstBroken, null),
};

for (const { name, variables } of examples) {
  const check = answers[name];
  if (!check) continue;
  test(`${name}.graphql answers`, async () => {
    const { data, errors } = await gateway.graphql<never>(operation(name), variables);
    assert.equal(errors, undefined, JSON.stringify(errors));
    check(data);
  });
}

test("stream.graphql answers event by event, and receipt.graphql tells what it cost", async () => {
  const client = createClient({
    url: `${gateway.url}/graphql`,
    headers: { authorization: `Bearer ${gateway.adminKey}` },
    retryAttempts: 0,
  });
  const variables = { ...examples.find(({ name }) => name === "stream")?.variables };
  interface Event {
    seq: number;
    receiptId?: string;
    text?: string;
    offset?: number;
    completion?: { text: string; receipt: { id: string } };
  }
  const events: Event[] = [];
  for await (const { data, errors } of client.iterate({ query: operation("stream"), variables })) {
    assert.equal(errors, undefined, JSON.stringify(errors));
    events.push(data?.["completion"] as Event);
  }
  assert.deepEqual(
    events.map(({ seq }) => seq),
    events.map((_, index) => index),
  );
  const finished = events.at(-1)?.completion;
  assert.equal(events.map(({ text }) => text ?? "").join(""), finished?.text);
  assert.equal(events[0]?.receiptId, finished?.receipt.id);

  const { data } = await gateway.graphql<{ receipt: { outcome: string; usage: { output: number } } }>(
    operation("receipt"),
    { id: finished?.receipt.id },
  );
  assert.equal(data.receipt.outcome, "ok");
  assert.ok(data.receipt.usage.output > 0);
});

test("every file in schema/operations is run here", () => {
  const files = readdirSync(folder).map((name) => name.replace(/\.graphql$/, ""));
  assert.deepEqual(files.sort(), [...Object.keys(answers), "stream", "receipt"].sort());
});
