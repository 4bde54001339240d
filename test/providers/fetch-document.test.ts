// Reading the operator's price source: a document or a typed failure, and never a stray error.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fetchDocument } from "../../src/providers/fetch-document.ts";
import { createPools } from "../../src/providers/pools.ts";
import { startUpstream } from "../kit/upstream.ts";

const upstream = await startUpstream();
const pools = createPools({ httpsProxy: undefined, noProxy: undefined });
after(async () => {
  await pools.close();
  await upstream.close();
});

test("a document is read as JSON", async () => {
  upstream.behave((_request, response) => void response.end('{"openai":{}}'));
  assert.deepEqual(await fetchDocument(pools, `${upstream.origin}/api.json`), { openai: {} });
});

test("a page without end under another status is a failure, and its connection is closed", async () => {
  let closed: Promise<number> | undefined;
  upstream.behave((request, response) => {
    closed = request.closedEarly;
    response.writeHead(500).write("<h1>oops</h1>");
  });
  await assert.rejects(fetchDocument(pools, upstream.origin), { code: "UPSTREAM_FAILED" });
  assert.ok(await closed);
});

test("what is no JSON and what is no address are failures", async () => {
  upstream.behave((_request, response) => void response.end("<h1>hello</h1>"));
  for (const address of [upstream.origin, "file:///etc/passwd", "nowhere"]) {
    await assert.rejects(fetchDocument(pools, address), { code: "UPSTREAM_FAILED" });
  }
});
