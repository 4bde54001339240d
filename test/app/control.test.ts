// The control socket: lock and channel in one; private; taken over from the dead, never from the living.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { AlreadyRunning, askControl, controlPath, takeControl } from "../../src/app/control.ts";

async function folder(context: TestContext, name = "data"): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), "portcullis-control-"));
  context.after(() => rm(parent, { recursive: true, force: true }));
  return join(parent, name);
}

test("whoever holds it answers the command line, and a second one is refused", async (context) => {
  const data = await folder(context);
  const control = await takeControl(data);
  control.answerWith(async (body) => ({ echoed: body }));
  assert.deepEqual(await askControl(data, { query: "{ x }" }), { echoed: { query: "{ x }" } });
  await assert.rejects(takeControl(data), AlreadyRunning);
  assert.equal((await stat(controlPath(data))).mode & 0o777, 0o600);
  await control.close();
  assert.equal(await askControl(data, {}), undefined);
});

test("while it starts it says so, and a failure comes back as a message", async (context) => {
  const data = await folder(context);
  const control = await takeControl(data);
  await assert.rejects(askControl(data, {}), /starting/);
  control.answerWith(async () => {
    throw new Error("no such field");
  });
  await assert.rejects(askControl(data, {}), /no such field/);
  await control.close();
});

test("a socket left by a killed process is taken over", async (context) => {
  const data = await folder(context);
  const holder = new URL("../../src/app/control.ts", import.meta.url).href;
  const program = `const { takeControl } = await import(${JSON.stringify(holder)}); await takeControl(${JSON.stringify(data)}); console.log("held");`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  await assert.rejects(takeControl(data), AlreadyRunning);
  child.kill("SIGKILL");
  await once(child, "exit");
  const control = await takeControl(data);
  await control.close();
});

test("of many who start at once over a dead socket exactly one wins", async (context) => {
  const data = await folder(context);
  const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => takeControl(data)));
  const won = attempts.flatMap((attempt) => (attempt.status === "fulfilled" ? [attempt.value] : []));
  assert.equal(won.length, 1);
  await won[0]?.close();
});

test("a folder whose path is too long for a socket still has one", async (context) => {
  const data = await folder(context, "d".repeat(120));
  const control = await takeControl(data);
  control.answerWith(async () => "here");
  assert.equal(await askControl(data, {}), "here");
  await control.close();
});
