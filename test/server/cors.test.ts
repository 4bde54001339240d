// Browsers of configured origins may call, all others may not, and nothing is said where none is configured.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { createServer } from "../../src/server.ts";
import { ask } from "../kit/http.ts";

async function run(
  context: TestContext,
  corsOrigins?: readonly string[],
  production = false,
): Promise<number> {
  const server = createServer({
    corsOrigins,
    production,
    health: { ready: () => ({ ok: true, reasons: [] }) },
    newRequestId: () => "r",
    reportFault: () => {},
  });
  context.after(() => server.close());
  const address = await server.listen({ host: "127.0.0.1", port: 0 });
  return typeof address === "string" ? 0 : address.port;
}

const preflight = (origin: string) => ({
  method: "OPTIONS",
  path: "/v1/chat/completions",
  headers: {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type",
  },
});

test("a configured origin is admitted: preflight, answers and what scripts may read", async (context) => {
  const port = await run(context, ["https://app.example"]);
  const asked = await ask(port, preflight("https://app.example"));
  assert.equal(asked.status, 204);
  assert.equal(asked.headers["access-control-allow-origin"], "https://app.example");
  assert.equal(asked.headers["access-control-allow-headers"], "authorization,content-type");
  assert.equal(asked.headers["access-control-allow-credentials"], undefined);
  const answer = await ask(port, { path: "/readyz", headers: { origin: "https://app.example" } });
  assert.equal(answer.headers["access-control-allow-origin"], "https://app.example");
  assert.match(String(answer.headers["access-control-expose-headers"]), /x-portcullis-cost-usd/);
});

test("another origin is not, and caches are told that it matters", async (context) => {
  const port = await run(context, ["https://app.example"]);
  const asked = await ask(port, preflight("https://evil.example"));
  assert.equal(asked.headers["access-control-allow-origin"], undefined);
  assert.equal(asked.headers.vary, "origin");
  assert.notEqual(asked.status, 204);
});

test("without configured origins there is no such header at all", async (context) => {
  const port = await run(context);
  const answer = await ask(port, { path: "/readyz", headers: { origin: "https://app.example" } });
  assert.equal(answer.headers["access-control-allow-origin"], undefined);
  assert.equal(answer.headers.vary, undefined);
});

test("in production a page comes with its user's token, never with a key", async (context) => {
  const port = await run(context, ["https://app.example"], true);
  const get = (authorization: string, origin: string) =>
    ask(port, { path: "/readyz", headers: { origin, authorization } });
  const refused = await get("Bearer pc_secret", "https://app.example");
  assert.equal(refused.status, 401);
  assert.match(refused.text, /must not hold a key/);
  assert.equal((await get("Bearer a.b.c", "https://app.example")).status, 200);
  assert.equal((await get("Bearer pc_secret", "https://same-origin.example")).status, 200);
  const open = await run(context, ["https://app.example"]);
  const tried = await ask(open, {
    path: "/readyz",
    headers: { origin: "https://app.example", authorization: "Bearer pc_secret" },
  });
  assert.equal(tried.status, 200);
});
