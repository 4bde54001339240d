// The bundle that containers run: it is made, serves through both doors, calls a provider and tells of one that is gone,
// and its command line works beside it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { adminKey } from "./kit/gateway.ts";
import { copyPgliteTemplate } from "./kit/pglite-template.ts";
import { startProcess } from "./kit/process.ts";
import { startUpstream } from "./kit/upstream.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
/** Two folders deep, as the one that is shipped. */
const bundle = "dist/tested";

test("the bundle serves through both doors, calls providers and runs commands", async (t) => {
  t.after(() => rm(join(root, bundle), { recursive: true, force: true }));
  await promisify(execFile)(process.execPath, ["build.ts", bundle], { cwd: root });

  const data = await mkdtemp(join(tmpdir(), "portcullis-bundle-"));
  t.after(() => rm(data, { recursive: true, force: true }));
  await copyPgliteTemplate(data);
  const upstream = await startUpstream();
  const env = {
    PORTCULLIS_DATA: data,
    PORTCULLIS_ADMIN_KEY: adminKey,
    GROQ_API_KEY: "gsk-test",
    GROQ_BASE_URL: upstream.baseUrl,
  };
  const gateway = startProcess(env, `${bundle}/main.mjs`);
  t.after(async () => {
    gateway.kill("SIGKILL");
    await gateway.exited();
  });
  const url = await gateway.ready();

  const post = async (path: string, body: object): Promise<[number, string]> => {
    const headers = { authorization: `Bearer ${adminKey}`, "content-type": "application/json" };
    const answer = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
    return [answer.status, await answer.text()];
  };
  const question = { model: "groq/any-model", messages: [{ role: "user", content: "Hello" }] };

  const [status, answer] = await post("/v1/chat/completions", question);
  assert.equal(status, 200, answer);
  assert.match(answer, /Hello from upstream/);
  const [, models] = await post("/graphql", { query: "{ models(first: 1) { nodes { id } } }" });
  assert.match(models, /"id":"/);

  await upstream.close();
  const [gone, told] = await post("/v1/chat/completions", question);
  assert.equal(gone, 502, told);
  assert.match(told, /upstream_failed/);

  const command = startProcess(env, `${bundle}/portcullis.mjs`, ["audit", "verify"]);
  assert.equal(await command.exited(), 0, command.output());
});
