// A reader who is slow holds the provider back, and not the provider's answer in memory.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { request, type IncomingMessage, type ServerResponse } from "node:http";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { adminKey } from "../kit/gateway.ts";
import { startProcess } from "../kit/process.ts";
import { startUpstream, type Behaviour } from "../kit/upstream.ts";

const megabyte = 1024 * 1024;
/** Far less than what would be kept, and more than what V8 leaves uncollected while the machine is busy. */
const mostGrowth = 80 * megabyte;
const whole = 200 * megabyte;
/** What the sockets on the way swallow before they say no. */
const mostAhead = 24 * megabyte;

/** Everyday prose, so that the screen works as it does on real answers. */
const piece =
  "The tide comes in twice a day, and the boats rise with it; nobody counts them any more. ".repeat(180);

const sent = { bytes: 0 };
const torrentOf =
  (length: number): Behaviour =>
  async (asked, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    sent.bytes = 0;
    const base = {
      id: "chatcmpl-up",
      object: "chat.completion.chunk",
      created: 1,
      model: asked.body["model"],
    };
    const delta = { ...base, choices: [{ index: 0, delta: { content: piece }, finish_reason: null }] };
    const line = `data: ${JSON.stringify(delta)}\n\n`;
    while (sent.bytes < length && !response.destroyed) {
      sent.bytes += line.length;
      if (!response.write(line)) await drained(response);
    }
    response.write(
      `data: ${JSON.stringify({ ...base, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}\n\n`,
    );
    response.end("data: [DONE]\n\n");
  };

async function drained(response: ServerResponse): Promise<void> {
  const waiting = new AbortController();
  const { signal } = waiting;
  await Promise.race([once(response, "drain", { signal }), once(response, "close", { signal })]);
  waiting.abort();
}

const upstream = await startUpstream(torrentOf(whole));
const gateway = startProcess({
  PORTCULLIS_DATA: await mkdtemp(join(tmpdir(), "portcullis-slow-")),
  PORTCULLIS_ADMIN_KEY: adminKey,
  OLLAMA_BASE_URL: upstream.baseUrl,
  LOG_LEVEL: "error",
});
const url = await gateway.ready();
after(async () => {
  gateway.kill("SIGKILL");
  await gateway.exited();
  await upstream.close();
});

const messages = [{ role: "user", content: "Tell me of the tides." }];
const input = { model: "ollama/any", messages: [{ user: { text: "Tell me of the tides." } }] };
const query =
  "subscription ($input: CompletionInput!) { completion(input: $input) { ... on TextDelta { text } } }";
const ways: readonly [string, string, unknown][] = [
  ["REST stream", "/v1/chat/completions", { model: "ollama/any", messages, stream: true }],
  ["subscription", "/graphql", { query, variables: { input } }],
];

function open(path: string, body: unknown): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${adminKey}`,
      "content-type": "application/json",
      accept: path === "/graphql" ? "text/event-stream" : "*/*",
    };
    const asking = request(url + path, { method: "POST", headers, agent: false }, resolve);
    asking.on("error", reject);
    asking.end(JSON.stringify(body));
  });
}

/** Resident bytes of the gateway's process. */
async function resident(): Promise<number> {
  const status = await readFile(`/proc/${gateway.child.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

async function readUntil(answer: IncomingMessage, bytes: number, pauseMilliseconds: number): Promise<void> {
  let read = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    read += chunk.length;
    if (pauseMilliseconds > 0) await sleep(pauseMilliseconds);
    if (read >= bytes) break;
  }
  answer.destroy();
}

for (const [name, path, body] of ways) {
  test(
    `${name}: 200 MB for a slow reader stay with the provider`,
    { skip: process.platform === "linux" ? false : "memory is read from /proc" },
    async (context) => {
      upstream.behave(torrentOf(whole));
      // A fast reader first: what growing there is by warming up is over then.
      await readUntil(await open(path, body), 5 * megabyte, 0);
      await sleep(300);
      const before = await resident();
      const answer = await open(path, body);
      const reading = readUntil(answer, 2 * megabyte, 20);
      let most = 0;
      let ahead = 0;
      const watch = setInterval(() => void resident().then((now) => (most = Math.max(most, now))), 20);
      await reading;
      ahead = sent.bytes;
      clearInterval(watch);
      context.diagnostic(
        `grew ${((most - before) / megabyte).toFixed(1)} MB; the provider had sent ${(ahead / megabyte).toFixed(1)} MB`,
      );
      assert.ok(ahead < mostAhead, `${ahead} bytes left the provider`);
      assert.ok(most - before < mostGrowth, `grew by ${most - before} bytes`);
    },
  );
}

for (const [name, path, body] of ways) {
  test(
    `${name}: answers of 1 MB come and go without growing it`,
    { skip: process.platform === "linux" ? false : "memory is read from /proc" },
    async (context) => {
      upstream.behave(torrentOf(megabyte));
      const rounds = async (count: number): Promise<void> => {
        for (let number = 0; number < count; number++) await readUntil(await open(path, body), Infinity, 0);
      };
      await rounds(3);
      const before = await resident();
      await rounds(5);
      const grown = (await resident()) - before;
      context.diagnostic(`grew ${(grown / megabyte).toFixed(1)} MB over 5 answers of 1 MB`);
      assert.ok(grown < mostGrowth, `grew by ${grown} bytes`);
    },
  );
}
