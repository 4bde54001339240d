// What travels in headers: what the caller declares on the way in, what was decided on the way out.

import assert from "node:assert/strict";
import { test } from "node:test";
import { askJson, errorOf } from "../kit/http.ts";
import { bearer, runDoor } from "../kit/rest-door.ts";
import { echoDeployment, receipt, saying, scriptGateway, started } from "../kit/scripted-answers.ts";
import { Failure } from "../../src/core/errors.ts";

const path = "/v1/chat/completions";
const body = { model: "auto", messages: [{ role: "user", content: "hi" }] };

test("every request header reaches the gateway as what it means", async (context) => {
  const gateway = scriptGateway((asked) => saying(asked, ["ok"]));
  const { port } = await runDoor(context, gateway);
  const answer = await askJson(port, path, body, {
    ...bearer,
    "x-data-sensitivity": "confidential+pii",
    "x-purpose": "support",
    "x-task": "summary",
    "x-session-id": "s1",
    "x-max-cost-usd": "0.05",
    "x-unsupported": "reroute",
    "x-request-id": "trace-77",
    "idempotency-key": "once",
    "x-portcullis-rehearse": "demo=503",
  });
  assert.equal(answer.status, 200, answer.text);
  const { request: _request, caller: _caller, ...asked } = gateway.asked[0] ?? {};
  assert.deepEqual(asked, {
    requestId: "req_1",
    door: "rest",
    callerReference: "trace-77",
    declared: undefined,
    declaredByHeader: "confidential+pii",
    purpose: "support",
    task: "summary",
    sessionId: "s1",
    maxCost: 50_000_000_000,
    onUnsupported: "reroute",
    idempotencyKey: "once",
    rehearse: "demo=503",
  });
  assert.equal(answer.headers["x-request-id"], "trace-77");
  assert.equal(answer.headers["x-portcullis-request-id"], "req_1");
});

test("a request without any of them asks for nothing special", async (context) => {
  const gateway = scriptGateway((asked) => saying(asked, ["ok"]));
  const { port } = await runDoor(context, gateway);
  const answer = await askJson(port, path, body, bearer);
  const asked = gateway.asked[0];
  assert.equal(asked?.declared, undefined);
  assert.equal(asked?.maxCost, undefined);
  assert.equal(asked?.onUnsupported, undefined);
  assert.equal(answer.headers["x-request-id"], "req_1");
});

test("header and body both declare: both are handed on, and the body's tag goes no further", async (context) => {
  const gateway = scriptGateway((asked) => saying(asked, ["ok"]));
  const { port } = await runDoor(context, gateway);
  await askJson(
    port,
    path,
    { ...body, metadata: { sensitivity: "internal+pii", ticket: "4" } },
    { ...bearer, "x-data-sensitivity": "confidential+eu" },
  );
  assert.equal(gateway.asked[0]?.declared, "internal+pii");
  assert.equal(gateway.asked[0]?.declaredByHeader, "confidential+eu");
  assert.deepEqual(gateway.asked[0]?.request.extras["metadata"], { ticket: "4" });
});

test("changed parameters are listed, but never the caller's own text", async (context) => {
  const params = [
    { param: "max_tokens", action: "clamped", from: 100_000, to: 8192 },
    { param: "seed", action: "dropped", from: 4 },
    { param: "stop", action: "dropped", from: ["my secret\r\nword"] },
    { param: "reasoning_effort", action: "mapped", from: "xhigh", to: "high" },
  ] as const;
  const gateway = scriptGateway(async function* (asked) {
    yield started(asked, { params });
    yield { type: "text-delta", choice: 0, text: "ok" };
    yield { type: "choice-finish", choice: 0, reason: "stop" };
    yield { type: "finished", receipt: receipt(asked.requestId, { params, cost: undefined }) };
  });
  const { port } = await runDoor(context, gateway);
  const expected =
    "max_tokens=clamped(100000 to 8192), seed=dropped, stop=dropped, reasoning_effort=mapped(xhigh to high)";
  const whole = await askJson(port, path, body, bearer);
  assert.equal(whole.headers["x-portcullis-params"], expected);
  assert.equal(whole.headers["x-portcullis-cost-usd"], undefined, "an unknown price is not zero");
  const streamed = await askJson(port, path, { ...body, stream: true }, bearer);
  assert.equal(streamed.headers["x-portcullis-params"], expected);
});

