// Health, readiness, metrics, unknown paths, and what happens when a door itself breaks.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { Failure } from "../../src/core/errors.ts";
import { createServer, type ServerParts } from "../../src/server.ts";
import { ask, errorOf } from "../kit/http.ts";

async function run(context: TestContext, parts: Partial<ServerParts>) {
  const faults: unknown[] = [];
  const server = createServer({
    newRequestId: () => "req_1",
    reportFault: (error) => void faults.push(error),
    ...parts,
  });
  context.after(() => server.close());
  const address = await server.listen({ host: "127.0.0.1", port: 0 });
  return { server, faults, port: typeof address === "string" ? 0 : address.port };
}

test("/healthz is up whenever the process is; /readyz gives every reason it is not ready", async (context) => {
  const reasons = ["no policy is loaded", "the database does not answer"];
  const { port } = await run(context, { health: { ready: () => ({ ok: false, reasons }) } });
  assert.equal((await ask(port, { path: "/healthz" })).status, 200);
  const ready = await ask(port, { path: "/readyz?verbose" });
  assert.equal(ready.status, 503);
  assert.deepEqual(JSON.parse(ready.text), { ok: false, reasons });
  const head = await ask(port, { method: "HEAD", path: "/readyz" });
  assert.deepEqual([head.status, head.text], [503, ""]);
  const post = await ask(port, { method: "POST", path: "/readyz" });
  assert.deepEqual([post.status, post.headers.allow], [405, "GET, HEAD"]);
});

test("/metrics answers only who may read it", async (context) => {
  const metrics = {
    contentType: "text/plain; version=0.0.4",
    text: () => Promise.resolve("up 1\n"),
    check(authorization: string | undefined): Promise<void> {
      if (authorization === undefined) return Promise.reject(new Failure("UNAUTHENTICATED"));
      return authorization === "Bearer ops" ? Promise.resolve() : Promise.reject(new Failure("FORBIDDEN"));
    },
  };
  const { port } = await run(context, { metrics });
  assert.equal((await ask(port, { path: "/metrics" })).status, 401);
  assert.equal((await ask(port, { path: "/metrics", headers: { authorization: "Bearer x" } })).status, 403);
  const answer = await ask(port, { path: "/metrics", headers: { authorization: "Bearer ops" } });
  assert.deepEqual([answer.status, answer.text], [200, "up 1\n"]);
  assert.match(String(answer.headers["content-type"]), /^text\/plain/);
});

test("what a server was not given is not there", async (context) => {
  const { port } = await run(context, {});
  for (const path of ["/", "/metrics", "/readyz", "/graphql", "/v1/models", "//", "/%"]) {
    const answer = await ask(port, { path });
    assert.equal(answer.status, 404, path);
    assert.equal(errorOf(answer).code, "not_found");
    assert.equal(answer.headers["x-powered-by"], undefined);
    assert.equal(answer.headers["x-content-type-options"], "nosniff");
  }
});

test("a door that throws is masked, reported once, and the server goes on", async (context) => {
  let calls = 0;
  const { port, faults } = await run(context, {
    graphql: {
      handle(_, response) {
        if (++calls === 1) throw new TypeError("password=hunter2");
        if (calls === 2) return Promise.reject(new TypeError("again"));
        response.end("fine");
        return undefined;
      },
    },
  });
  for (const _ of [1, 2]) {
    const answer = await ask(port, { path: "/graphql?x=1" });
    assert.equal(answer.status, 500);
    assert.doesNotMatch(answer.text, /hunter2|TypeError|again/);
  }
  assert.equal((await ask(port, { path: "/graphql/stream" })).text, "fine");
  assert.equal(faults.length, 2);
});

test("a port that is taken is an error, not silence", async (context) => {
  const { port, server } = await run(context, {});
  const second = createServer({ newRequestId: () => "r", reportFault: () => {} });
  await assert.rejects(second.listen({ host: "127.0.0.1", port }), { code: "EADDRINUSE" });
  assert.equal(second.address(), undefined);
  assert.notEqual(server.address(), undefined);
});

test(
  "the same server listens on a socket file",
  { skip: process.platform === "win32" && "Windows has no socket files" },
  async (context) => {
    const folder = await mkdtemp(join(tmpdir(), "portcullis-socket-"));
    context.after(() => rm(folder, { recursive: true }));
    const server = createServer({
      graphql: { handle: (_, response) => void response.end("by socket") },
      newRequestId: () => "r",
      reportFault: () => {},
    });
    context.after(() => server.close());
    const socketPath = join(folder, "control.sock");
    assert.equal(await server.listen({ path: socketPath }), socketPath);
    const text = await new Promise<string>((resolve, reject) => {
      request({ socketPath, path: "/graphql" }, (response) => {
        response.setEncoding("utf8").on("data", resolve);
      })
        .on("error", reject)
        .end();
    });
    assert.equal(text, "by socket");
  },
);
