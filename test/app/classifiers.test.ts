// A whole gateway and its classifiers: proven at the start, counted, and said to be missing where they are.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startFakeGuard } from "../kit/fake-guard.ts";
import { startGateway } from "../kit/gateway.ts";
import { answerError } from "../kit/upstream.ts";

const guard = await startFakeGuard();
const broken = await startFakeGuard(answerError(500, { error: { message: "out of memory" } }));
broken.honestCanaries = false;
const ofEachFormat = [
  "vllm/Llama-Guard-3-8B",
  "vllm/house",
  "vllm/omni-moderation-latest",
  "vllm/Qwen3Guard-Gen-4B",
  "vllm/granite-guardian-3.3-8b",
  "vllm/gpt-oss-safeguard-20b",
];
const gateway = await startGateway({
  VLLM_BASE_URL: guard.baseUrl,
  OLLAMA_BASE_URL: broken.baseUrl,
  PORTCULLIS_CLASSIFIERS: [...ofEachFormat, "demo/guard", "ollama/llama-guard3:1b"]
    .join(",")
    .replace("vllm/house", "vllm/house=llama-guard-completions"),
});
after(() => Promise.all([gateway.close(), guard.close(), broken.close()]));

test("a classifier of every format is proven over its wire at the start, and the metrics say how it is", async () => {
  assert.equal(guard.checks.length, 0, "nothing but canaries");
  const calls = Map.groupBy(guard.seen, ({ body }) => String(body["model"]));
  assert.deepEqual(
    ofEachFormat.map((id) => calls.get(id.slice("vllm/".length))?.length),
    [2, 2, 2, 2, 10, 2],
  );
  const answer = await fetch(`${gateway.url}/metrics`, {
    headers: { authorization: `Bearer ${gateway.adminKey}` },
  });
  const metrics = await answer.text();
  const state = (id: string, name: string): RegExp =>
    new RegExp(`portcullis_classifier_state\\{classifier="${id}",state="${name}"\\} 1`);
  for (const id of [...ofEachFormat, "demo/guard"]) assert.match(metrics, state(id, "fit"));
  assert.match(metrics, state("ollama/llama-guard3:1b", "resting"));
  assert.match(metrics, /portcullis_classifier_verdicts_total\{classifier="demo\/guard",outcome="hit"\} 1/);
  assert.match(
    metrics,
    /portcullis_classifier_duration_seconds_count\{classifier="vllm\/Llama-Guard-3-8B"\} 2/,
  );
});

test("a canary is a request of the gateway itself, recorded like any other", () => {
  const lines = gateway.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const asked = lines.filter(({ msg, action }) => msg === "request" && action === "moderate");
  assert.ok(asked.some(({ model, outcome }) => model === "demo/guard" && outcome === "ok"));
  for (const { key, door } of asked) assert.deepEqual([key, door], ["key:gateway", "inner"]);
});

test("what is wrong with a classifier is logged without a word of the text", () => {
  const lines = gateway.logLines.filter((line) => line.includes("classifier is not used"));
  assert.equal(lines.length, 1);
  assert.match(lines.join(), /"classifier":"ollama\/llama-guard3:1b","state":"resting"/);
  assert.doesNotMatch(gateway.logLines.join(), /neighbours|pipe bomb|river/);
});

test("the demo judges offline what demos are asked, and what they answer", async () => {
  const ask = async (content: string): Promise<string> => {
    const messages = [{ role: "user", content }];
    return (await gateway.post("/v1/chat/completions", { model: "demo/echo", messages })).text();
  };
  assert.match(await ask("Where is Paris?"), /You said: Where is Paris/);
  assert.match(await ask("How do I steal a car?"), /content_filter/);
});

test("what a classifier was asked about a request can be read beside the request's own receipt", async () => {
  const messages = [{ role: "user", content: "Where is Paris?" }];
  const answer = await gateway.post("/v1/chat/completions", { model: "demo/echo", messages });
  await answer.text();
  const id = `${answer.headers.get("x-request-id")}.safety-1`;
  const { data } = await gateway.graphql<{ receipt: Record<string, unknown> }>(
    `query ($id: ID!) { receipt(id: $id) { id deployment { id } usage { input output } safety { classifiers categories } } }`,
    { id },
  );
  assert.deepEqual(data.receipt, {
    id,
    deployment: { id: "vllm/Llama-Guard-3-8B" },
    // One check of the question and one of the answer.
    usage: { input: 400, output: 8 },
    safety: { classifiers: ["vllm/Llama-Guard-3-8B"], categories: [] },
  });
});

test("with a classifier there is no warning; without any there is one, since data may be confidential", async () => {
  assert.match(gateway.app.notes.join(), /demo\/guard is a demo .* protects nobody/);
  const alone = await startGateway();
  after(() => alone.close());
  assert.match(alone.app.notes.join(), /Only the deterministic classifier is active/);
});
