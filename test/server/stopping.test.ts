// How the server ends: load balancers learn first, answers may finish, what is left is cut with a reason.

import assert from "node:assert/strict";
import { Agent, get } from "node:http";
import { test } from "node:test";
import { createServer } from "../../src/server.ts";
import { createRestDoor } from "../../src/rest/door.ts";
import { ask, askJson } from "../kit/http.ts";
import { bearer, runDoor, testCaller, usableNames } from "../kit/rest-door.ts";
import { saying, scriptGateway, stalled, started, type Script } from "../kit/scripted-answers.ts";

const path = "/v1/chat/completions";
const body = { model: "auto", messages: [{ role: "user", content: "hi" }] };
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const slow = (milliseconds: number): Script =>
  async function* (asked) {
    yield started(asked);
    yield { type: "text-delta", choice: 0, text: "begun" };
    await pause(milliseconds);
    yield* saying(asked, [" and done"]);
  };
const endless: Script = async function* (asked, signal) {
  yield started(asked);
  yield { type: "text-delta", choice: 0, text: "begun" };
  await stalled(signal);
};

test("while draining, /readyz says 503 at once and requests are still served for the grace", async (context) => {
  const gateway = scriptGateway((asked) => saying(asked, ["hi"]));
  const door = createRestDoor({
    gateway,
    enquiries: {
      usableNames: () => Promise.resolve(usableNames),
      usableModel: () => true,
      priceTogether: () => Promise.reject(new Error("not asked")),
      health: () => ({ state: "closed", cause: undefined, until: undefined, vitals: undefined }),
      troubled: () => [],
      providerKeys: () => [],
      providerSlots: () => [],
      plan: () => Promise.reject(new Error("not asked")),
      quote: () => Promise.reject(new Error("not asked")),
      receipt: () => Promise.reject(new Error("not asked")),
    },
    authenticate: () => Promise.resolve(testCaller()),
    newRequestId: () => "req",
    reportFault: () => {},
  });
  const server = createServer({
    rest: door,
    health: { ready: () => ({ ok: true, reasons: [] }) },
    newRequestId: () => "req",
    reportFault: () => {},
  });
  context.after(() => server.close());
  const address = await server.listen({ host: "127.0.0.1", port: 0 });
  const port = typeof address === "string" ? 0 : address.port;
  assert.equal((await ask(port, { path: "/readyz" })).status, 200);
  const drained = server.drain({ graceMilliseconds: 150, drainMilliseconds: 500 });
  const ready = await ask(port, { path: "/readyz" });
  assert.equal(ready.status, 503);
  assert.match(ready.text, /stopping/);
  assert.equal((await ask(port, { path: "/healthz" })).status, 200);
  const answer = await askJson(port, path, body, bearer);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.connection, "close");
  await drained;
  await assert.rejects(ask(port, { path: "/healthz" }), { code: "ECONNREFUSED" });
});

test("answers that finish within the drain are whole, and the drain ends as soon as they do", async (context) => {
  const { port, server } = await runDoor(context, scriptGateway(slow(150)));
  const answer = askJson(port, path, { ...body, stream: true }, bearer);
  await pause(50);
  const begin = performance.now();
  await server.drain({ graceMilliseconds: 0, drainMilliseconds: 5_000 });
  assert.ok(performance.now() - begin < 1_000);
  assert.ok((await answer).text.endsWith("data: [DONE]\n\n"));
});

test("answers still running after the drain are cut: streams with an error event, others with 503", async (context) => {
  const gateway = scriptGateway(endless);
  const { port, server, faults } = await runDoor(context, gateway);
  const streamed = askJson(port, path, { ...body, stream: true }, bearer);
  const whole = askJson(port, path, body, bearer);
  await pause(50);
  await server.drain({ graceMilliseconds: 0, drainMilliseconds: 100 });
  const cut = await streamed;
  assert.match(cut.text, /begun[\s\S]*data: \{"error":.*overloaded.*\}\n\n$/);
  assert.doesNotMatch(cut.text, /\[DONE\]/);
  const refused = await whole;
  assert.equal(refused.status, 503);
  assert.equal(refused.headers["x-should-retry"], "true");
  assert.equal(gateway.open(), 0);
  assert.deepEqual(faults, []);
});

test("idle connections are closed when the server stops", async (context) => {
  const { port, server } = await runDoor(context, scriptGateway(endless));
  const agent = new Agent({ keepAlive: true });
  context.after(() => agent.destroy());
  await new Promise<void>((resolve) => {
    get({ host: "127.0.0.1", port, path: "/v1/models", headers: bearer, agent }, (response) =>
      response.resume().on("end", resolve),
    );
  });
  assert.equal(await server.connections(), 1);
  const begin = performance.now();
  await server.drain({ graceMilliseconds: 0, drainMilliseconds: 5_000 });
  assert.ok(performance.now() - begin < 1_000);
});
