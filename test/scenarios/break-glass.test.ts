// The glass breaks for two people only, for those it was broken for, for as long as they said, and on record.

import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import sql from "postgres";
import { eventually } from "../kit/eventually.ts";
import { startGateway, type RunningGateway } from "../kit/gateway.ts";
import { policyFolder } from "../kit/policy-bundle.ts";
import { closeSharedPostgres, sharedPostgres } from "../kit/postgres.ts";
import { runCli } from "../kit/process.ts";
import { startUpstream } from "../kit/upstream.ts";

const postgres = await sharedPostgres();
const upstream = await startUpstream();
const folder = await policyFolder(`
p, staff,      allow, role:employee, complete, up to restricted+pii+phi+eu, anywhere,         always,             Use standard
p, phi-stays,  deny,  anyone,        anything, any phi,                     unless baa,       unless break-glass, Privacy standard
p, eu-stays,   deny,  anyone,        anything, any eu,                      unless region:eu, always,             GDPR Art. 44
`);
after(async () => {
  await upstream.close();
  await closeSharedPostgres();
  await rm(folder, { recursive: true, force: true });
});

const env = {
  OLLAMA_BASE_URL: upstream.baseUrl,
  PORTCULLIS_POLICIES: folder,
  PORTCULLIS_SECRET: "s".repeat(40),
};

interface Answered {
  readonly status: number;
  readonly requestId: string;
}

async function ask(
  gateway: RunningGateway,
  key: string,
  tag = "restricted+phi",
  headers: Record<string, string> = {},
): Promise<Answered> {
  const answer = await gateway.post(
    "/v1/chat/completions",
    { model: "ollama/test", messages: [{ role: "user", content: "Hello" }] },
    { authorization: `Bearer ${key}`, "x-data-sensitivity": tag, ...headers },
  );
  await answer.arrayBuffer();
  return { status: answer.status, requestId: answer.headers.get("x-portcullis-request-id") ?? "" };
}

interface Step {
  readonly __typename: string;
  readonly id: string;
  readonly status: string;
  readonly code?: string;
}

async function step(
  gateway: RunningGateway,
  mutation: string,
  key: string,
  variables: Record<string, unknown> = {},
): Promise<Step | string> {
  const names = Object.keys(variables);
  const types = names.map((name) => `$${name}: ${name === "id" ? "ID" : "BreakGlassInput"}!`).join(", ");
  const given = names.map((name) => `${name}: $${name}`).join(", ");
  const { data, errors } = await gateway.graphql<{ done: Step } | null>(
    `mutation (${types}) { done: ${mutation}(${given}) { __typename ... on BreakGlass { id status } ... on Failure { code } } }`,
    variables,
    key,
  );
  return data?.done ?? JSON.stringify(errors);
}

const admin = { roles: ["employee"], scopes: ["complete", "policy", "receipts"] as const, team: "operators" };
const input = (who: string) => ({ who, reason: "the BAA provider is out", ticket: "INC-7", minutes: 5 });

test("two people open what gives way, for whom they said, and every use is recorded", async () => {
  const gateway = await startGateway(env);
  try {
    const clinic = await gateway.makeKey({ team: "clinic" });
    const other = await gateway.makeKey({ team: "other" });
    const [first, second] = [await gateway.makeKey(admin), await gateway.makeKey(admin)];
    assert.equal((await ask(gateway, clinic)).status, 403);

    const made = await step(gateway, "requestBreakGlass", first, { input: input("team:clinic") });
    assert.ok(typeof made === "object" && made.status === "AWAITING_APPROVAL", JSON.stringify(made));
    const { id } = made;
    const own = await step(gateway, "approveBreakGlass", first, { id });
    assert.match(JSON.stringify(own), /FORBIDDEN/);
    const plain = await step(gateway, "approveBreakGlass", clinic, { id });
    assert.match(JSON.stringify(plain), /FORBIDDEN/);
    assert.equal((await ask(gateway, clinic)).status, 403, "nothing is open before the approval");
    const approved = await step(gateway, "approveBreakGlass", second, { id });
    assert.ok(typeof approved === "object" && approved.status === "IN_FORCE", JSON.stringify(approved));

    const opened = await ask(gateway, clinic);
    assert.equal(opened.status, 200);
    assert.equal((await ask(gateway, other)).status, 403, "another team");
    assert.equal((await ask(gateway, clinic, "restricted+phi+eu")).status, 403, "a row without break-glass");
    const everyday = await ask(gateway, clinic, "public");

    const uses = `query ($id: ID!) { receipt(id: $id) { breakGlass } }`;
    const used = await gateway.graphql(uses, { id: opened.requestId }, clinic);
    assert.deepEqual(used.data, { receipt: { breakGlass: id } });
    const unused = await gateway.graphql(uses, { id: everyday.requestId }, clinic);
    assert.deepEqual(unused.data, { receipt: { breakGlass: null } }, "the rows alone permitted it");

    const ended = await step(gateway, "endBreakGlass", first, { id });
    assert.ok(typeof ended === "object" && ended.status === "ENDED");
    assert.equal((await ask(gateway, clinic)).status, 403);
  } finally {
    await gateway.close();
  }
});