test("more changes than a header holds are counted", async (context) => {
  const params = Array.from({ length: 500 }, (_, index) => ({
    param: `messages[${index}].name`,
    action: "dropped" as const,
  }));
  const gateway = scriptGateway(async function* (asked) {
    yield started(asked, { params });
    yield { type: "choice-finish", choice: 0, reason: "stop" };
    yield { type: "finished", receipt: receipt(asked.requestId, { params }) };
  });
  const { port } = await runDoor(context, gateway);
  const { headers } = await askJson(port, path, body, bearer);
  const listed = String(headers["x-portcullis-params"]).split(", ");
  assert.equal(listed.at(-1), `and ${501 - listed.length} more`);
  assert.equal(listed.at(-2), `messages[${listed.length - 2}].name=dropped`);
});

test("an id that no header can hold is escaped", async (context) => {
  const deployment = { ...echoDeployment, id: "ollama/modèle\r\nx: y", unlisted: true };
  const gateway = scriptGateway(async function* (asked) {
    yield started(asked, { deployment });
    yield { type: "choice-finish", choice: 0, reason: "stop" };
    yield { type: "finished", receipt: receipt(asked.requestId, { deploymentId: deployment.id }) };
  });
  const { port } = await runDoor(context, gateway);
  for (const stream of [false, true]) {
    const answer = await askJson(port, path, { ...body, stream }, bearer);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers["x-portcullis-deployment"], "ollama/mod%C3%A8le%0D%0Ax:%20y");
  }
});

test("a failure says whether and when to try again, and under which id it is known", async (context) => {
  const gateway = scriptGateway(async function* () {
    yield* [];
    throw new Failure("RATE_LIMITED", undefined, {
      retryAfterSeconds: 2.2,
      attempts: [{ deploymentId: "a/b", outcome: "RATE_LIMITED", milliseconds: 4 }],
    });
  });
  const { port } = await runDoor(context, gateway);
  const answer = await askJson(port, path, body, bearer);
  assert.equal(answer.status, 429);
  assert.equal(answer.headers["retry-after"], "3");
  assert.equal(answer.headers["x-should-retry"], "true");
  assert.equal(answer.headers["x-portcullis-attempts"], "1");
  assert.equal(answer.headers["x-request-id"], "req_1");
  assert.equal(errorOf(answer).portcullis["request_id"], "req_1");
});

test("a fault of ours is masked and reported once", async (context) => {
  const gateway = scriptGateway(async function* () {
    yield* [];
    throw new TypeError("password=hunter2");
  });
  const { port, faults } = await runDoor(context, gateway);
  const answer = await askJson(port, path, body, bearer);
  assert.equal(answer.status, 500);
  assert.doesNotMatch(answer.text, /hunter2/);
  assert.equal(faults.length, 1);
});

test("output stopped by safety ends as content_filter and says which categories", async (context) => {
  const gateway = scriptGateway(async function* (asked) {
    yield started(asked);
    yield { type: "text-delta", choice: 0, text: "so far" };
    yield { type: "safety-notice", choice: 0, categories: ["violence"], redacted: false };
    yield { type: "choice-finish", choice: 0, reason: "content_filter" };
    yield { type: "finished", receipt: receipt(asked.requestId) };
  });
  const { port } = await runDoor(context, gateway);
  const whole = await askJson(port, path, body, bearer);
  assert.equal(whole.status, 200);
  const answer = JSON.parse(whole.text);
  assert.equal(answer.choices[0].finish_reason, "content_filter");
  assert.equal(answer.choices[0].message.content, "so far");
  assert.match(whole.text, /"portcullis".*violence/);
  const streamed = await askJson(port, path, { ...body, stream: true }, bearer);
  assert.match(streamed.text, /"finish_reason":"content_filter"/);
  assert.match(streamed.text, /violence/);
  assert.ok(streamed.text.endsWith("data: [DONE]\n\n"));
});
