// Providers that lie, stumble and break off give callers a typed error or the answer, never a hang and never a leak.
// Every misbehaviour goes through both doors, whole and streamed and in both vendors' words, in front of one gateway that must outlive them all.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { askMutation, askSubscription } from "../kit/door-readings.ts";
import { eventually } from "../kit/eventually.ts";
import { startGateway } from "../kit/gateway.ts";
import { startHostileUpstream } from "../kit/hostile-upstream.ts";
import { bedrockMisbehaviours } from "../kit/bedrock-misbehaviours.ts";
import { dialectMisbehaviours } from "../kit/dialect-misbehaviours.ts";
import { type HostileCase, misbehaviours } from "../kit/misbehaviours.ts";
import { canary } from "../kit/replay-upstream.ts";

const cases = { ...misbehaviours, ...dialectMisbehaviours, ...bedrockMisbehaviours };
const upstream = await startHostileUpstream(
  Object.fromEntries(Object.entries(cases).map(([name, { behave }]) => [name, behave])),
);
const gateway = await startGateway({ ...upstream.env });
after(async () => {
  await gateway.close();
  await upstream.close();
});

const statuses = { UPSTREAM_FAILED: 502, RATE_LIMITED: 429 };
const codes = { UPSTREAM_FAILED: "upstream_failed", RATE_LIMITED: "rate_limit_exceeded" };
const headers = { "x-data-sensitivity": "public" };
const within = { timeout: 20_000 };

interface Shown {
  readonly choices?: readonly {
    readonly message?: { readonly content: string };
    readonly delta?: { readonly content?: string };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: { readonly completion_tokens: number } | null;
  readonly error?: { readonly code: string; readonly message: string };
}

async function askRest(model: string, stream: boolean): Promise<{ status: number; text: string }> {
  const messages = [{ role: "user", content: "Hi" }];
  const more = stream ? { stream, stream_options: { include_usage: true } } : {};
  const answer = await gateway.post("/v1/chat/completions", { model, messages, ...more }, headers);
  const text = await answer.text();
  const shown = JSON.stringify([...answer.headers]) + text;
  assert.doesNotMatch(shown, new RegExp(`${canary}|node:|\\.ts:\\d|undici|UND_ERR|HPE_|/srv/|<html`));
  return { status: answer.status, text };
}

function assertWhole(text: string, status: number, { text: wanted, failure }: HostileCase): void {
  const body = JSON.parse(text) as Shown;
  if (failure === undefined) {
    assert.equal(body.choices?.[0]?.message?.content, wanted);
    assert.equal(typeof body.usage?.completion_tokens, "number");
  } else assert.deepEqual([status, body.error?.code], [statuses[failure], codes[failure]]);
}

function assertStream(text: string, status: number, expected: HostileCase): void {
  if (status !== 200) return assertWhole(text, status, expected);
  assert.ok(text.endsWith("\n\n"));
  const events = text.split("\n\n").filter((one) => one.startsWith("data: "));
  const bodies = events
    .filter((one) => one !== "data: [DONE]")
    .map((one) => JSON.parse(one.slice("data: ".length)) as Shown);
  const said = bodies.map((body) => body.choices?.[0]?.delta?.content ?? "").join("");
  const finishes = bodies.flatMap((body) => body.choices?.flatMap((one) => one.finish_reason ?? []) ?? []);
  if (expected.failure === undefined) {
    assert.deepEqual([said, finishes], [expected.text, ["stop"]]);
    assert.equal(events.indexOf("data: [DONE]"), events.length - 1, "the end comes once, and last");
    assert.equal(typeof bodies.at(-1)?.usage?.completion_tokens, "number");
    return;
  }
  assert.equal(bodies.at(-1)?.error?.code, codes[expected.failure]);
  assert.deepEqual(finishes, [], "a failed stream never looks finished");
  assert.ok(!text.includes("[DONE]"));
}

async function askMessages(model: string): Promise<{ status: number; text: string }> {
  const body = { model, max_tokens: 100, messages: [{ role: "user", content: "Hi" }], stream: true };
  const answer = await gateway.post("/v1/messages", body, headers);
  return { status: answer.status, text: await answer.text() };
}

/** In Anthropic's words: an answer ends with `message_stop`, a failure with `error`, and neither with both. */
function assertMessage(text: string, status: number, { text: wanted, failure }: HostileCase): void {
  if (status !== 200) {
    assert.ok(failure, text);
    assert.deepEqual([status, (JSON.parse(text) as { type: string }).type], [statuses[failure], "error"]);
    return;
  }
  const names = [...text.matchAll(/^event: (.*)$/gm)].map(([, name]) => name);
  assert.equal(names.at(-1), failure === undefined ? "message_stop" : "error", text);
  assert.equal(names.includes("message_delta"), failure === undefined);
  const said = [...text.matchAll(/"text_delta","text":("(?:[^"\\]|\\.)*")/g)];
  if (failure === undefined) {
    assert.equal(said.map(([, piece]) => JSON.parse(piece ?? '""') as string).join(""), wanted);
  }
}

for (const [name, expected] of Object.entries(cases)) {
  const model = `${expected.provider ?? "vllm"}/${name}`;
  const outcome = expected.failure ?? "the answer all the same";
  test(`a provider that ${name.replaceAll("-", " ")} gives ${outcome}`, within, async () => {
    const [message, whole, streamed, mutation, events] = await Promise.all([
      askMessages(model),
      askRest(model, false),
      askRest(model, true),
      askMutation(gateway, { model, messages: [{ user: { text: "Hi" } }] }),
      askSubscription(gateway, { model, messages: [{ user: { text: "Hi" } }] }),
    ]);
    assertMessage(message.text, message.status, expected);
    assertWhole(whole.text, whole.status, expected);
    assertStream(streamed.text, streamed.status, expected);
    assert.doesNotMatch(JSON.stringify([mutation, events]), new RegExp(`${canary}|UND_ERR|HPE_|<html`));
    const last = events.at(-1);
    if (expected.failure === undefined) {
      assert.deepEqual([mutation.text, last?.completion?.text], [expected.text, expected.text]);
      assert.equal(mutation.receipt.estimated, expected.estimated ?? false);
      assert.equal(last?.completion?.receipt.estimated, expected.estimated ?? false);
      assert.ok(mutation.receipt.usage.output > 0);
    } else assert.deepEqual([mutation.code, last?.failure?.code], [expected.failure, expected.failure]);
  });
}

test("nothing of it stays open, and nothing was nobody's failure", within, async () => {
  // Connections that ended as they should are kept for the next request.
  const kept = ["drips-a-byte-each-20-ms", "errs-and-ends-in-one-piece", "nothing"];
  await eventually(() => upstream.open().every((model) => kept.includes(model)));
  const faults = gateway.logLines.filter((line) => /unhandled|uncaught|INTERNAL/i.test(line));
  assert.deepEqual(faults, []);
  const { status } = await gateway.post("/v1/chat/completions", {
    model: "demo/echo",
    messages: [{ role: "user", content: "Still there?" }],
  });
  assert.equal(status, 200);
});