test("one user's glass is broken for that user alone, whoever asks for the others", async () => {
  const gateway = await startGateway(env);
  try {
    const router = await gateway.makeKey({ team: "routers", scopes: ["complete", "delegate"] });
    const as = async (user: string) =>
      (await ask(gateway, router, undefined, { "x-end-user-id": user })).status;
    const [first, second] = [await gateway.makeKey(admin), await gateway.makeKey(admin)];
    const made = await step(gateway, "requestBreakGlass", first, { input: input("user:jo@clinic") });
    assert.ok(typeof made === "object" && made.status === "AWAITING_APPROVAL", JSON.stringify(made));
    assert.equal(await as("jo@clinic"), 403);
    await step(gateway, "approveBreakGlass", second, { id: made.id });
    assert.deepEqual([await as("jo@clinic"), await as("al@clinic")], [200, 403]);
    assert.equal((await ask(gateway, router)).status, 403, "the router itself");
  } finally {
    await gateway.close();
  }
});

test("no header, no wrong form and no local operator alone breaks it", async () => {
  const gateway = await startGateway(env);
  try {
    const clinic = await gateway.makeKey({ team: "clinic" });
    const first = await gateway.makeKey(admin);
    for (const name of ["x-break-glass", "x-portcullis-break-glass", "break-glass"]) {
      assert.equal((await ask(gateway, clinic, undefined, { [name]: "bg_1" })).status, 403, name);
    }
    for (const wrong of [
      { who: "team:nobody" },
      { who: "everyone" },
      { who: "user:" },
      { who: "user:jo clinic" },
      { minutes: 0 },
      { minutes: 61 },
      { reason: " " },
      { ticket: "" },
    ]) {
      const refused = await step(gateway, "requestBreakGlass", first, {
        input: { ...input("team:clinic"), ...wrong },
      });
      assert.equal(typeof refused === "object" && refused.code, "INVALID_REQUEST", JSON.stringify(wrong));
    }
    const { administration } = gateway.app.doorParts;
    const operator = { key: "key:operator" } as Parameters<typeof administration.approveBreakGlass>[1];
    const { id } = await administration.requestBreakGlass(
      { subject: "team:clinic", reason: "r", ticket: "t", minutes: 1 },
      operator,
    );
    await assert.rejects(administration.approveBreakGlass(id, operator), { code: "FORBIDDEN" });
  } finally {
    await gateway.close();
  }
});

test("it is over at its minute with a warm cache, and ends on every replica", async (context) => {
  if (!postgres) return context.skip("no PostgreSQL server binaries on this machine");
  const databaseUrl = await postgres.freshDatabase();
  const shared = { ...env, DATABASE_URL: databaseUrl };
  const [one, other] = await Promise.all([startGateway(shared), startGateway(shared)]);
  const database = sql(databaseUrl, { max: 1, onnotice: () => {} });
  /** As if it had been approved so long ago that it ends soon. */
  const grant = (id: string, secondsLeft: number) => database`
    insert into "break_glass" ("id", "subject", "reason", "ticket", "minutes", "requested_by", "requested_at",
      "approved_by", "approved_at", "expires_at")
    select ${id}, 'team:clinic', 'r', 't', 1, 'key:one', "at", 'key:two', "at", "at" + interval '1 minute'
    from (select now() - interval '1 minute' + make_interval(secs => ${secondsLeft}) as "at") as "moment"`;
  try {
    const clinic = await one.makeKey({ team: "clinic" });
    await eventually(async () => (await ask(other, clinic)).status === 403);
    await grant("bg_short", 5);
    const opened = async () =>
      (await ask(other, clinic)).status === 200 && (await ask(one, clinic)).status === 200;
    await eventually(opened, 4_000);
    await sleep(5_000);
    assert.deepEqual([(await ask(one, clinic)).status, (await ask(other, clinic)).status], [403, 403]);

    await grant("bg_ended", 50);
    await eventually(opened);
    await database`update "break_glass" set "ended_by" = 'key:one', "ended_at" = now() where "id" = 'bg_ended'`;
    const closed = async () =>
      (await ask(other, clinic)).status === 403 && (await ask(one, clinic)).status === 403;
    await eventually(closed);
  } finally {
    await database.end();
    await Promise.all([one.close(), other.close()]);
  }
});

test("the command line asks with one key and approves with another", async () => {
  const gateway = await startGateway(env);
  try {
    await gateway.makeKey({ team: "clinic" });
    const [first, second] = [await gateway.makeKey(admin), await gateway.makeKey(admin)];
    const cli = (key: string, ...words: string[]) =>
      runCli({ PORTCULLIS_URL: gateway.url, PORTCULLIS_KEY: key }, "break-glass", ...words);
    const words = ["--who", "team:clinic", "--reason", "outage", "--ticket", "INC-7", "--minutes"];
    const made = await cli(first, "request", ...words, "10", "--json");
    assert.equal(made.code, 0, made.output);
    const { id } = JSON.parse(made.output) as { id: string };
    assert.match((await cli(first, "approve", id)).output, /another person must/);
    assert.match((await cli(second, "approve", id)).output, /is in force for team:clinic until/);
    assert.match((await cli(first, "list")).output, new RegExp(`${id} +team:clinic +in force`));
    assert.match((await cli(first, "end", id)).output, /is ended/);
  } finally {
    await gateway.close();
  }
});
