// `portcullis policy …` as processes: beside a running gateway, without one, and with a remote one.

import assert from "node:assert/strict";
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { adminKey } from "./kit/gateway.ts";
import { copyPgliteTemplate } from "./kit/pglite-template.ts";
import { runCli, startProcess } from "./kit/process.ts";
import { denyOllama } from "./kit/shipped-policy.ts";

const data = await mkdtemp(join(tmpdir(), "portcullis-cli-policy-"));
await copyPgliteTemplate(data);
const folder = join(data, "changed");
await cp(fileURLToPath(new URL("../policies", import.meta.url)), folder, { recursive: true });
const file = join(folder, "policy.csv");
const shipped = await readFile(file, "utf8");
after(() => rm(data, { recursive: true, force: true }));
const env = { PORTCULLIS_DATA: data };

test("without a gateway: a change is compared, published, exported byte for byte, and listed", async () => {
  await writeFile(file, `${shipped}${denyOllama}\n`);
  await appendFile(join(folder, "words.csv"), 'code-names, "Zephyr, the new one"\ncode-names, Falcon\n');
  const diff = await runCli(env, "policy", "diff", folder, "--fail-on", "changes");
  assert.equal(diff.code, 1, diff.output);
  assert.match(diff.output, /Opens: nothing\.\nCloses:\n(?:.*\n)*?  role:admin may no longer/);
  assert.match(diff.output, /\+ line \d+: p, no-ollama, deny/);
  assert.match(diff.output, /Words:\n  New list code-names: "Zephyr, the new one" and "Falcon"\./);
  assert.equal((await runCli(env, "policy", "diff", folder, "--fail-on", "opens")).code, 0);

  const published = await runCli(
    env,
    "policy",
    "publish",
    folder,
    "--reason",
    "Incident 7",
    "--revoke",
    "abort",
  );
  assert.equal(published.code, 0, published.output);
  assert.match(published.output, /Version 2 is in force/);
  assert.match(published.output, /the sentence above no-ollama is stale/, "lints warn and stop nothing");

  const to = join(data, "exported");
  assert.equal((await runCli(env, "policy", "export", "2", "--to", to)).code, 0);
  for (const name of ["policy.csv", "words.csv", "tests.yaml", "routes.yaml"])
    assert.deepEqual(await readFile(join(to, name)), await readFile(join(folder, name)), name);

  const versions = await runCli(env, "policy", "versions");
  assert.match(versions.output, /^1 +\S+ \S+ +files/m);
  assert.match(versions.output, /^2 \* .*key:operator .*Incident 7 \(ended running answers\)/m);
  const asData = JSON.parse((await runCli(env, "policy", "versions", "--json")).output) as {
    number: number;
  }[];
  assert.deepEqual(
    asData.map(({ number }) => number),
    [1, 2],
  );
});

test("what does not pass the gate is exit code 1 and told with its place", async () => {
  await writeFile(file, `${shipped}${denyOllama.replace("deny", "Deny")}\n`);
  const refused = await runCli(env, "policy", "publish", folder);
  assert.equal(refused.code, 1);
  assert.match(
    refused.output,
    /policy\.csv:\d+:3 unknown effect "Deny"; did you mean "deny"\?\nNothing was published\./,
  );
  const asData = await runCli(env, "policy", "publish", folder, "--json");
  assert.equal((JSON.parse(asData.output) as { problems: { column: number }[] }).problems[0]?.column, 3);
  await writeFile(file, shipped);
});

test("explain answers for a provider in words and for the catalog, by exit code too", async () => {
  const refused = await runCli(
    env,
    "policy",
    "explain",
    "--who",
    "employee",
    "--data",
    "restricted+phi",
    "--provider",
    "no-training,zero-retention",
  );
  assert.equal(refused.code, 1);
  assert.match(refused.output, /phi-needs-baa: Nobody may/);
  assert.match(refused.output, /✗ provider: with self-hosted/);
  const allowed = await runCli(
    env,
    "policy",
    "explain",
    "--who",
    "role:employee",
    "--data",
    "restricted+phi",
    "--model",
    "demo/echo",
  );
  assert.equal(allowed.code, 0, allowed.output);
  assert.match(allowed.output, /✓ demo\/echo: permitted/);
  assert.match(allowed.output, /cut out: pci pii[^]*restricted-whole: Answers about restricted data are/);
  const misspelt = await runCli(
    env,
    "policy",
    "explain",
    "--who",
    "employee",
    "--data",
    "internal",
    "--provider",
    "zero-retenion",
  );
  assert.match(misspelt.output, /did you mean "zero-retention"/);
});

test("beside a running gateway and over HTTP: rollback, matrix and the explanation of a request", async () => {
  const gateway = startProcess({ ...env, PORTCULLIS_ADMIN_KEY: adminKey });
  try {
    const url = await gateway.ready();
    assert.match(
      gateway.output(),
      /Note .*version 2 is in force; the files in \.\/policies are those of version 1/,
    );
    const back = await runCli(env, "policy", "rollback", "1");
    assert.match(back.output, /Version 3 is in force/);
    assert.equal((await runCli(env, "policy", "rollback", "99")).code, 1);
    const remote = { PORTCULLIS_URL: url, PORTCULLIS_KEY: adminKey };
    const matrix = await runCli(remote, "policy", "matrix", "--role", "employee", "--data", "restricted+phi");
    assert.match(matrix.output, /role:employee +restricted\+phi +complete +demo\/echo/);
    const judging = await runCli(remote, "policy", "matrix", "--role", "employee", "--action", "moderate");
    assert.match(judging.output, /role:employee +public +moderate +demo\/guard/);
    assert.match(matrix.output, /role:employee +restricted\+phi +complete, input alongside +S1-S14 secret/);
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
      body: JSON.stringify({
        model: "demo/echo",
        messages: [{ role: "user", content: "mail jane@example.com" }],
      }),
    });
    await answer.text();
    const explained = await runCli(
      remote,
      "policy",
      "explain",
      "--request",
      answer.headers.get("x-request-id") ?? "",
    );
    assert.equal(explained.code, 0, explained.output);
    assert.match(explained.output, /Who: key:admin of team:operators/);
    assert.match(explained.output, /Found in message 0: 1 × email, which makes it contact\./);
    assert.match(explained.output, /Decided under version 3:\n  ✓ demo\/echo: Allowed by/);
  } finally {
    gateway.kill("SIGTERM");
    await gateway.exited();
  }
});
