// However many ask at once, whole or streamed, cut or completed, no budget is passed, and every sum agrees.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { formatUsd, parseUsd } from "../../src/core/money.ts";
import { localOperator } from "../../src/intake/authenticate.ts";
import { eventually } from "../kit/eventually.ts";
import { startGateway, type RunningGateway } from "../kit/gateway.ts";
import { closeSharedPostgres, sharedPostgres } from "../kit/postgres.ts";
import { startUpstream, type Behaviour } from "../kit/upstream.ts";

const upstream = await startUpstream();
const postgres = await sharedPostgres();
after(async () => {
  await upstream.close();
  await closeSharedPostgres();
});

const usd = (dollars: string): number => parseUsd(dollars) ?? Number.NaN;
const limit = usd("0.02");
const maxTokens = 1_000;
const requests = 200;

/** Uses all that it may, and breaks off where the prompt says so. */
const greedy: Behaviour = async (request, response) => {
  const base = { id: "chatcmpl-up", created: 1, model: request.body["model"] };
  const usage = { prompt_tokens: 9, completion_tokens: maxTokens, total_tokens: 9 + maxTokens };
  if (request.body["stream"] !== true) {
    await pause(20);
    const choices = [{ index: 0, message: { role: "assistant", content: "Yes." }, finish_reason: "length" }];
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ ...base, object: "chat.completion", choices, usage }));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (choices: unknown, more: object = {}): void =>
    void response.write(
      `data: ${JSON.stringify({ ...base, object: "chat.completion.chunk", choices, ...more })}\n\n`,
    );
  for (let piece = 0; piece < 5; piece++) {
    send([{ index: 0, delta: { content: `piece ${piece} ` }, finish_reason: null }]);
    await pause(10);
    if (piece === 3 && JSON.stringify(request.body).includes("break off")) {
      response.destroy();
      return;
    }
  }
  send([{ index: 0, delta: {}, finish_reason: "length" }]);
  send([], { usage });
  response.end("data: [DONE]\n\n");
};

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

interface Place {
  readonly name: string;
  readonly env: Record<string, string> | undefined;
  readonly replicas: number;
}
const places: readonly Place[] = [
  { name: "one replica on PGlite", env: {}, replicas: 1 },
  {
    name: "two replicas on PostgreSQL",
    env: postgres && { DATABASE_URL: await postgres.freshDatabase(), PORTCULLIS_SECRET: "s".repeat(40) },
    replicas: 2,
  },
];

for (const { name, env, replicas } of places) {
  test(`${requests} requests at once never pass a team's budget (${name})`, async (context) => {
    if (env === undefined) return context.skip("no PostgreSQL server binaries on this machine");
    const settings = { OPENAI_BASE_URL: upstream.baseUrl, OPENAI_API_KEY: "sk-test", ...env };
    const gateways = await Promise.all(Array.from({ length: replicas }, () => startGateway(settings)));
    try {
      await run(gateways);
    } finally {
      await Promise.all(gateways.map((gateway) => gateway.close()));
    }
  });
}

async function run(gateways: readonly RunningGateway[]): Promise<void> {
  const [first] = gateways;
  assert.ok(first);
  upstream.behave(greedy);
  const { administration } = first.app.doorParts;
  const key = await first.makeKey({ team: "small" });
  await administration.setBudget(
    { scope: "team:small", limit, period: "month" },
    localOperator(first.app.rolesOf),
  );
  // The other replica learns of the budget with the next generation.
  await Promise.all(gateways.map(({ app }) => app.store.generation.refresh()));

  const answers = await Promise.all(
    Array.from({ length: requests }, (_, index) => {
      const gateway = gateways[index % gateways.length] ?? first;
      return ask(gateway, key, kinds[index % kinds.length] ?? "whole");
    }),
  );
  const spentOn = answers.filter(({ status }) => status === 200);
  const refused = answers.filter(({ status }) => status === 429);
  // Enough calls that break off may open the breaker: then it is another one that refuses, and nothing is spent.
  const others = answers.filter(
    ({ status, text }) => ![200, 429].includes(status) && !text.includes("MODEL_UNAVAILABLE"),
  );
  assert.deepEqual(others, [], "every request is answered or refused");
  assert.ok(
    refused.length > 0 && spentOn.length > 4,
    `${spentOn.length} answered, ${refused.length} refused`,
  );
  for (const { text } of refused) assert.match(text, /insufficient_quota/);

  await eventually(async () => (await administration.listBudgets())[0]?.held === 0, 10_000);
  const [budget] = await administration.listBudgets();
  const receipts = await Promise.all(spentOn.map(({ id }) => first.app.store.records.receipt(id)));
  const sum = receipts.reduce((total, receipt) => total + (receipt?.cost ?? 0), 0);
  const ledger = (await first.app.store.usage(new Date(0))).filter(({ team }) => team === "team:small");
  const ledgerSum = ledger.reduce((total, line) => total + usd(line.costUsd), 0);
  assert.ok(sum > 0 && sum <= limit, `${formatUsd(sum)} of ${formatUsd(limit)} spent`);
  assert.deepEqual([budget?.spent, ledgerSum], [sum, sum], "budget, ledger and receipts agree");
  const outcomes = new Set(receipts.map((receipt) => receipt?.outcome));
  assert.ok(outcomes.has("ok") && !outcomes.has("open") && !outcomes.has(undefined), [...outcomes].join());
}

const kinds = ["whole", "stream", "left", "whole", "stream", "left", "stream", "broken"] as const;

interface Told {
  readonly status: number;
  readonly id: string;
  readonly text: string;
}

async function ask(gateway: RunningGateway, key: string, kind: (typeof kinds)[number]): Promise<Told> {
  const content = kind === "broken" ? "Please break off" : "Hello there";
  const answer = await gateway.post(
    "/v1/chat/completions",
    {
      model: "openai/gpt-4.1-mini",
      messages: [{ role: "user", content }],
      max_tokens: maxTokens,
      stream: kind !== "whole",
    },
    { authorization: `Bearer ${key}`, "x-data-sensitivity": "public" },
  );
  const told = { status: answer.status, id: answer.headers.get("x-request-id") ?? "" };
  if (kind !== "left" || answer.body === null) return { ...told, text: await answer.text() };
  const reader = answer.body.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return { ...told, text: new TextDecoder().decode(value) };
}

test("a caller's own limit is held to the picodollar, and names what would do", async () => {
  upstream.behave(greedy);
  const gateway = await startGateway({ OPENAI_BASE_URL: upstream.baseUrl, OPENAI_API_KEY: "sk-test" });
  try {
    const body = {
      model: "openai/gpt-4.1-mini",
      messages: [{ role: "user", content: "Hello" }],
      max_tokens: 100,
    };
    const asked = (most: string, over: object = {}): Promise<Response> =>
      gateway.post("/v1/chat/completions", { ...body, ...over }, { "x-max-cost-usd": most });
    const before = upstream.seen.length;
    const refused = await asked("0.000000000001");
    assert.equal(refused.status, 429);
    const needed = /Allow (0\.\d+) USD/.exec(await refused.text())?.[1] ?? "";
    const justLess = formatUsd(usd(needed) - 1);
    assert.equal((await asked(justLess)).status, 429);
    assert.equal((await asked(justLess, { stream: true })).status, 429);
    assert.equal((await asked("1", { model: "openai/of-unknown-price" })).status, 429);
    assert.equal(upstream.seen.length, before, "nothing was sent");
    assert.equal((await asked(needed)).status, 200);
    assert.equal((await asked("cheap")).status, 400);
  } finally {
    await gateway.close();
  }
});
