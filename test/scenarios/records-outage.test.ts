// While the database confirms no records, no provider is called: what could not be accounted for is not paid for.
// Through every door, and over again when the database is back.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { eventually } from "../kit/eventually.ts";
import { startGateway, type RunningGateway } from "../kit/gateway.ts";
import { startPostgres } from "../kit/postgres.ts";
import { startUpstream } from "../kit/upstream.ts";

const server = await startPostgres();
const upstream = await startUpstream();
after(async () => {
  await upstream.close();
  await server?.close();
});

const question = { model: "ollama/test", messages: [{ role: "user", content: "Hello" }] };
const operation = `mutation { complete(input: {
  model: "ollama/test", messages: [{ user: { text: "Hello" } }] }) { __typename ... on Failure { code } } }`;

/** What each door answers: the code of a failure, or `ok`. */
const doors: Readonly<Record<string, (gateway: RunningGateway) => Promise<string>>> = {
  async whole(gateway) {
    const answer = await gateway.post("/v1/chat/completions", question);
    const { error } = (await answer.json()) as { error?: { code: string } };
    return error?.code ?? "ok";
  },
  async streamed(gateway) {
    const answer = await gateway.post("/v1/chat/completions", { ...question, stream: true });
    const text = await answer.text();
    return /"code":"(\w+)"/.exec(text)?.[1] ?? "ok";
  },
  async embedded(gateway) {
    const answer = await gateway.post("/v1/embeddings", { model: "ollama/vectors", input: "Hello" });
    const { error } = (await answer.json()) as { error?: { code: string } };
    return error?.code ?? "ok";
  },
  async graphql(gateway) {
    const { data } = await gateway.graphql<{ complete: { code?: string } }>(operation);
    return data.complete.code ?? "ok";
  },
};

test("while no record can be written no provider is called, and afterwards all are again", async (context) => {
  if (!server) return context.skip("no PostgreSQL server binaries on this machine");
  const gateway = await startGateway({
    DATABASE_URL: await server.freshDatabase(),
    OLLAMA_BASE_URL: upstream.baseUrl,
  });
  context.after(() => gateway.close());
  assert.equal(await doors["whole"]?.(gateway), "ok");

  await server.kill();
  const paidInDoubt = await doors["whole"]?.(gateway);
  assert.equal(paidInDoubt?.toUpperCase(), "OVERLOADED");
  const called = upstream.seen.length;
  for (const [door, ask] of Object.entries(doors))
    assert.equal((await ask(gateway)).toUpperCase(), "OVERLOADED", door);
  assert.equal(upstream.seen.length, called);

  await server.restart();
  await eventually(async () => (await doors["graphql"]?.(gateway)) === "ok");
  assert.equal(await doors["streamed"]?.(gateway), "ok");
});
