// A picture takes minutes: what would be silence is filled, whole and streamed, and a failure is never taken for an answer.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import OpenAI from "openai";
import { Failure } from "../../src/core/errors.ts";
import type { Gateway, ImageResult } from "../../src/gateway/contract.ts";
import { bearer, runDoor } from "../kit/rest-door.ts";
import { echoDeployment, receipt, saying, scriptGateway } from "../kit/scripted-answers.ts";

const made: ImageResult = {
  images: [{ base64: "aGk=", mimeType: "image/png" }],
  properties: {},
  deployment: echoDeployment,
  receipt: receipt("req_1"),
};

/** Makes pictures once the test says so. */
function slowGateway() {
  const { promise, resolve, reject } = Promise.withResolvers<ImageResult>();
  promise.catch(() => undefined);
  const gateway: Gateway = { ...scriptGateway((asked) => saying(asked, [])), image: () => promise };
  return { gateway, finish: () => resolve(made), fail: reject };
}

const tick = 30;

async function ask(context: TestContext, gateway: Gateway, more: object = {}, silence = tick) {
  const { baseURL } = await runDoor(context, gateway, { keepAliveMilliseconds: silence });
  const body = JSON.stringify({ model: "demo/picture", prompt: "A gate", ...more });
  const asking = fetch(`${baseURL}/images/generations`, {
    method: "POST",
    headers: { ...bearer, "content-type": "application/json" },
    body,
  });
  return { asking, baseURL };
}

/** Reads until something came, and the rest as it comes. */
async function firstPiece(answer: Response) {
  const reader = (answer.body ?? assert.fail()).pipeThrough(new TextDecoderStream()).getReader();
  const first = (await reader.read()).value ?? "";
  async function rest(): Promise<string> {
    let text = first;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text;
      text += value;
    }
  }
  return { first, rest };
}

test("a whole answer begins with white space, and is JSON with its account", async (context) => {
  const { gateway, finish } = slowGateway();
  const { asking } = await ask(context, gateway);
  const answer = await asking;
  assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "application/json"]);
  assert.equal(answer.headers.get("x-portcullis-request-id"), "req_1");
  const { first, rest } = await firstPiece(answer);
  assert.match(first, /^ +$/);
  finish();
  const body = JSON.parse(await rest()) as Readonly<Record<string, unknown>>;
  assert.deepEqual(body["data"], [{ b64_json: "aGk=" }]);
  assert.equal((body["portcullis"] as { readonly receipt: string }).receipt, "req_1");
});

test("a client reads it like any other", async (context) => {
  const { gateway, finish } = slowGateway();
  const { baseURL } = await runDoor(context, gateway, { keepAliveMilliseconds: tick });
  const client = new OpenAI({ baseURL, apiKey: "pc_test", maxRetries: 0 });
  const asking = client.images.generate({ model: "demo/picture", prompt: "A gate" }).asResponse();
  const answer = await asking;
  finish();
  assert.match(await answer.text(), /^ +\{.*"b64_json":"aGk="/);
});

test("a failure that comes late is told, and cut off so that nobody can read it as an answer", async (context) => {
  const { gateway, fail } = slowGateway();
  const { asking } = await ask(context, gateway);
  const answer = await asking;
  assert.equal(answer.status, 200);
  fail(new Failure("UPSTREAM_FAILED", "It broke off."));
  await assert.rejects(answer.text());
});

test("a failure that comes soon keeps its status", async (context) => {
  const { gateway, fail } = slowGateway();
  const { asking } = await ask(context, gateway, {}, 60_000);
  fail(new Failure("POLICY_DENIED"));
  const answer = await asking;
  const { error } = (await answer.json()) as { readonly error: { readonly code: string } };
  assert.deepEqual([answer.status, error.code], [403, "policy_denied"]);
});

test("a stream is kept by comments, and ends with its picture or with an error event", async (context) => {
  for (const ends of ["picture", "error"]) {
    const { gateway, finish, fail } = slowGateway();
    const { asking } = await ask(context, gateway, { stream: true });
    const answer = await asking;
    assert.match(answer.headers.get("content-type") ?? "", /^text\/event-stream/);
    const { first, rest } = await firstPiece(answer);
    assert.match(first, /^: keep-alive\n\n/);
    if (ends === "picture") finish();
    else fail(new Failure("UPSTREAM_FAILED", "It broke off."));
    const wanted =
      ends === "picture"
        ? /event: image_generation\.completed\ndata: .*aGk=/
        : /event: error\ndata: .*upstream_failed/;
    assert.match(await rest(), wanted);
  }
});

test("who leaves while it is made is gone, and nothing is written after", async (context) => {
  let left: AbortSignal | undefined;
  const gateway: Gateway = {
    ...scriptGateway((asked) => saying(asked, [])),
    image: (_asked, signal) =>
      new Promise((_resolve, reject) => {
        left = signal;
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      }),
  };
  const { baseURL, faults } = await runDoor(context, gateway, { keepAliveMilliseconds: tick });
  const client = new AbortController();
  const answer = await fetch(`${baseURL}/images/generations`, {
    method: "POST",
    headers: { ...bearer, "content-type": "application/json" },
    body: JSON.stringify({ model: "demo/picture", prompt: "A gate" }),
    signal: client.signal,
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  left?.addEventListener("abort", () => resolve());
  client.abort();
  await promise;
  await assert.rejects(answer.text());
  assert.deepEqual(faults, []);
});
