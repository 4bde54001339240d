// Two gateways over one PostgreSQL behave as one: keys, budgets, idempotency keys, attestations.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { closeSharedPostgres, sharedPostgres } from "../kit/postgres.ts";
import { startGateway, type RunningGateway } from "../kit/gateway.ts";
import { answerOpenai, startUpstream, streamOpenai } from "../kit/upstream.ts";
import { localOperator } from "../../src/intake/authenticate.ts";

const postgres = await sharedPostgres();
after(closeSharedPostgres);

function onTwo(
  title: string,
  run: (
    one: RunningGateway,
    other: RunningGateway,
    upstream: Awaited<ReturnType<typeof startUpstream>>,
  ) => Promise<void>,
): void {
  test(title, async (context) => {
    if (!postgres) return context.skip("no PostgreSQL server binaries on this machine");
    const upstream = await startUpstream();
    const env = {
      DATABASE_URL: await postgres.freshDatabase(),
      OLLAMA_BASE_URL: upstream.baseUrl,
      PORTCULLIS_SECRET: "s".repeat(40),
      GROQ_API_KEY: "gsk-test",
    };
    // At once, as a deployment starts them: migrations and the first policy are made by one of them.
    const [one, other] = await Promise.all([startGateway(env), startGateway(env)]);
    try {
      await run(one, other, upstream);
    } finally {
      await Promise.all([one.close(), other.close()]);
      await upstream.close();
    }
  });
}

const body = { model: "ollama/test", messages: [{ role: "user", content: "Hello" }] };

onTwo(
  "a key made on one works on the other, and once revoked works on neither within a second",
  async (one, other) => {
    const key = await one.makeKey();
    const headers = { authorization: `Bearer ${key}` };
    assert.equal((await other.post("/v1/chat/completions", body, headers)).status, 200);
    const { administration } = one.app.doorParts;
    const [record] = await administration.listKeys();
    await administration.revokeKey(
      record?.id ?? "",
      localOperator(() => []),
    );
    assert.equal(
      (await one.post("/v1/chat/completions", body, headers)).status,
      401,
      "at once where it was revoked",
    );
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    assert.equal((await other.post("/v1/chat/completions", body, headers)).status, 401);
  },
);

onTwo("an attestation made on one opens deployments on the other within a second", async (one, other) => {
  const held = async (gateway: RunningGateway): Promise<boolean> => {
    const { data } = await gateway.graphql<{
      providers: { id: string; deployments: { guarantees: { name: string; held: boolean }[] }[] }[];
    }>("{ providers { id deployments { guarantees { name held } } } }");
    const groq = data.providers.find((provider) => provider.id === "groq");
    return (
      groq?.deployments[0]?.guarantees.some((guarantee) => guarantee.name === "baa" && guarantee.held) ??
      false
    );
  };
  assert.equal(await held(other), false);
  const { data } = await one.graphql<{ attest: { opens: string[] } }>(
    'mutation { attest(input: { deployment: "groq", guarantee: "baa", evidenceUrl: "https://example.com/baa.pdf", until: "2100-01-01T00:00:00Z", reason: "Contract 12" }) { ... on Attestation { opens } ... on Failure { code message } } }',
  );
  assert.ok(data.attest.opens.length > 0);
  assert.equal(await held(one), true);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  assert.equal(await held(other), true);
});

onTwo("an idempotency key runs once over both, and says which request ran", async (one, other, upstream) => {
  upstream.behave(streamOpenai(["Hel", "lo"], { pauseMilliseconds: 100 }));
  const headers = { "idempotency-key": "order-1" };
  const streamed = { ...body, stream: true };
  const [first, joined] = await Promise.all([
    one.post("/v1/chat/completions", streamed, headers),
    one.post("/v1/chat/completions", streamed, headers),
  ]);
  const elsewhere = await other.post("/v1/chat/completions", streamed, headers);
  assert.equal(elsewhere.status, 409);
  const { error } = (await elsewhere.json()) as { error: { code: string; message: string } };
  assert.equal(error.code, "duplicate_request");
  assert.ok(JSON.stringify(error).includes("req_"), "the request that ran is named");
  const texts = await Promise.all([first.text(), joined.text()]);
  for (const text of texts) assert.match(text, /\[DONE\]/);
  assert.equal(upstream.seen.length, 1, "paid once");
  const otherBody = await other.post("/v1/chat/completions", { ...streamed, n: 2 }, headers);
  assert.equal(otherBody.status, 400);
});

onTwo(
  "a budget holds over both, whoever asks, and says when it starts anew",
  async (one, other, upstream) => {
    upstream.behave(answerOpenai("Hello"));
    const key = await one.makeKey({ team: "capped" });
    const set = await one.graphql<{ setBudget: { scope: string } }>(
      'mutation { setBudget(input: { scope: "team:capped", limitUsd: "0", period: DAY }) { ... on Budget { scope } ... on Failure { code message } } }',
    );
    assert.equal(set.data.setBudget.scope, "team:capped");
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const priced = { ...body, model: "groq/openai/gpt-oss-120b" };
    for (const gateway of [one, other]) {
      const answer = await gateway.post("/v1/chat/completions", priced, {
        authorization: `Bearer ${key}`,
        "x-data-sensitivity": "public",
      });
      const { error } = (await answer.json()) as { error: { code: string; message: string } };
      assert.deepEqual(
        [answer.status, error.code, answer.headers.get("x-should-retry")],
        [429, "insufficient_quota", "false"],
      );
    }
  },
);
