// Whatever happens to the database or to what is in it: the policy in force stays, or nothing is allowed.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import sql from "postgres";
import { hashBundle } from "../../src/policy/bundle.ts";
import { eventually } from "../kit/eventually.ts";
import { startGateway, type RunningGateway } from "../kit/gateway.ts";
import { bundleOf } from "../kit/policy-bundle.ts";
import { startPostgres } from "../kit/postgres.ts";
import { startUpstream } from "../kit/upstream.ts";

const server = await startPostgres();
const upstream = await startUpstream();
after(async () => {
  await upstream.close();
  await server?.close();
});

const rows = (id: string): string => `
p, ${id}, allow, role:admin, anything, up to internal+contact+unscanned, anywhere, always, Use standard
`;
const good = bundleOf(rows("first"));

interface Place {
  readonly env: Record<string, string>;
  /** Puts a version in past every gate, as somebody with psql would. */
  write(number: number, files: unknown, sha256?: string): Promise<void>;
  execute(statement: string): Promise<void>;
}

function onServer(name: string, run: (place: Place) => Promise<void>): void {
  test(name, async (context) => {
    if (!server) return context.skip("no PostgreSQL server binaries on this machine");
    const databaseUrl = await server.freshDatabase();
    const execute = async (statement: string, values: string[] = []): Promise<void> => {
      const database = sql(databaseUrl, { max: 1, onnotice: () => {} });
      await database.unsafe(statement, values);
      await database.end();
    };
    await run({
      env: {
        DATABASE_URL: databaseUrl,
        OLLAMA_BASE_URL: upstream.baseUrl,
        PORTCULLIS_SECRET: "s".repeat(40),
        PORTCULLIS_DEMO: "1",
        NODE_ENV: "production",
      },
      execute,
      write: (number, files, sha256 = hashOf(files)) =>
        execute(
          `insert into "policy_version" ("number", "sha256", "files", "author", "at")
           values ($1::text::integer, $2, $3::text::json, 'psql', now())`,
          [String(number), sha256, JSON.stringify(files)],
        ),
    });
  });
}

function hashOf(files: unknown): string {
  try {
    return hashBundle(files as Record<string, string>);
  } catch {
    return "0".repeat(64);
  }
}

async function ask(gateway: RunningGateway): Promise<readonly [number, string | null]> {
  const answer = await gateway.post("/v1/chat/completions", {
    model: "ollama/test",
    messages: [{ role: "user", content: "Hello" }],
  });
  const body = (await answer.json()) as { error?: { code: string } };
  return [answer.status, body.error?.code ?? answer.headers.get("x-portcullis-policy-version")];
}

async function readiness(gateway: RunningGateway): Promise<readonly [number, string]> {
  const answer = await fetch(`${gateway.url}/readyz`);
  return [answer.status, await answer.text()];
}

const malformed: readonly (readonly [string, unknown, string?])[] = [
  ["an empty set", bundleOf("")],
  ["only a comment", bundleOf("# nothing is allowed\n")],
  ["an effect that nobody knows", bundleOf(rows("x").replace("allow", "Deny"))],
  ["a row cut short", bundleOf("p, x, allow, role:admin\n")],
  ["no file at all", {}],
  ["no files", null],
  ["text for files", "p, x, allow"],
  ["a file that is no text", { ...good, "policy.csv": 7 }],
  ["routes that are no YAML", { ...good, "routes.yaml": "routes: [" }],
  ["what its hash does not stand for", bundleOf(rows("other")), "f".repeat(64)],
];

onServer("a version that cannot be loaded leaves the one before in force, and is told", async (place) => {
  const gateway = await startGateway(place.env);
  try {
    assert.deepEqual(await ask(gateway), [200, "1"]);
    let number = 1;
    for (const [what, files, sha256] of malformed) {
      number += 1;
      await place.write(number, files, sha256);
      await eventually(async () => (await readiness(gateway))[0] === 503);
      assert.match((await readiness(gateway))[1], /the one before is in force/, what);
      const [status, version] = await ask(gateway);
      assert.deepEqual([status, Number(version) < number], [200, true], what);
      number += 1;
      await place.write(number, bundleOf(rows(`after-${number}`)));
      await eventually(async () => (await ask(gateway))[1] === String(number));
      assert.equal((await readiness(gateway))[0], 200, what);
    }
    // Who owns the table can still do it; it must show all the same.
    await place.execute(
      `alter table "policy_version" disable trigger "policy_version_kept";
       update "policy_version" set "files" = '{"policy.csv":""}' where "number" = ${number}`,
    );
    await eventually(async () => (await readiness(gateway))[0] === 503);
    assert.deepEqual(await ask(gateway), [200, String(number)], "a version that was rewritten by hand");
  } finally {
    await gateway.close();
  }
});

for (const [what, files, sha256] of malformed) {
  onServer(`nothing is allowed where all there is at the start is ${what}`, async (place) => {
    const first = await startGateway(place.env);
    await first.close();
    await place.write(2, files, sha256);
    const gateway = await startGateway(place.env);
    const before = upstream.seen.length;
    try {
      assert.deepEqual(await ask(gateway), [503, "policy_unavailable"]);
      const [status, reasons] = await readiness(gateway);
      assert.deepEqual([status, /no policy is loaded/.test(reasons)], [503, true]);
      assert.doesNotMatch(reasons, /before is in force/);
      assert.equal(upstream.seen.length, before, "no provider was called");
    } finally {
      await gateway.close();
    }
  });
}

onServer("a database killed while it reloads takes nothing away and lets nothing in", async (place) => {
  const gateway = await startGateway(place.env);
  try {
    assert.deepEqual(await ask(gateway), [200, "1"]);
    const before = upstream.seen.length;
    await place.write(2, bundleOf(rows("second")));
    await server?.kill();
    const planned = async () =>
      (
        await gateway.graphql<{ routePlan: { policyVersion: number } }>(
          '{ routePlan(input: { model: "ollama/test", messages: [{ user: { text: "Hello" } }] }) { ... on RoutePlan { policyVersion } } }',
        )
      ).data.routePlan.policyVersion;
    assert.ok([1, 2].includes(await planned()), "a version as a whole");
    const [status] = await ask(gateway);
    assert.equal(status, 503, "no record, no answer");
    assert.equal((await readiness(gateway))[0], 503);
    assert.ok([1, 2].includes(await planned()));
    await server?.restart();
    await eventually(async () => (await ask(gateway))[0] === 200, 10_000);
    await eventually(async () => (await planned()) === 2, 10_000);
    await eventually(async () => (await readiness(gateway))[0] === 200, 10_000);
    assert.ok(upstream.seen.length > before);
  } finally {
    await gateway.close();
  }
});
