// What a log line holds, and above all what it never holds.
// Lines are caught instead of written.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createLog } from "../../src/telemetry/log.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { createTelemetry } from "../../src/telemetry/observe.ts";

function caught() {
  const lines: string[] = [];
  const log = createLog({ level: "info", write: (line) => void lines.push(line) });
  return { lines, log };
}

test("a request is one line of JSON with ids, counts and money, and no more of the model field than a name", () => {
  const { lines, log } = caught();
  const telemetry = createTelemetry(createMetrics({ isListed: () => true, processMetrics: false }), log);
  telemetry.requestDone({
    requestId: "r1",
    door: "graphql",
    action: "complete",
    outcome: "ok",
    key: "key:1",
    team: "team:a",
    model: "x".repeat(5_000),
    deploymentId: "demo/echo",
    milliseconds: 12.4,
    usage: { input: 3, cachedInput: 0, cacheWrite: 0, output: 5, reasoning: 0 },
    cost: 1_500_000,
  });
  assert.equal(lines.length, 1);
  const line = JSON.parse(lines[0] ?? "");
  assert.deepEqual(
    { ...line, time: undefined, model: line.model.length },
    {
      level: "info",
      time: undefined,
      requestId: "r1",
      door: "graphql",
      action: "complete",
      outcome: "ok",
      key: "key:1",
      team: "team:a",
      model: 120,
      deployment: "demo/echo",
      ms: 12,
      inputTokens: 3,
      outputTokens: 5,
      costUsd: "0.0000015",
      msg: "request",
    },
  );
});

test("what a caller wrote into a request's line is escaped, and is still one line", () => {
  const { lines, log } = caught();
  const text = 'a"b\\c\n\u0000é\ud800","outcome":"ok';
  log.request(
    {
      requestId: "r1",
      callerReference: text,
      door: "rest",
      action: "complete",
      outcome: "cancelled",
      key: "key:1",
      user: `user:${text}`,
      team: "team:a",
      model: text,
      milliseconds: 1,
    },
    "demo/echo=timeout",
  );
  assert.equal(lines.join("").split("\n").length, 2);
  const { callerReference, user, model, outcome, rehearsed, deployment } = JSON.parse(lines.join(""));
  assert.deepEqual([callerReference, user, model], [text, `user:${text}`, text]);
  assert.deepEqual([outcome, rehearsed, deployment], ["cancelled", "demo/echo=timeout", undefined]);
});

test("levels below the chosen one are not written", () => {
  const { lines, log } = caught();
  log.debug({}, "quiet");
  assert.equal(lines.length, 0);
  const few = createLog({ level: "warn", write: (line) => void lines.push(line) });
  few.request({
    requestId: "r1",
    door: "rest",
    action: "complete",
    outcome: "ok",
    key: "key:1",
    team: "team:a",
    model: "auto",
    milliseconds: 1,
  });
  assert.equal(lines.length, 0);
});

test("credentials are censored by name, at the top and one level down", () => {
  const { lines, log } = caught();
  log.info({ authorization: "Bearer a", headers: { authorization: "Bearer b", "x-apiKey": "c1" } }, "m");
  assert.doesNotMatch(lines.join(""), /Bearer|c1/);
});

test("a fault is logged with its name and frames, without keys and without the text it failed on", () => {
  const { lines, log } = caught();
  let parse: unknown;
  try {
    JSON.parse('{"prompt": my secret plan}');
  } catch (error) {
    parse = error;
  }
  log.fault(parse, "r1");
  log.fault(
    new Error("401 Incorrect API key provided: sk-proj-abcdef123456, Bearer pc_zzzzzzzz", {
      cause: new Error("at https://user:hunter2@host/"),
    }),
    "r2",
  );
  const text = lines.join("");
  assert.doesNotMatch(text, /secret plan|abcdef123456|pc_zzz|hunter2/);
  assert.match(text, /"requestId":"r2"/);
  const fault = JSON.parse(lines[0] ?? "").fault;
  assert.equal(fault.name, "SyntaxError");
  assert.ok(fault.at.length > 0);
  assert.match(fault.at[0], /^at /);
});
