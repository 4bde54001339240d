// What the door answers to requests that are wrong before anyone is asked: address, method, key, body, headers.
// Every refusal is OpenAI-shaped, tells clients whether to try again, and leaves the connection usable.

import assert from "node:assert/strict";
import { Agent, request as httpRequest } from "node:http";
import { test, type TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import { ask, askJson, errorOf, openSocket, requestText } from "../kit/http.ts";
import { bearer, runDoor } from "../kit/rest-door.ts";
import { saying, scriptGateway } from "../kit/scripted-answers.ts";

const path = "/v1/chat/completions";
const json = { "content-type": "application/json", ...bearer };
const good = JSON.stringify({ model: "auto", messages: [{ role: "user", content: "hi" }] });
const hello = () => scriptGateway((asked) => saying(asked, ["hello"]));
const start = (context: TestContext, more: Parameters<typeof runDoor>[2] = {}) =>
  runDoor(context, hello(), more);

test("without a valid key there is 401 and nothing is read", async (context) => {
  const { port, refused } = await start(context);
  const answer = await ask(port, { path, headers: { "content-type": "application/json" }, body: good });
  assert.equal(answer.status, 401);
  assert.equal(answer.headers["x-should-retry"], "false");
  assert.equal(errorOf(answer).code, "invalid_api_key");
  assert.equal(errorOf(answer).type, "invalid_request_error");
  assert.deepEqual(refused, ["UNAUTHENTICATED"]);
});

test("a key without the scope is refused with 403, each address by its own scope", async (context) => {
  const { port } = await start(context, { scopes: ["embed"] });
  for (const [method, address, body] of [
    ["POST", path, good],
    ["GET", "/v1/models", undefined],
    ["GET", "/v1/models/auto", undefined],
  ] as const) {
    const answer = await ask(port, { method, path: address, headers: json, body });
    assert.equal(answer.status, 403, address);
    assert.equal(errorOf(answer).code, "forbidden");
  }
  const embedding = await askJson(port, "/v1/embeddings", { model: "auto", input: "x" }, bearer);
  assert.equal(embedding.status, 200);
});

test("an unknown address under /v1 is 404, a known one with the wrong method 405 with Allow", async (context) => {
  const { port } = await start(context);
  for (const address of ["/v1/", "/v1/messages/batches", "/v1/chat/completions/", "/v1/embeddings/x"]) {
    const answer = await ask(port, { path: address, headers: bearer });
    assert.equal(answer.status, 404, address);
    assert.equal(errorOf(answer).code, "not_found");
  }
  const chat = await ask(port, { path, headers: bearer });
  assert.equal(chat.status, 405);
  assert.equal(chat.headers.allow, "POST");
  const removal = await ask(port, { method: "DELETE", path: "/v1/models/auto", headers: bearer });
  assert.equal(removal.status, 405);
  assert.equal(removal.headers.allow, "GET, HEAD");
  const preflight = await ask(port, { method: "OPTIONS", path, headers: { origin: "https://x.example" } });
  assert.equal(preflight.status, 405);
  assert.equal(preflight.headers["access-control-allow-origin"], undefined);
});

test("a body that is not JSON is told apart: type, syntax, shape, encoding, depth", async (context) => {
  const { port, faults } = await start(context);
  const cases: readonly [
    name: string,
    headers: Record<string, string>,
    body: string | Buffer,
    status: number,
  ][] = [
    ["no content type", { ...bearer }, good, 415],
    ["a form", { ...bearer, "content-type": "application/x-www-form-urlencoded" }, good, 415],
    ["broken", json, '{"model": "auto", secret plan', 400],
    ["empty", json, "", 400],
    ["a list", json, "[]", 400],
    ["null", json, "null", 400],
    ["not UTF-8", json, Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 400],
    ["too deep", json, `{"model":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, 400],
    ["an unknown compression", { ...json, "content-encoding": "br" }, good, 415],
    ["broken gzip", { ...json, "content-encoding": "gzip" }, good, 400],
  ];
  for (const [name, headers, body, status] of cases) {
    const answer = await ask(port, { method: "POST", path, headers, body });
    assert.equal(answer.status, status, name);
    assert.equal(answer.headers["x-should-retry"], "false");
    assert.doesNotMatch(answer.text, /secret plan/);
    assert.equal(errorOf(answer).type, "invalid_request_error");
  }
  assert.deepEqual(faults, []);
});

test("many brackets that are not deep, or stand inside strings, are no reason to refuse", async (context) => {
  const { port } = await start(context);
  const content = '[{"\\'.repeat(1_000);
  const tools = Array.from({ length: 100 }, (_, index) => ({
    type: "function",
    function: { name: `f${index}`, parameters: { type: "object", properties: { a: { enum: [[1]] } } } },
  }));
  const answer = await askJson(
    port,
    path,
    { model: "auto", messages: [{ role: "user", content }], tools },
    bearer,
  );
  assert.equal(answer.status, 200, answer.text);
});

test("gzip and a byte order mark are understood", async (context) => {
  const { port } = await start(context);
  const zipped = await ask(port, {
    path,
    headers: { ...json, "content-encoding": "gzip" },
    body: gzipSync(good),
  });
  assert.equal(zipped.status, 200, zipped.text);
  const marked = await ask(port, { path, headers: json, body: `\uFEFF${good}` });
  assert.equal(marked.status, 200, marked.text);
});

test("a body over the limit is 413, announced or not, zipped or not, and the connection stays usable", async (context) => {
  const { port, refused } = await start(context, { mostBodyBytes: 100_000 });
  const large = JSON.stringify({ model: "auto", messages: [{ role: "user", content: "x".repeat(400_000) }] });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  context.after(() => agent.destroy());
  const send = (headers: Record<string, string>, body: string | Buffer) =>
    new Promise<{ status: number | undefined; port: number | undefined }>((resolve, reject) => {
      const request = httpRequest(
        { host: "127.0.0.1", port, method: "POST", path, headers: { ...json, ...headers }, agent },
        (response) => {
          const localPort = response.socket.localPort;
          response.resume().on("end", () => resolve({ status: response.statusCode, port: localPort }));
        },
      );
      request.on("error", reject).end(body);
    });
  const announced = await send({ "content-length": String(Buffer.byteLength(large)) }, large);
  const chunked = await send({ "transfer-encoding": "chunked" }, large);
  const zipped = await send({ "content-encoding": "gzip" }, gzipSync(large));
  const fine = await send({}, good);
  assert.deepEqual([announced.status, chunked.status, zipped.status, fine.status], [413, 413, 413, 200]);
  assert.equal(fine.port, announced.port, "the connection was not kept");
  assert.deepEqual(refused, ["PAYLOAD_TOO_LARGE", "PAYLOAD_TOO_LARGE", "PAYLOAD_TOO_LARGE"]);
});

test("a client that asks before sending too much is told no at once", async (context) => {
  const { port } = await start(context);
  const { socket, until } = openSocket(port);
  socket.write(requestText(path, "", { ...bearer, "content-length": "30000000", expect: "100-continue" }));
  const answer = await until("payload_too_large");
  assert.match(answer, /^HTTP\/1\.1 413 /);
  socket.destroy();
});

test("a header that is there but says nothing, or nonsense, is refused by name", async (context) => {
  const { port } = await start(context);
  for (const [name, value] of [
    ["x-data-sensitivity", ""],
    ["x-purpose", " "],
    ["x-task", ""],
    ["x-session-id", ""],
    ["idempotency-key", ""],
    ["x-max-cost-usd", ""],
    ["x-max-cost-usd", "cheap"],
    ["x-max-cost-usd", "-1"],
    ["x-max-cost-usd", "1e3"],
    ["x-unsupported", "ignore"],
    ["x-session-id", "s".repeat(300)],
  ] as const) {
    const answer = await ask(port, { path, headers: { ...json, [name]: value }, body: good });
    assert.equal(answer.status, 400, `${name}: ${value}`);
    assert.equal(errorOf(answer).param, name);
  }
});
