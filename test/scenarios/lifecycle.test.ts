// One command starts it, one process owns the folder, nothing acknowledged is lost when it is killed.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { promisify } from "node:util";
import { copyPgliteTemplate } from "../kit/pglite-template.ts";
import { runCli, startProcess, type GatewayProcess } from "../kit/process.ts";

async function dataFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-life-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function start(context: TestContext, env: Record<string, string>): GatewayProcess {
  const running = startProcess(env);
  context.after(async () => {
    running.kill("SIGKILL");
    await running.exited();
  });
  return running;
}

const ask = (url: string, key: string, body: Record<string, unknown> = {}): Promise<Response> =>
  fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "demo/echo", messages: [{ role: "user", content: "Hello" }], ...body }),
  });

const keyIn = (output: string): string =>
  /pc_[\w-]{20,}/.exec(output)?.[0] ?? assert.fail(`no key in:\n${output}`);

test("a first start prints a key once and a curl line that works as printed; a later start prints none", async (context) => {
  const folder = await dataFolder(context);
  const first = start(context, { PORTCULLIS_DATA: folder });
  await first.ready();
  const command = first.output().slice(first.output().indexOf("curl"));
  const { stdout } = await promisify(execFile)("bash", ["-c", command]);
  assert.match(stdout, /You said: Hello/);
  first.kill("SIGTERM");
  assert.equal(await first.exited(), 0);

  const second = start(context, { PORTCULLIS_DATA: folder });
  await second.ready();
  assert.doesNotMatch(second.output(), /pc_[\w-]{20,}/);
  const url = await second.ready();
  assert.equal((await ask(url, keyIn(first.output()))).status, 200);
});

test("a second gateway on the folder is refused; the command line works beside the first; a killed one is replaced", async (context) => {
  const folder = await dataFolder(context);
  await copyPgliteTemplate(folder);
  const env = { PORTCULLIS_DATA: folder };
  const first = start(context, env);
  const url = await first.ready();
  const second = startProcess(env);
  assert.equal(await second.exited(), 1);
  assert.match(second.output(), /Another gateway is running/);
  assert.doesNotMatch(second.output(), /\n\s+at /);

  const made = await runCli(env, "keys", "create", "cli", "--team", "web", "--role", "employee");
  assert.equal(made.code, 0, made.output);
  const key = keyIn(made.output);
  assert.equal((await ask(url, key)).status, 200);

  first.kill("SIGKILL");
  await first.exited();
  const third = start(context, env);
  const again = await third.ready();
  assert.equal((await ask(again, key)).status, 200, "the key outlived the kill");
  const listed = await runCli(env, "keys", "list", "--json");
  const [row] = (JSON.parse(listed.output) as { id: string; name: string }[]).filter(
    (one) => one.name === "cli",
  );
  assert.equal((await runCli(env, "keys", "revoke", row?.id ?? "")).code, 0);
  assert.equal((await ask(again, key)).status, 401);
});

test("records acknowledged before kill -9 are there after it, and what was open closes as interrupted", async (context) => {
  const folder = await dataFolder(context);
  await copyPgliteTemplate(folder);
  const env = { PORTCULLIS_DATA: folder, PORTCULLIS_ADMIN_KEY: `pc_${"k".repeat(40)}` };
  const first = start(context, env);
  const url = await first.ready();
  const done = await Promise.all(Array.from({ length: 20 }, () => ask(url, env.PORTCULLIS_ADMIN_KEY)));
  const ids = done.map((answer) => answer.headers.get("x-request-id") ?? "");
  const running = await ask(url, env.PORTCULLIS_ADMIN_KEY, { model: "demo/slow", stream: true });
  const openId = running.headers.get("x-request-id") ?? "";
  first.kill("SIGKILL");
  await first.exited();
  await running.text().catch(() => undefined);

  const second = start(context, env);
  const again = await second.ready();
  const receipt = async (id: string) => {
    const answer = await fetch(`${again}/graphql`, {
      method: "POST",
      headers: { authorization: `Bearer ${env.PORTCULLIS_ADMIN_KEY}`, "content-type": "application/json" },
      body: JSON.stringify({
        query: "query ($id: ID!) { receipt(id: $id) { usage { output } attempts { outcome } } }",
        variables: { id },
      }),
    });
    return ((await answer.json()) as { data: { receipt: { usage: { output: number } } | null } }).data
      .receipt;
  };
  for (const id of ids) assert.ok((await receipt(id))?.usage.output, `${id} is settled`);
  assert.ok(await receipt(openId), "the open one is known");
  const verified = await runCli(env, "audit", "verify");
  assert.equal(verified.code, 0, verified.output);
});

test("SIGTERM: not ready at once, still serving, running answers end well, then exit 0", async (context) => {
  const folder = await dataFolder(context);
  await copyPgliteTemplate(folder);
  const env = { PORTCULLIS_DATA: folder, PORTCULLIS_ADMIN_KEY: `pc_${"k".repeat(40)}` };
  const running = start(context, env);
  const url = await running.ready();
  const stream = await ask(url, env.PORTCULLIS_ADMIN_KEY, { model: "demo/slow", stream: true });
  running.kill("SIGTERM");
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal((await fetch(`${url}/readyz`)).status, 503);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  assert.equal((await ask(url, env.PORTCULLIS_ADMIN_KEY)).status, 200);
  assert.match(await stream.text(), /\[DONE\]\s*$/);
  assert.equal(await running.exited(), 0);
});

test("a second SIGTERM ends at once", async (context) => {
  const folder = await dataFolder(context);
  await copyPgliteTemplate(folder);
  const running = start(context, { PORTCULLIS_DATA: folder });
  await running.ready();
  running.kill("SIGTERM");
  await new Promise((resolve) => setTimeout(resolve, 200));
  const startedAt = performance.now();
  running.kill("SIGTERM");
  await running.exited();
  assert.ok(performance.now() - startedAt < 1_500);
});

test("every configuration problem is reported at once, without a stack", async () => {
  const running = startProcess({ PORT: "many", LOG_LEVEL: "loud", DATABASE_URL: "mysql://x" });
  assert.equal(await running.exited(), 1);
  for (const name of ["PORT", "LOG_LEVEL", "DATABASE_URL"])
    assert.match(running.output(), new RegExp(`${name}: expected`));
  assert.doesNotMatch(running.output(), /\n\s+at /);
});

test("production prints no key, says what it wants, and hides the schema from keys without the scope", async (context) => {
  const folder = await dataFolder(context);
  await copyPgliteTemplate(folder);
  const env = { PORTCULLIS_DATA: folder, NODE_ENV: "production" };
  const running = start(context, env);
  const url = await running.ready();
  assert.match(running.output(), /Set PORTCULLIS_ADMIN_KEY, or run: portcullis keys create/);
  assert.doesNotMatch(running.output(), /pc_[\w-]{20,}/);
  const made = await runCli(env, "keys", "create", "app", "--team", "web", "--role", "employee");
  const key = keyIn(made.output);
  const introspect = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ query: "{ __schema { queryType { name } } }" }),
  });
  assert.match(await introspect.text(), /FORBIDDEN|introspect/i);
  const demo = await ask(url, key);
  assert.equal(demo.status, 503, "the demo is off");
});
