// The command line: results for people and machines, mistakes as one message, exit codes for scripts.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { copyPgliteTemplate } from "./kit/pglite-template.ts";
import { runCli } from "./kit/process.ts";
import { answerError, startUpstream } from "./kit/upstream.ts";

const folder = await mkdtemp(join(tmpdir(), "portcullis-cli-"));
await copyPgliteTemplate(folder);
after(() => rm(folder, { recursive: true, force: true }));
const env = { PORTCULLIS_DATA: folder };
const policies = fileURLToPath(new URL("../policies", import.meta.url));

test("help lists every command; an unknown one is exit code 2", async () => {
  const help = await runCli(env, "help");
  assert.equal(help.code, 0);
  for (const name of ["serve", "doctor", "keys create", "catalog sync", "policy check", "audit verify"])
    assert.match(help.output, new RegExp(name));
  assert.equal((await runCli(env, "nonsense")).code, 2);
});

test("mistakes end with one message and no stack", async () => {
  for (const args of [
    ["keys", "create"],
    ["keys", "create", "a"],
    ["keys", "create", "a", "--team", "Bad Team"],
    ["keys", "revoke", "key:nobody"],
    ["attest", "openai", "baa"],
    ["keys", "list", "--nope"],
    ["budgets", "set", "everyone", "5"],
    ["usage", "--since", "soon"],
  ]) {
    const { code, output } = await runCli(env, ...args);
    assert.equal(code, 1, args.join(" "));
    assert.doesNotMatch(output, /\n\s+at /, args.join(" "));
    assert.ok(output.trim().length > 5);
  }
});

test("a key is made, listed, rotated and revoked without a server", async () => {
  const made = JSON.parse(
    (
      await runCli(
        env,
        "keys",
        "create",
        "web",
        "--team",
        "support",
        "--ceiling",
        "confidential+pii",
        "--expires",
        "90d",
        "--json",
      )
    ).output,
  ) as { id: string; secret: string; ceiling: string };
  assert.equal(made.ceiling, "confidential+pii");
  const rotated = JSON.parse((await runCli(env, "keys", "rotate", made.id, "--json")).output) as {
    id: string;
    secret: string;
  };
  assert.equal(rotated.id, made.id);
  assert.notEqual(rotated.secret, made.secret);
  assert.equal((await runCli(env, "keys", "revoke", made.id)).code, 0);
  const { output } = await runCli(env, "keys", "list");
  assert.match(output, /revoked/);
  assert.ok(!output.includes(made.secret) && !output.includes(rotated.secret));
});

test("catalog sync shows what would change, writes it when told, and then finds nothing new", async () => {
  const document = {
    groq: {
      id: "groq",
      models: {
        "brand-new-1": {
          id: "brand-new-1",
          name: "Brand New 1",
          attachment: false,
          reasoning: false,
          temperature: true,
          tool_call: true,
          open_weights: false,
          release_date: "2026-11-01",
          last_updated: "2026-11-01",
          modalities: { input: ["text"], output: ["text"] },
          limit: { context: 1000, output: 100 },
          cost: { input: 1, output: 2 },
        },
      },
    },
  };
  const upstream = await startUpstream(answerError(200, document));
  try {
    const url = `${upstream.origin}/api.json`;
    const shown = await runCli(env, "catalog", "sync", "--url", url);
    assert.equal(shown.code, 0, shown.output);
    assert.match(shown.output, /model-added +groq\/brand-new-1/);
    assert.match(shown.output, /Nothing was written/);
    assert.match((await runCli(env, "catalog", "sync", "--url", url, "--apply")).output, /written\./);
    assert.doesNotMatch((await runCli(env, "catalog", "sync", "--url", url)).output, /brand-new-1/);
    assert.match(
      (await runCli(env, "catalog", "list", "--search", "brand-new-1")).output,
      /groq\/brand-new-1 +off +1 \/ 2/,
    );
    upstream.behave(answerError(200, ["garbage"]));
    const garbage = await runCli(env, "catalog", "sync", "--url", url, "--apply");
    assert.equal(garbage.code, 1);
    assert.match(garbage.output, /cannot be used/);
  } finally {
    await upstream.close();
  }
});

