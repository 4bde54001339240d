// One OpenAI-dialect provider through both doors: same text, same money, same refusals, on both databases.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import OpenAI from "openai";
import OldOpenAI from "openai-v4";
import { closeSharedPostgres, sharedPostgres } from "../kit/postgres.ts";
import { startGateway, type RunningGateway } from "../kit/gateway.ts";
import { answerError, answerOpenai, startUpstream, streamOpenai } from "../kit/upstream.ts";

const upstream = await startUpstream();
const postgres = await sharedPostgres();
const places: readonly [string, Record<string, string> | undefined][] = [
  ["PGlite", {}],
  ["PostgreSQL", postgres && { DATABASE_URL: await postgres.freshDatabase() }],
];
after(async () => {
  await upstream.close();
  await closeSharedPostgres();
});

const messages = [{ role: "user" as const, content: "Hello" }];

for (const [name, env] of places) {
  const onEach = (title: string, run: (gateway: RunningGateway) => Promise<void>): void => {
    test(`${title} (${name})`, async (context) => {
      if (env === undefined) return context.skip("no PostgreSQL server binaries on this machine");
      const gateway = await startGateway({
        OLLAMA_BASE_URL: upstream.baseUrl,
        OPENROUTER_BASE_URL: upstream.baseUrl,
        OPENROUTER_API_KEY: "sk-upstream-secret",
        ...env,
      });
      try {
        await run(gateway);
      } finally {
        await gateway.close();
      }
    });
  };

  onEach("the OpenAI SDK, new and old, works with another base URL and key alone", async (gateway) => {
    const settings = { baseURL: `${gateway.url}/v1`, apiKey: gateway.adminKey, maxRetries: 0 };
    // Alike in what is used here; their types know nothing of each other.
    const clients = [new OpenAI(settings), new OldOpenAI(settings) as unknown as OpenAI];
    for (const client of clients) {
      upstream.behave(answerOpenai("Hello from upstream"));
      const whole = await client.chat.completions.create({ model: "ollama/test", messages });
      assert.equal(whole.choices[0]?.message.content, "Hello from upstream");
      assert.deepEqual([whole.usage?.prompt_tokens, whole.usage?.completion_tokens], [7, 3]);

      upstream.behave(streamOpenai(["Hello ", "from ", "upstream"]));
      const stream = await client.chat.completions.create({
        model: "ollama/test",
        messages,
        stream: true,
        stream_options: { include_usage: true },
      });
      let text = "";
      let total: number | undefined;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? "";
        total = chunk.usage?.total_tokens ?? total;
      }
      assert.deepEqual([text, total], ["Hello from upstream", 10]);

      upstream.behave(answerOpenai(""));
      const embedded = await client.embeddings.create({ model: "ollama/embedder", input: ["a", "b"] });
      assert.deepEqual(
        embedded.data.map((one) => one.embedding),
        [
          [0.25, -0.5, 0],
          [0.25, -0.5, 1],
        ],
      );
    }
  });

  onEach("a mutation gives the text and a receipt that says what happened", async (gateway) => {
    upstream.behave(answerOpenai("Hello from upstream"));
    const { data } = await gateway.graphql<{ complete: { text: string; receipt: Record<string, unknown> } }>(
      `mutation { complete(input: { model: "ollama/test", messages: [{ user: { text: "Hello" } }] }) {
        ... on Completion { text receipt { usage { input output } costUsd estimated rule attempts { outcome deployment { id } } sensitivity { effective } safety { classifiers notRun } } } } }`,
    );
    assert.equal(data.complete.text, "Hello from upstream");
    assert.deepEqual(data.complete.receipt, {
      usage: { input: 7, output: 3 },
      costUsd: null,
      estimated: false,
      rule: "admin-no-training",
      attempts: [{ outcome: "ok", deployment: { id: "ollama/test" } }],
      sensitivity: { effective: "internal" },
      safety: { classifiers: ["deterministic"], notRun: [] },
    });
  });

  onEach("a request is counted and logged under the door that it came through", async (gateway) => {
    upstream.behave(answerOpenai("Hello from upstream"));
    await gateway.post("/v1/chat/completions", { model: "ollama/test", messages });
    await gateway.graphql(
      `mutation { complete(input: { model: "ollama/test", messages: [{ user: { text: "Hello" } }] }) { __typename } }`,
    );
    const headers = { authorization: `Bearer ${gateway.adminKey}` };
    const counts = await (await fetch(`${gateway.url}/metrics`, { headers })).text();
    for (const door of ["rest", "graphql"]) {
      const line = `portcullis_requests_total{door="${door}",action="complete",outcome="ok"} 1\n`;
      assert.ok(counts.includes(line), door);
      assert.equal(gateway.logLines.filter((logged) => logged.includes(`"door":"${door}"`)).length, 1);
    }
  });

  onEach(
    "a denied request reaches no provider, and both doors say what was found and why",
    async (gateway) => {
      const before = upstream.seen.length;
      const body = {
        model: "openrouter/test",
        messages: [{ role: "user", content: "My card is 4111 1111 1111 1111" }],
      };
      const rest = await gateway.post("/v1/chat/completions", body, { "x-data-sensitivity": "public" });
      const { error } = (await rest.json()) as { error: { code: string; message: string } };
      assert.deepEqual(
        [rest.status, error.code, rest.headers.get("x-should-retry")],
        [403, "policy_denied", "false"],
      );
      assert.match(error.message, /pci/);
      const { data } = await gateway.graphql<{ complete: Record<string, unknown> }>(
        `mutation { complete(input: { model: "openrouter/test", sensitivity: "public", messages: [{ user: { text: "My card is 4111 1111 1111 1111" } }] }) {
        __typename ... on PolicyDenied { code sensitivity { effective underDeclared detected { label messageIndex } } considered { allowed because deployment { id } } } } }`,
      );
      assert.equal(data.complete["__typename"], "PolicyDenied");
      assert.deepEqual(data.complete["sensitivity"], {
        effective: "restricted+pci",
        underDeclared: true,
        detected: [{ label: "pci", messageIndex: 0 }],
      });
      assert.equal(upstream.seen.length, before, "the provider saw nothing");
    },
  );

  onEach("an upstream's refusal of our key is our fault, and leaks nothing", async (gateway) => {
    upstream.behave(
      answerError(
        401,
        { error: { message: "Incorrect API key provided: sk-upstream-secret" } },
        { "x-secret": "sk-upstream-secret", "set-cookie": "a=b" },
      ),
    );
    const answer = await gateway.post(
      "/v1/chat/completions",
      { model: "openrouter/test", messages },
      { "x-data-sensitivity": "public" },
    );
    const text = await answer.text();
    assert.equal(answer.status, 502);
    assert.ok(!text.includes("sk-upstream") && !JSON.stringify([...answer.headers]).includes("sk-upstream"));
    assert.ok(!gateway.logLines.join("").includes("sk-upstream"));
  });

  onEach("no prompt, no answer and no key is in the log or in the database", async (gateway) => {
    upstream.behave(answerOpenai("the-answer-that-nobody-keeps"));
    const secret = await gateway.makeKey();
    const answer = await gateway.post(
      "/v1/chat/completions",
      { model: "ollama/test", messages: [{ role: "user", content: "the-prompt-that-nobody-keeps" }] },
      { authorization: `Bearer ${secret}` },
    );
    assert.equal(answer.status, 200);
    const log = gateway.logLines.join("");
    for (const kept of [
      "the-prompt-that-nobody-keeps",
      "the-answer-that-nobody-keeps",
      secret,
      gateway.adminKey,
    ])
      assert.ok(!log.includes(kept));
    assert.match(log, /"outcome":"ok"/);
  });
}
