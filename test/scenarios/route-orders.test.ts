// Every order, floor, ceiling and condition of a route decides by what is really known: prices, scores, what a
// model can do, and what was lately measured on real sockets.

import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { eventually } from "../kit/eventually.ts";
import { startRouted, type Ask } from "../kit/routed.ts";
import { answerError, answerOpenai, startUpstream, streamOpenai, type Behaviour } from "../kit/upstream.ts";

const csv = `
p, open, allow, anyone, complete, up to confidential+pii, anywhere, always, Most data may go anywhere`;
const hour = new Date().getUTCHours();
const hours = (from: number, to: number): string =>
  [from, to].map((one) => String((hour + one + 24) % 24).padStart(2, "0")).join("-");
/** TOOLS, 131,072 tokens, 0.29 and 0.59 USD; the next 0.05 and 0.08. */
const [able, cheap] = ["groq/qwen/qwen3-32b", "groq/llama-3.1-8b-instant"];
/** No tools, 0.03 and 0.12 USD; the next has 8,192 tokens. */
const [plain, short] = [
  "together/LiquidAI/LFM2-24B-A2B",
  "together/meta-llama/Meta-Llama-3-8B-Instruct-Lite",
];
const inOrder = (name: string, models: string, more = ""): string =>
  `  ${name}: {description: In order, pick: in-order, models: [${models}]${more}}\n`;
const own = (name: string, more = ""): string => inOrder(name, `litellm/${name}, portkey/${name}`, more);
const routes = `
breaker: {rate-limits: 1000, errors: 100%, at-least: 1000}
groups:
  equals: {description: As good as each other, models: [${plain}, ${able}]}
routes:
  cheapest: {description: Cheap, pick: cheapest, models: [${able}, ${plain}, ${cheap}]}
  fastest: {description: Fast, pick: fastest, models: [litellm/f, portkey/f]}
  best: {description: Good, pick: best, models: [litellm/q1, portkey/q2]}
  tasked: {description: By task, pick: by-task, tasks: {code: best}, models: [litellm/q1, portkey/q2], otherwise: in-order}
  asking:
    description: By what is asked
    pick: by-condition
    cases:
    - {when: streamed, use: c-streamed}
    - {when: messages over 2, use: c-long}
    - {when: label:pii and level:confidential, use: c-pii}
    - {when: level:internal, use: c-internal}
    - {when: purpose:support, use: c-support}
    - {when: "role:analyst and hours:${hours(-1, 2)}@UTC", use: c-now}
    - {when: "hours:${hours(3, 5)}@UTC", use: c-never}
    otherwise: c-else
${["c-streamed", "c-long", "c-pii", "c-internal", "c-support", "c-now", "c-never", "c-else"].map((name) => own(name)).join("")}
${inOrder("grouped", "group:equals")}
${inOrder("tooled", `${plain}, ${able}`, ", floors: {capabilities: [TOOLS]}")}
${inOrder("long", `${short}, ${able}`, ", floors: {context: 100000}")}
${inOrder("input", `${able}, ${cheap}`, ", floors: {input-usd: 0.1}")}
${inOrder("output", `${able}, ${cheap}`, ", floors: {output-usd: 0.1}")}
${inOrder("scored", "litellm/q1, portkey/q2", ", floors: {score: 50}")}
${inOrder("capped", `${able}: {max-usd: 0.000001}, ${cheap}`)}
${own("erring", ", floors: {errors: 20%}")}
${own("p95", ", floors: {first-token-p95: 50ms}")}
${own("p50", ", floors: {first-token-p50: 50ms}")}
${own("writing", ", floors: {tokens-per-second: 1000}")}`;

const listed = await startUpstream();
const routed = await startRouted(
  routes,
  {
    GROQ_API_KEY: "gsk-test",
    GROQ_BASE_URL: listed.baseUrl,
    TOGETHER_API_KEY: "tg-test",
    TOGETHER_BASE_URL: listed.baseUrl,
  },
  csv,
);
const { a, ask, gateway } = routed;
beforeEach(() => routed.calm());
after(() => Promise.all([routed.close(), listed.close()]));

const served = async (model: string, more?: Ask): Promise<string> => {
  const said = await ask(model, more);
  return said.deployment ?? said.raw;
};

/** Why the plan passes a deployment over. */
async function because(model: string, deploymentId: string): Promise<string | undefined> {
  const { data } = await gateway.graphql<{
    routePlan: { candidates: { rank: number | null; because: string; deployment: { id: string } }[] };
  }>(
    `query ($input: CompletionInput!) { routePlan(input: $input) {
       ... on RoutePlan { candidates { rank because deployment { id } } } } }`,
    { input: { model, sensitivity: "public", messages: [{ user: { text: "Hi" } }] } },
  );
  const found = data.routePlan.candidates.find(({ deployment }) => deployment.id === deploymentId);
  return found?.rank === null ? found.because : undefined;
}

