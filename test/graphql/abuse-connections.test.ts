// Connections that are made to hurt: who sends slowly is let go, and who opens ever more is told that it is enough.
// Who reads slowly is in `back-pressure.test.ts`.

import assert from "node:assert/strict";
import { request as httpRequest, type ClientRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { createServer } from "../../src/server.ts";
import { eventually } from "../kit/eventually.ts";
import { bearer, runGraphqlDoor } from "../kit/graphql-door.ts";
import { callbackOrigin, notingCallbacks } from "../kit/graphql-entries.ts";
import { ask, openSocket } from "../kit/http.ts";
import { saying, scriptGateway, stalled, started } from "../kit/scripted-answers.ts";

const limit = 60_000;
const json = { ...bearer, "content-type": "application/json" };
const query =
  'subscription { completion(input: {model: "demo/echo", messages: [{user: {text: "a"}}]}) { seq } }';
const stuck = () =>
  scriptGateway(async function* (asked, signal) {
    yield started(asked);
    await stalled(signal);
  });

test("who drips a head or a body is let go, and everybody else is served", async (context) => {
  const { door, faults } = await runGraphqlDoor(
    context,
    scriptGateway((asked) => saying(asked, ["ok"])),
  );
  const server = createServer({
    graphql: door,
    patience: { headersMilliseconds: 300, requestMilliseconds: 600, checkMilliseconds: 50 },
    newRequestId: () => "req",
    reportFault: (error) => void faults.push(error),
  });
  context.after(() => server.close());
  const { port } = (await server.listen({ host: "127.0.0.1", port: 0 })) as AddressInfo;
  const head = `POST /graphql HTTP/1.1\r\nhost: a\r\nauthorization: ${bearer.authorization}\r\ncontent-type: application/json\r\n`;
  const drips = [
    ["POST /gra", "p"],
    [head, "x-a: b\r\n"],
    [`${head}content-length: 100000\r\n\r\n{"query":"`, " "],
    [`${head}transfer-encoding: chunked\r\n\r\n`, "1\r\n \r\n"],
    [`${head.replace("/graphql", "/graphql/stream")}content-length: 100000\r\n\r\n{"query":"`, " "],
  ] as const;
  const slow = drips.map(([first, more]) => {
    const { socket, closed } = openSocket(port);
    socket.write(first);
    const timer = setInterval(() => void (socket.writable && socket.write(more)), 20);
    return closed.then(() => clearInterval(timer));
  });
  const served = await ask(port, { path: "/graphql", headers: json, body: '{"query":"{ caller { key } }"}' });
  assert.equal(served.status, 200);
  await Promise.all(slow);
  await eventually(async () => (await server.connections()) === 0, limit);
  const after = await ask(port, { path: "/graphql", headers: json, body: '{"query":"{ caller { key } }"}' });
  assert.equal(after.status, 200);
  assert.deepEqual(faults, []);
});

test("a caller has a thousand subscriptions at most, over all transports together, and others are served", async (context) => {
  const gateway = stuck();
  const delivered: string[] = [];
  const door = await runGraphqlDoor(context, gateway, { callbacks: notingCallbacks(delivered) });
  const { port } = door;
  const path = "/graphql/stream";
  const events: ClientRequest[] = [];
  const codes: number[] = [];
  for (let stream = 0; stream < 10; stream++) {
    const { text: token } = await ask(port, { method: "PUT", path, headers: bearer });
    const owner = { ...json, "x-graphql-event-stream-token": token };
    const reader = httpRequest({
      port,
      path,
      agent: false,
      headers: { ...owner, accept: "text/event-stream" },
    });
    reader
      .on("error", () => undefined)
      .on("response", (response) => response.on("error", () => undefined).resume());
    reader.end();
    events.push(reader);
    const operate = (operationId: string) =>
      ask(port, { path, headers: owner, body: JSON.stringify({ query, extensions: { operationId } }) });
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => operate(`o${index}`)));
    codes.push(...answers.map(({ status }) => status));
    if (stream > 0) continue;
    assert.equal((await operate("one more")).status, 429, "a stream carries a hundred");
    assert.equal((await operate("x".repeat(10_000))).status, 400);
  }
  assert.deepEqual(new Set(codes), new Set([202]));
  await eventually(() => gateway.open() === 1_000, limit);

  const body = JSON.stringify({ query });
  const accept = "text/event-stream";
  const flooded = await ask(port, { path: "/graphql", headers: { ...json, accept }, body });
  assert.equal(flooded.status, 429);
  assert.match(flooded.text, /"code":"RATE_LIMITED"/);
  const asking = await door.ask("{ caller { key } }");
  assert.equal(asking.status, 200, "who only asks is served");
  const other = httpRequest({
    port,
    path: "/graphql",
    method: "POST",
    agent: false,
    headers: { ...json, accept, authorization: "Bearer pc_complete" },
  });
  other
    .on("error", () => undefined)
    .on("response", (response) => response.on("error", () => undefined).resume());
  other.end(body);
  await eventually(() => gateway.open() === 1_001, limit);

  for (const reader of [...events, other]) reader.destroy();
  await eventually(() => gateway.open() === 0, limit);
  const again = httpRequest({
    port,
    path: "/graphql",
    method: "POST",
    agent: false,
    headers: { ...json, accept },
  });
  again.on("error", () => undefined).end(body);
  await eventually(() => gateway.open() === 1, limit);
  again.destroy();
  await eventually(() => gateway.open() === 0, limit);
});

test("a caller reserves fifty event streams and has fifty callbacks at most", async (context) => {
  const gateway = stuck();
  const delivered: string[] = [];
  const { port, door } = await runGraphqlDoor(context, gateway, { callbacks: notingCallbacks(delivered) });
  const reserve = () => ask(port, { method: "PUT", path: "/graphql/stream", headers: bearer });
  const reserved = await Promise.all(Array.from({ length: 60 }, reserve));
  assert.equal(reserved.filter(({ status }) => status === 201).length, 50);
  assert.equal(reserved.filter(({ text }) => text.includes("RATE_LIMITED")).length, 10);

  const asked = (subscriptionId: string): string => {
    const callbackUrl = `${callbackOrigin}/${subscriptionId}`;
    const subscription = { callbackUrl, subscriptionId, verifier: "v", heartbeatIntervalMs: 0 };
    return JSON.stringify({ query, extensions: { subscription } });
  };
  const headers = { ...json, accept: "application/json;callbackSpec=1.0" };
  const begun = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      ask(port, { path: "/graphql", headers, body: asked(`s${index}`) }),
    ),
  );
  assert.equal(begun.filter(({ status }) => status === 200).length, 50);
  assert.equal(begun.filter(({ status }) => status === 429).length, 10);
  await eventually(() => gateway.open() === 50, limit);
  door.cut();
  await eventually(() => gateway.open() === 0, limit);
});
