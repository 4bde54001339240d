// Two thousand streams, opened and dropped, leave no socket, timer, listener or memory behind.

import assert from "node:assert/strict";
import { request } from "node:http";
import { after, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { startGateway } from "../kit/gateway.ts";
import { startUpstream, streamOpenai } from "../kit/upstream.ts";

const upstream = await startUpstream(streamOpenai(["Once ", "upon "], { ending: "stall" }));
const gateway = await startGateway({ OLLAMA_BASE_URL: upstream.baseUrl, LOG_LEVEL: "error" });
after(async () => {
  await gateway.close();
  await upstream.close();
});

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const rest = {
  path: "/v1/chat/completions",
  body: { model: "ollama/test", stream: true, messages: [{ role: "user", content: "Hello" }] },
};
const subscription = {
  path: "/graphql",
  body: {
    query:
      'subscription { completion(input: { model: "ollama/test", messages: [{ user: { text: "Hello" } }] }) { __typename } }',
  },
};

/** Opens a stream, reads its first bytes, and hangs up. */
function openAndDrop({ path, body }: typeof rest | typeof subscription): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${gateway.adminKey}`,
      "content-type": "application/json",
      accept: "text/event-stream",
    };
    const asking = request(gateway.url + path, { method: "POST", headers, agent: false }, (answer) => {
      answer.once("data", () => {
        asking.destroy();
        resolve();
      });
      answer.on("error", () => undefined);
    });
    asking.on("error", reject);
    asking.end(JSON.stringify(body));
  });
}

async function dropMany(count: number): Promise<void> {
  const atOnce = 50;
  for (let done = 0; done < count; done += atOnce) {
    const batch = Array.from({ length: atOnce }, (_, index) =>
      openAndDrop(index % 2 === 0 ? rest : subscription),
    );
    await Promise.all(batch);
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
}

function standing(): { heap: number; sockets: number; timers: number } {
  upstream.seen.length = 0;
  gateway.logLines.length = 0;
  collect();
  collect();
  const resources = process.getActiveResourcesInfo();
  return {
    heap: process.memoryUsage().heapUsed,
    sockets: resources.filter((kind) => kind === "TCPSocketWrap").length,
    timers: resources.filter((kind) => kind === "Timeout").length,
  };
}

test("2,000 opened and dropped streams leave nothing behind", async () => {
  await dropMany(400);
  const before = standing();
  await dropMany(2_000);
  const left = standing();
  assert.equal(await gateway.app.server.connections(), 0, "no connection to a caller is open");
  assert.ok(left.sockets <= before.sockets + 2, `${before.sockets} sockets became ${left.sockets}`);
  assert.ok(left.timers <= before.timers + 3, `${before.timers} timers became ${left.timers}`);
  const grown = (left.heap - before.heap) / 2_000;
  assert.ok(grown < 2_048, `${Math.round(grown)} bytes stayed for each stream`);
});
