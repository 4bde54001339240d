// What /metrics shows after the flow has reported, read back as Prometheus text.
// Each test has its own registry.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import type { RequestDone } from "../../src/telemetry/telemetry.ts";

const done: RequestDone = {
  requestId: "r1",
  door: "rest",
  action: "complete",
  outcome: "ok",
  key: "key:1",
  team: "team:a",
  model: "auto",
  deploymentId: "openai/gpt-5",
  milliseconds: 120,
  usage: { input: 10, cachedInput: 4, cacheWrite: 0, output: 7, reasoning: 0 },
  cost: 250_000_000,
};

const fresh = () => createMetrics({ isListed: (id) => id === "openai/gpt-5", processMetrics: false });

test("a finished request counts once by door, action and outcome, with its tokens and cost", async () => {
  const metrics = fresh();
  metrics.requestDone(done);
  metrics.requestDone(done);
  const text = await metrics.text();
  assert.match(text, /portcullis_requests_total\{door="rest",action="complete",outcome="ok"\} 2\n/);
  assert.match(text, /portcullis_tokens_total\{direction="input",deployment="openai\/gpt-5"\} 20\n/);
  assert.match(text, /portcullis_tokens_total\{direction="output",deployment="openai\/gpt-5"\} 14\n/);
  assert.match(text, /portcullis_cost_usd_total\{deployment="openai\/gpt-5"\} 0.0005\n/);
  assert.match(text, /portcullis_request_duration_seconds_count\{action="complete"\} 2\n/);
  assert.doesNotMatch(text, /denials_total\{/);
});

test("durations stand in buckets that hold all shorter ones, with their sum and their count", async () => {
  const metrics = fresh();
  for (const milliseconds of [5, 10, 11, 700, 400_000])
    metrics.attemptDone({ requestId: "r", deploymentId: 'a"b\\c/d', outcome: "ok", milliseconds });
  const text = await metrics.text();
  const lines = text.split("\n").filter((line) => line.includes("attempt_duration"));
  assert.equal(lines[1], "# TYPE portcullis_attempt_duration_seconds histogram");
  const values = lines.slice(2).map((line) => line.replace("portcullis_attempt_duration_seconds", ""));
  const label = String.raw`provider="a\"b\\c"`;
  const cumulative = [2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4];
  assert.deepEqual(values, [
    ...[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300].map(
      (bound, index) => `_bucket{le="${bound}",${label}} ${cumulative[index]}`,
    ),
    `_bucket{le="+Inf",${label}} 5`,
    `_sum{${label}} 400.726`,
    `_count{${label}} 5`,
  ]);
});

test("documents are counted by whether they are trusted", async () => {
  const metrics = fresh();
  for (const kind of ["trusted", "other", "trusted"]) metrics.documentAsked(kind);
  const text = await metrics.text();
  assert.match(text, /portcullis_documents_total\{document="trusted"\} 2\n/);
  assert.match(text, /portcullis_documents_total\{document="other"\} 1\n/);
});

test("scraping twice does not count twice", async () => {
  const metrics = fresh();
  metrics.requestDone(done);
  const first = await metrics.text();
  assert.equal(await metrics.text(), first);
});

test("a failure is a denial by its code, whether the gateway or the door refused it", async () => {
  const metrics = fresh();
  metrics.requestDone({ ...done, outcome: "POLICY_DENIED", deploymentId: undefined });
  metrics.requestRefused("rest", "UNAUTHENTICATED");
  const text = await metrics.text();
  assert.match(text, /portcullis_denials_total\{code="POLICY_DENIED"\} 1\n/);
  assert.match(text, /portcullis_denials_total\{code="UNAUTHENTICATED"\} 1\n/);
});

test("models that no catalog lists share one label, however many names callers make up", async () => {
  const metrics = fresh();
  for (let index = 0; index < 500; index++) {
    metrics.requestDone({ ...done, deploymentId: `openai/made-up-${index}` });
  }
  const text = await metrics.text();
  assert.match(text, /portcullis_tokens_total\{direction="input",deployment="openai\/other"\} 5000\n/);
  assert.doesNotMatch(text, /made-up/);
});

test("a stream that closes twice is taken off the gauge once", async () => {
  const metrics = fresh();
  const close = metrics.streamOpened();
  metrics.streamOpened();
  close();
  close();
  assert.match(await metrics.text(), /portcullis_open_streams 1\n/);
});

test("attempts and verdicts count by provider and category", async () => {
  const metrics = fresh();
  metrics.attemptDone({
    requestId: "r",
    deploymentId: "groq/x",
    outcome: "UPSTREAM_FAILED",
    milliseconds: 3,
  });
  metrics.verdict("violence", "block");
  metrics.firstToken("groq/x", 40);
  const text = await metrics.text();
  assert.match(text, /portcullis_attempts_total\{provider="groq",outcome="UPSTREAM_FAILED"\} 1\n/);
  assert.match(text, /portcullis_verdicts_total\{category="violence",action="block"\} 1\n/);
  assert.match(text, /portcullis_first_token_seconds_bucket\{le="0.05",provider="groq"\} 1\n/);
});

test("process metrics come with event loop lag", async () => {
  const metrics = createMetrics({ isListed: () => true, processMetrics: true });
  assert.match(await metrics.text(), /nodejs_eventloop_lag_seconds/);
});
