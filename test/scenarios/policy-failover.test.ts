// A chain falls back only to where the data may go, under the policy and the evidence of that moment.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { localOperator } from "../../src/intake/authenticate.ts";
import { doors } from "../kit/both-doors.ts";
import { startGateway, type RunningGateway } from "../kit/gateway.ts";
import { eventually } from "../kit/eventually.ts";
import { bundleOf, policyFolder, putInForce, versionInForce, writeVersion } from "../kit/policy-bundle.ts";
import { answerError, answerOpenai, startUpstream, streamOpenai } from "../kit/upstream.ts";

const rows = `
p, open,     allow, anyone, complete, up to public,         anywhere, always, Public data may go anywhere
p, clinical, allow, anyone, complete, up to restricted+phi, with baa, always, BAA register 12
p, baa-only, deny,  anyone, anything, any phi,              unless baa, always, HIPAA 164.504(e)`;
const routes = { chain: ["litellm/a", "portkey/b"], trio: ["litellm/a", "openrouter/c", "portkey/b"] };

const [first, second, third] = await Promise.all([startUpstream(), startUpstream(), startUpstream()]);
const folder = await policyFolder(rows, routes);
const patient = { model: "chain", text: "Summarise the notes.", tag: "restricted+phi" };
const down = answerError(503, { error: { message: "down for maintenance" } });

/** A BAA for litellm and openrouter, none for portkey; fresh for each test, since deployments rest after failures. */
async function clinic(
  run: (gateway: RunningGateway) => Promise<void>,
  baaMilliseconds?: number,
): Promise<void> {
  const gateway = await startGateway({
    PORTCULLIS_POLICIES: folder,
    LITELLM_BASE_URL: first.baseUrl,
    PORTKEY_BASE_URL: second.baseUrl,
    OPENROUTER_BASE_URL: third.baseUrl,
    OPENROUTER_API_KEY: "sk-test",
  });
  try {
    const until = baaMilliseconds === undefined ? undefined : new Date(Date.now() + baaMilliseconds);
    for (const subject of ["litellm", "openrouter"]) await attest(gateway, subject, until);
    for (const upstream of [first, second, third]) {
      upstream.seen.length = 0;
      upstream.behave(answerOpenai("Hello"));
    }
    await run(gateway);
  } finally {
    await gateway.close();
  }
}

async function attest(gateway: RunningGateway, subject: string, until?: Date): Promise<void> {
  await gateway.app.doorParts.administration.attest(
    { subject, guarantee: "baa", evidenceUrl: "https://example.com/baa.pdf", until, reason: "Contract 12" },
    localOperator(gateway.app.rolesOf),
  );
}

after(() => Promise.all([first.close(), second.close(), third.close()]));

const scenario = (
  title: string,
  run: (gateway: RunningGateway) => Promise<void>,
  baaMilliseconds?: number,
): void => void test(title, () => clinic(run, baaMilliseconds));

for (const [name, ask] of Object.entries(doors)) {
  scenario(`${name}: when the one with a BAA is down, the one without is never called`, async (gateway) => {
    first.behave(down);
    const answer = await ask(gateway, patient);
    assert.equal(answer.outcome, "UPSTREAM_FAILED");
    assert.deepEqual([first.seen.length, second.seen.length], [1, 0]);

    third.behave(answerOpenai("From the other one with a BAA"));
    const compliant = await ask(gateway, { ...patient, model: "trio" });
    assert.deepEqual([compliant.outcome, compliant.deployment], ["ok", "openrouter/c"]);
    assert.equal(second.seen.length, 0, "in no case");

    const told = await ask(gateway, { ...patient, model: "portkey/b" });
    assert.equal(told.outcome, "POLICY_DENIED");
    assert.match(told.raw, /needs a BAA/);
    assert.equal(second.seen.length, 0);
  });
}

scenario("public data does fall back to the one without a BAA", async (gateway) => {
  first.behave(down);
  const answer = await doors.REST(gateway, { ...patient, tag: "public" });
  assert.deepEqual([answer.outcome, answer.deployment, second.seen.length], ["ok", "portkey/b", 1]);
});

scenario(
  "evidence that expires while the first is tried keeps the second from being called",
  async (gateway) => {
    first.behave(async (request, response) => {
      await new Promise((resolve) => setTimeout(resolve, 1_600));
      await down(request, response);
    });
    const answer = await doors.REST(gateway, { ...patient, model: "trio" });
    assert.notEqual(answer.outcome, "ok");
    assert.deepEqual([first.seen.length, second.seen.length, third.seen.length], [1, 0, 0]);
  },
  1_500,
);

const closed = bundleOf(
  `${rows}\np, no-more, deny, anyone, anything, any phi, if provider:litellm or provider:openrouter, always, Incident 9`,
  routes,
);

scenario(
  "a version that denies during a stream lets it end, and holds for retries and next turns",
  async (gateway) => {
    const pieces = Array.from({ length: 20 }, (_, index) => `word ${index} `);
    first.behave(streamOpenai(pieces, { pauseMilliseconds: 50 }));
    const before = await versionInForce(gateway);
    const running = doors["REST stream"](gateway, patient);
    const subscribed = doors.subscription(gateway, patient);
    await eventually(() => first.seen.length === 2);
    const next = await putInForce(gateway, closed);
    assert.ok(next > before);
    const [streamed, pushed] = await Promise.all([running, subscribed]);
    for (const answer of [streamed, pushed]) {
      assert.equal(answer.outcome, "ok");
      assert.equal(answer.policyVersion, before, "it ends under its own version");
      assert.match(answer.raw, /19 /);
    }
    for (const ask of Object.values(doors))
      assert.equal((await ask(gateway, patient)).outcome, "POLICY_DENIED");
    assert.equal(first.seen.length, 2);
  },
);

scenario(
  "a version that denies while the first is tried keeps the second from being called",
  async (gateway) => {
    first.behave(async (request, response) => {
      await writeVersion(gateway, closed);
      await eventually(async () => (await versionInForce(gateway)) > 1);
      await down(request, response);
    });
    const answer = await doors.mutation(gateway, { ...patient, model: "trio" });
    assert.notEqual(answer.outcome, "ok");
    assert.deepEqual([first.seen.length, second.seen.length, third.seen.length], [1, 0, 0]);
  },
);