test("the cheapest is the one that costs least for this request", async () => {
  // The one reads cheaper, the other writes cheaper.
  assert.equal(await served("cheapest", { body: { max_tokens: 1 } }), plain);
  assert.equal(await served("cheapest", { body: { max_tokens: 500 } }), cheap);
  const tools = [{ type: "function", function: { name: "look", parameters: { type: "object" } } }];
  assert.equal(await served("cheapest", { body: { max_tokens: 1, tools } }), cheap);
});

test("the fastest is the one whose first word came soonest; what was never measured is tried", async () => {
  a.behave(async (request, response) => {
    await new Promise((resolve) => setTimeout(resolve, 700));
    await answerOpenai("Alpha")(request, response);
  });
  assert.equal(await served("litellm/f"), "litellm/f");
  assert.equal(await served("fastest"), "portkey/f", "nobody has measured it");
  await eventually(async () => {
    await served("portkey/f");
    return (await served("fastest")) === "portkey/f";
  }, 15_000);
});

test("the best is the one with the highest score, for the task where there is one", async () => {
  const { importScores } = gateway.app.doorParts.administration;
  await importScores(
    "model,task,score\nlitellm/q1,,40\nportkey/q2,,90\nlitellm/q1,code,95\nportkey/q2,code,60",
  );
  assert.equal(await served("best"), "portkey/q2");
  assert.equal(await served("best", { headers: { "x-task": "code" } }), "litellm/q1");
  assert.equal(await served("tasked", { headers: { "x-task": "code" } }), "litellm/q1");
  assert.equal(await served("scored"), "portkey/q2");
  assert.match((await because("scored", "litellm/q1")) ?? "", /score is below the route's floor/);
});

const floors: readonly (readonly [route: string, out: string, instead: string, why: RegExp])[] = [
  ["tooled", plain, able, /lacks TOOLS/],
  ["long", short, able, /context is shorter/],
  ["input", able, cheap, /input is dearer/],
  ["output", able, cheap, /output is dearer/],
  ["capped", able, cheap, /above the route's 0\.000001/],
];
for (const [route, out, instead, why] of floors) {
  test(`${route}: what does not meet it is left out, and the plan says why`, async () => {
    assert.equal(await served(route), instead);
    assert.match((await because(route, out)) ?? "", why);
  });
}

test("equals are only as equal as the request lets them be", async () => {
  assert.equal(await served("grouped"), plain);
  const tools = [{ type: "function", function: { name: "look", parameters: { type: "object" } } }];
  assert.equal(await served("grouped", { body: { tools } }), able);
  const schema = { name: "place", schema: { type: "object" } };
  const nobody = await ask("grouped", {
    body: { response_format: { type: "json_schema", json_schema: schema } },
  });
  assert.equal(nobody.status, 503);
  assert.match(nobody.raw, /No deployment of the route grouped can serve such a request/);
});

const slow: Behaviour = async (request, response) => {
  await new Promise((resolve) => setTimeout(resolve, 120));
  await streamOpenai(["One ", "two "], { pauseMilliseconds: 200 })(request, response);
};
const measured: readonly (readonly [route: string, behaviour: Behaviour, status: number, why: RegExp])[] = [
  ["erring", answerError(503, {}), 502, /now fails more often/],
  ["p95", slow, 200, /first token now takes longer, at the 95th percentile/],
  ["p50", slow, 200, /first token now takes longer than/],
  ["writing", slow, 200, /now writes more slowly/],
];
for (const [route, behaviour, status, why] of measured) {
  test(`${route}: what was lately measured below a floor is left out`, async () => {
    assert.equal(await because(route, `litellm/${route}`), undefined, "unknown counts as good enough");
    a.behave(behaviour);
    assert.equal((await ask(`litellm/${route}`, { stream: true })).status, status);
    assert.match((await because(route, `litellm/${route}`)) ?? "", why);
    routed.calm();
    assert.equal(await served(route), `portkey/${route}`);
  });
}

test("a model of several providers is balanced over them", async () => {
  const all = await Promise.all(Array.from({ length: 40 }, () => served("openai/gpt-oss-20b")));
  const providers = new Set(all.map((id) => id.split("/")[0]));
  for (const provider of ["groq", "together"]) assert.ok(providers.has(provider), [...providers].join(" "));
});

test("conditions go by stream, length, data, purpose, role and hour, the first that holds", async () => {
  const key = await gateway.makeKey({ roles: ["analyst"], purposes: ["support"] });
  const headers = { authorization: `Bearer ${key}` };
  const turn = { role: "user", content: "Hello" };
  const asked: readonly (readonly [name: string, more: Ask])[] = [
    ["c-streamed", { stream: true }],
    ["c-long", { body: { messages: [turn, turn, turn] } }],
    ["c-pii", { headers: { "x-data-sensitivity": "confidential+pii" } }],
    ["c-internal", { headers: { "x-data-sensitivity": "internal" } }],
    ["c-support", { headers: { ...headers, "x-purpose": "support" } }],
    ["c-now", { headers }],
    ["c-else", {}],
  ];
  for (const [name, more] of asked) assert.equal(await served("asking", more), `litellm/${name}`);
});
