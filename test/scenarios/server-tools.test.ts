// Tools that OpenAI runs pass through `/v1/responses` where the policy lets their data go, and come back whole: what they
// did, what they cite, what they cost. Elsewhere they are refused by their place, and whoever names a server of their own is.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import OpenAI from "openai";
import { startGateway } from "../kit/gateway.ts";
import { loadSchemaCheck, schemasPresent } from "../kit/openai-schemas.ts";
import {
  answeringItems as answering,
  searchItem as search,
  sendJson,
  servedItems as output,
} from "../kit/served-items.ts";
import { startUpstream } from "../kit/upstream.ts";

type Body = Readonly<Record<string, unknown>>;

const [openai, other] = await Promise.all([startUpstream(), startUpstream()]);
const gateway = await startGateway({
  OPENAI_BASE_URL: openai.baseUrl,
  OPENAI_API_KEY: "sk-upstream",
  ANTHROPIC_BASE_URL: other.origin,
  ANTHROPIC_API_KEY: "sk-upstream",
  VLLM_BASE_URL: other.baseUrl,
  GEMINI_BASE_URL: other.origin,
  GEMINI_API_KEY: "gemini-key",
});
after(() => Promise.all([gateway.close(), openai.close(), other.close()]));
const checkSchema = schemasPresent ? await loadSchemaCheck() : () => [];
const client = new OpenAI({
  baseURL: `${gateway.url}/v1`,
  apiKey: gateway.adminKey,
  maxRetries: 0,
  defaultHeaders: { "x-data-sensitivity": "public" },
});

const offered: Body[] = [
  { type: "web_search", search_context_size: "low" },
  { type: "file_search", vector_store_ids: ["vs_1"] },
  { type: "code_interpreter", container: { type: "auto" } },
  { type: "image_generation", quality: "low" },
  { type: "function", name: "f", parameters: { type: "object", properties: {} }, strict: false },
];
const ask = {
  model: "openai/gpt-4.1",
  input: "What is Bern?",
  tools: offered as unknown as OpenAI.Responses.Tool[],
  include: ["web_search_call.action.sources" as const],
};

const withoutIds = (items: readonly unknown[]): unknown =>
  items.map((item) => ({
    ...(item as Body),
    id: (item as Body)["type"] === "message" ? "" : (item as Body)["id"],
  }));

test("what they did comes back whole, over the wire that knows them, with citations", async () => {
  openai.behave(answering(output));
  const whole = await client.responses.create(ask);
  const seen = openai.seen.at(-1);
  assert.equal(seen?.path, "/v1/responses");
  assert.deepEqual(seen?.body["tools"], offered);
  assert.deepEqual(seen?.body["include"], ["web_search_call.action.sources"]);
  assert.equal(seen?.body["store"], false);
  assert.deepEqual(withoutIds(whole.output), withoutIds(output));
  assert.deepEqual(checkSchema("Response", { ...whole, output_text: undefined }), []);
});

test("streamed, each comes when it is done, with its steps, in the order of the answer", async () => {
  openai.behave(answering(output));
  const events: Body[] = [];
  const stream = await client.responses.create({ ...ask, stream: true });
  for await (const event of stream) {
    assert.deepEqual(checkSchema("ResponseStreamEvent", event), [], JSON.stringify(event).slice(0, 300));
    events.push(event as unknown as Body);
  }
  const done = events.filter(({ type }) => type === "response.output_item.done").map(({ item }) => item);
  assert.deepEqual(withoutIds(done), withoutIds(output));
  const types = events.map(({ type }) => String(type));
  const steps = "in_progress searching completed"
    .split(" ")
    .map((step) => `response.web_search_call.${step}`);
  for (const step of [
    ...steps,
    "response.code_interpreter_call_code.done",
    "response.image_generation_call.generating",
  ])
    assert.ok(types.includes(step), step);
  const completed = events.find(({ type }) => type === "response.completed")?.["response"] as Body;
  assert.deepEqual(withoutIds(completed["output"] as Body[]), withoutIds(output));
});

test("an answer's items go back to OpenAI as they came, and elsewhere only what others can read", async () => {
  openai.behave(answering(output.slice(-1)));
  const turns = [
    { role: "user", content: "What is Bern?" },
    ...output,
    { role: "user", content: "And Zug?" },
  ];
  const input = turns as unknown as OpenAI.Responses.ResponseInput;
  await client.responses.create({ ...ask, input });
  const sent = openai.seen.at(-1)?.body["input"] as Body[];
  assert.deepEqual(
    sent.filter(({ type }) => type !== "message"),
    output.slice(0, -1),
  );
  const { model, ...rest } = ask;
  assert.ok(model);
  const answer = await gateway.post(
    "/v1/responses",
    { ...rest, tools: [], include: [], input, model: "vllm/m" },
    { "x-data-sensitivity": "public" },
  );
  await answer.text();
  const messages = other.seen.at(-1)?.body["messages"] as Body[];
  assert.deepEqual(
    messages.map(({ role }) => role),
    ["user", "assistant", "user"],
  );
});

