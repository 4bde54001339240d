// Who has been answered is held by nobody: what a request leaves behind goes with the next small collection, and is not
// copied into old age. Bytes are counted, not time.

import assert from "node:assert/strict";
import { request as send, Agent } from "node:http";
import { test } from "node:test";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { tuneEngine } from "../../src/app/engine.ts";
import { startGateway } from "../kit/gateway.ts";

setFlagsFromString("--expose-gc");
tuneEngine();
const collect = runInNewContext("gc") as (options?: { type: "minor" }) => void;

const spaces = ["new_space", "old_space"];
const bytesInUse = (): number =>
  getHeapSpaceStatistics()
    .filter(({ space_name: name }) => spaces.includes(name))
    .reduce((sum, { space_used_size: used }) => sum + used, 0);

const warmUp = 600;
const counted = 200;
/** 9,500 are the log that this gateway keeps, the embedded database's own, and what it has written; with one request held by each it is 24,000. */
const mostBytesKept = 16_000;

for (const [what, stream] of [
  ["a whole answer", false],
  ["a stream", true],
] as const) {
  test(`${what} is gone from memory once it has been given`, async (context) => {
    const gateway = await startGateway();
    context.after(() => gateway.close());
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    context.after(() => agent.destroy());
    const body = JSON.stringify({
      model: "demo/echo",
      stream,
      messages: [{ role: "user", content: "Hello" }],
    });
    const headers = {
      authorization: `Bearer ${gateway.adminKey}`,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    };
    const answered = (): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const asking = send(
          `${gateway.url}/v1/chat/completions`,
          { method: "POST", agent, headers },
          (answer) => {
            answer.resume();
            answer.on("end", () => resolve(answer.statusCode));
          },
        );
        asking.on("error", reject);
        asking.end(body);
      });
    for (let index = 0; index < warmUp; index += 1) assert.equal(await answered(), 200);
    collect();
    collect();
    const before = bytesInUse();
    for (let index = 0; index < counted; index += 1) await answered();
    collect({ type: "minor" });
    const kept = (bytesInUse() - before) / counted;
    assert.ok(kept < mostBytesKept, `${Math.round(kept)} bytes a request were still held`);
  });
}
