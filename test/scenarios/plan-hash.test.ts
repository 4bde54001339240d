// A plan is what would happen: executed exactly as it was shown, or PLAN_STALE.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { localOperator } from "../../src/intake/authenticate.ts";
import { startGateway } from "../kit/gateway.ts";
import { denyOllama, fileList, withRows } from "../kit/shipped-policy.ts";
import { answerError, answerOpenai, startUpstream } from "../kit/upstream.ts";

const upstream = await startUpstream();
const gateway = await startGateway({ OLLAMA_BASE_URL: upstream.baseUrl, GROQ_API_KEY: "gsk-test" });
after(async () => {
  await gateway.close();
  await upstream.close();
});
const { administration } = gateway.app.doorParts;
const operator = localOperator(() => []);

const input = (model: string, planHash?: string) => ({
  model,
  sensitivity: "public",
  messages: [{ user: { text: "Hello" } }],
  ...(planHash === undefined ? {} : { planHash }),
});

async function planOf(model: string): Promise<string> {
  const { data, errors } = await gateway.graphql<{ routePlan: { hash: string } }>(
    "query ($input: CompletionInput!) { routePlan(input: $input) { ... on RoutePlan { hash } ... on Failure { message } } }",
    { input: input(model) },
  );
  assert.equal(errors, undefined, JSON.stringify(errors));
  assert.ok(data.routePlan.hash, JSON.stringify(data));
  return data.routePlan.hash;
}

async function complete(model: string, planHash: string): Promise<string> {
  const { data } = await gateway.graphql<{ complete: { text?: string; code?: string } }>(
    "mutation ($input: CompletionInput!) { complete(input: $input) { ... on Completion { text } ... on Failure { code } } }",
    { input: input(model, planHash) },
  );
  return data.complete.code ?? data.complete.text ?? "";
}

const groq = "groq/openai/gpt-oss-120b";

test("a plan that still holds is executed", async () => {
  upstream.behave(answerOpenai("as planned"));
  const hash = await planOf("ollama/test");
  assert.equal(await complete("ollama/test", hash), "as planned");
  assert.equal(await planOf("ollama/test"), hash, "the same facts give the same plan");
});

test("a plan of another model, key or nobody is stale", async () => {
  assert.equal(await complete("ollama/test", await planOf("demo/echo")), "PLAN_STALE");
  assert.equal(await complete("ollama/test", "made-up"), "PLAN_STALE");
});

test("an attestation makes a plan stale", async () => {
  const hash = await planOf(groq);
  await administration.attest(
    {
      subject: "groq",
      guarantee: "baa",
      evidenceUrl: "https://example.com/baa",
      until: new Date("2100-01-01"),
      reason: "Contract 12",
    },
    operator,
  );
  assert.equal(await complete(groq, hash), "PLAN_STALE");
});

test("another price makes a plan stale", async () => {
  const hash = await planOf(groq);
  const before = gateway.app.doorParts.catalog().deployment(groq)?.price;
  assert.ok(before);
  const { model } = gateway.app.doorParts.catalog().deployment(groq) ?? {};
  upstream.behave(
    answerError(200, {
      groq: {
        id: "groq",
        models: {
          "openai/gpt-oss-120b": {
            id: "openai/gpt-oss-120b",
            name: model?.name,
            attachment: false,
            reasoning: true,
            temperature: true,
            tool_call: true,
            open_weights: true,
            release_date: "2025-08-05",
            last_updated: "2025-08-05",
            modalities: { input: ["text"], output: ["text"] },
            limit: { context: model?.contextTokens, output: model?.maxOutputTokens },
            cost: { input: before.inputUsdPerMillion * 2, output: before.outputUsdPerMillion * 2 },
          },
        },
      },
    }),
  );
  const diff = await administration.syncCatalog(
    { url: `${upstream.origin}/api.json`, apply: true },
    operator,
  );
  assert.ok(
    diff.changes.some(({ kind }) => kind === "price-changed"),
    JSON.stringify(diff.changes),
  );
  assert.equal(await complete(groq, hash), "PLAN_STALE");
});

test("another policy makes a plan stale", async () => {
  const hash = await planOf("demo/echo");
  const { data } = await gateway.graphql<{ publishPolicy: { __typename: string } }>(
    "mutation ($input: PublishPolicyInput!) { publishPolicy(input: $input) { __typename } }",
    { input: { files: fileList(withRows(denyOllama)) } },
  );
  assert.equal(data.publishPolicy.__typename, "PolicyPublication");
  assert.equal(await complete("demo/echo", hash), "PLAN_STALE");
});