test("fees that are known are in the cost; a use whose fee nobody knows makes it an estimate", async () => {
  const costOf = async (
    items: readonly Body[],
    tools: readonly Body[] = [],
  ): Promise<readonly [number, boolean]> => {
    openai.behave(answering(items, tools));
    const { portcullis } = (await client.responses.create(ask)) as unknown as {
      readonly portcullis: { readonly cost_usd: string; readonly estimated?: boolean };
    };
    return [Number(portcullis.cost_usd), portcullis.estimated === true];
  };
  const [text] = output.slice(-1);
  assert.ok(text);
  const [plain] = await costOf([text]);
  const [searched, isEstimate] = await costOf([...output.slice(0, 3), text]);
  assert.equal((searched - plain).toFixed(6), "0.012500");
  assert.equal(isEstimate, false);
  assert.deepEqual((await costOf(output))[1], true);
  assert.deepEqual((await costOf(output.slice(0, 1), [{ type: "web_search_preview" }]))[1], true);
});

test("the policy decides: data that may not leave the deployment has no such tools", async () => {
  const seen = openai.seen.length;
  const denied = await gateway.post("/v1/responses", ask, { "x-data-sensitivity": "confidential" });
  const { error } = (await denied.json()) as {
    readonly error: { readonly code: string; readonly message: string };
  };
  assert.deepEqual([denied.status, error.code], [403, "policy_denied"]);
  assert.match(error.message, /a tool that runs at the provider/);
  assert.equal(openai.seen.length, seen);
  const without = await gateway.post(
    "/v1/responses",
    { ...ask, tools: offered.slice(-1) },
    { "x-data-sensitivity": "confidential" },
  );
  assert.notEqual(without.status, 403);
  await without.text();
});

test("a secret in what a tool was asked or found does not leave", async () => {
  const secret = `ghp_${"a1B2c3D4e5F6".repeat(3)}`;
  openai.behave(
    answering([search("ws_1", { type: "search", query: `who has ${secret}` }), ...output.slice(-1)]),
  );
  for (const stream of [false, true]) {
    const answer = await gateway.post(
      "/v1/responses",
      { ...ask, stream },
      { "x-data-sensitivity": "public" },
    );
    assert.ok(!(await answer.text()).includes("a1B2c3D4"));
  }
});

const refusals: Readonly<Record<string, readonly [Body, string]>> = {
  "a server of the caller's": [
    { type: "mcp", server_label: "m", server_url: "https://tools.example" },
    "tools[0].type",
  ],
  "a connector of the caller's": [
    { type: "mcp", server_label: "m", connector_id: "connector_gmail" },
    "tools[0].type",
  ],
  "a network for the model's code": [
    {
      type: "code_interpreter",
      container: { type: "auto", network_policy: { type: "allowlist", allowed_domains: ["x.example"] } },
    },
    "tools[0].container.network_policy",
  ],
  "a tool that nobody knows": [{ type: "send_everything" }, "tools[0].type"],
};
for (const [what, [tool, place]] of Object.entries(refusals)) {
  test(`${what} is refused by its place, and nobody is called`, async () => {
    const seen = openai.seen.length;
    const answer = await gateway.post(
      "/v1/responses",
      { ...ask, tools: [tool] },
      { "x-data-sensitivity": "public" },
    );
    const { error } = (await answer.json()) as {
      readonly error: { readonly code: string; readonly param: string };
    };
    assert.deepEqual([answer.status, error.code, error.param], [400, "unsupported_parameter", place]);
    assert.equal(openai.seen.length, seen);
  });
}

for (const model of ["anthropic/claude-sonnet-4-5", "vllm/some-model"]) {
  test(`${model} runs none of them: refused by its place`, async () => {
    const answer = await gateway.post("/v1/responses", { ...ask, model }, { "x-data-sensitivity": "public" });
    const { error } = (await answer.json()) as {
      readonly error: { readonly code: string; readonly param: string };
    };
    assert.deepEqual([answer.status, error.code, error.param], [400, "unsupported_parameter", "tools[0]"]);
  });
}

test("a search of the web is Google's at Gemini, and its sources are citations", async () => {
  other.behave((_, response) => {
    const grounding = {
      webSearchQueries: ["Bern"],
      groundingChunks: [{ web: { uri: "https://bern.example/", title: "Bern" } }],
      groundingSupports: [{ segment: { startIndex: 0, endIndex: 4 }, groundingChunkIndices: [0] }],
    };
    const content = { role: "model", parts: [{ text: "Bern is the capital." }] };
    sendJson(response, {
      candidates: [{ content, finishReason: "STOP", groundingMetadata: grounding }],
      usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 5 },
    });
  });
  const tools = [{ type: "web_search" as const }];
  const answer = await client.responses.create({ model: "gemini/gemini-2.5-flash", input: "Bern?", tools });
  assert.deepEqual(other.seen.at(-1)?.body["tools"], [{ google_search: {} }]);
  const [message] = answer.output;
  assert.ok(message?.type === "message" && message.content[0]?.type === "output_text");
  assert.deepEqual(message.content[0].annotations, [
    { type: "url_citation", url: "https://bern.example/", title: "Bern", start_index: 0, end_index: 4 },
  ]);
  const { portcullis } = answer as unknown as { readonly portcullis: { readonly estimated?: boolean } };
  assert.equal(portcullis.estimated, true);
});