test("a policy folder is checked, formatted and tested; what is wrong names its place", async () => {
  const copy = join(folder, "policies");
  await cp(policies, copy, { recursive: true });
  await appendFile(join(copy, "words.csv"), "code-names, Zephyr\ncode-names, Project Falcon\n");
  const checked = await runCli(env, "policy", "check", copy);
  assert.equal(checked.code, 0, checked.output);
  assert.match(checked.output, /^The list code-names has 2 phrases\.$/m);
  assert.equal((await runCli(env, "policy", "test", copy)).code, 0);
  const file = join(copy, "policy.csv");
  const before = await readFile(file, "utf8");
  await writeFile(file, before.replace(/,(\s*)deny,/, ",$1Deny,"));
  const refused = await runCli(env, "policy", "check", copy);
  assert.equal(refused.code, 1);
  assert.match(refused.output, /policy\.csv:\d+:\d+ .*did you mean "deny"/);
  await writeFile(file, before.replaceAll(/^#:.*\n/gm, ""));
  assert.match((await runCli(env, "policy", "check", copy)).output, /sentence/);
  assert.equal((await runCli(env, "policy", "fmt", copy)).code, 0);
  assert.equal((await runCli(env, "policy", "check", copy)).code, 0);
});

test("doctor says for each part whether it is well, and exits 1 where one is not", async () => {
  const upstream = await startUpstream(answerError(401, {}));
  try {
    assert.equal((await runCli(env, "doctor")).code, 0);
    const ill = await runCli(
      { ...env, OPENAI_BASE_URL: upstream.baseUrl, OPENAI_API_KEY: "sk-wrong" },
      "doctor",
    );
    assert.equal(ill.code, 1);
    assert.match(ill.output, /✗ openai: refuses the key/);
    assert.ok(!ill.output.includes("sk-wrong"));
    upstream.behave(answerError(200, { data: [] }, { date: "Sat, 01 Jan 2000 00:00:00 GMT" }));
    const late = await runCli(
      {
        ...env,
        OPENAI_BASE_URL: upstream.baseUrl,
        OPENAI_API_KEY: "sk-right",
        PORTCULLIS_CLASSIFIERS: "demo/guard,openai/llama-guard-3",
      },
      "doctor",
    );
    assert.match(
      late.output,
      /✓ classifier demo\/guard: got both canaries right\n✗ classifier openai\/llama-guard-3: /,
    );
    assert.match(late.output, /✓ openai: answers\n✗ clock: .* differs by \d+ seconds from openai's/);
  } finally {
    await upstream.close();
  }
});

async function detect(input: string, ...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL("../src/cli.ts", import.meta.url)), "detect", ...args],
    { stdio: ["pipe", "pipe", "pipe"] },
  );
  child.stdin.end(input);
  const [output] = await Promise.all([
    text(child.stdout),
    new Promise((resolve) => child.once("close", resolve)),
  ]);
  return { code: child.exitCode, output };
}

test("detect answers a line for a line, in order, with offsets of the raw text", async () => {
  const { code, output } = await detect(
    '{"text":"nothing here"}\n{"text":"mail jane@example.com"}\r\n{"text":""}\n',
  );
  assert.equal(code, 0);
  assert.deepEqual(
    output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown),
    [{ spans: [] }, { spans: [{ label: "contact", kind: "email", start: 5, end: 21 }] }, { spans: [] }],
  );
  assert.deepEqual(JSON.parse((await detect("mail\njane@example.com", "--text")).output), {
    spans: [{ label: "contact", kind: "email", start: 5, end: 21 }],
  });
  assert.equal((await detect("not json\n")).code, 1);
});
