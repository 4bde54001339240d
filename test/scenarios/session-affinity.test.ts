// A session stays at the deployment that served it, so that the provider's prompt cache is of use:
// while that is healthy and permitted, and on every replica.

import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { eventually } from "../kit/eventually.ts";
import { startGateway } from "../kit/gateway.ts";
import { closeSharedPostgres, sharedPostgres } from "../kit/postgres.ts";
import { policyFolder } from "../kit/policy-bundle.ts";
import { startRouted } from "../kit/routed.ts";
import { answerError } from "../kit/upstream.ts";

const routes = `
routes:
  chain: {description: In order, pick: in-order, models: [litellm/a, portkey/a]}
  loose: {description: In order, pick: in-order, affinity: false, models: [litellm/b, portkey/b]}
`;
const routed = await startRouted(routes);
const { a, b, ask, gateway } = routed;
beforeEach(() => routed.calm());
after(async () => {
  await routed.close();
  await closeSharedPostgres();
});

/** Down for this one call: it asks to be tried again at once, so it does not rest. */
const blink = answerError(503, {}, { "retry-after": "0" });

async function movedTo(model: string, session: string): Promise<string | undefined> {
  a.behave(blink);
  const said = await ask(model, { headers: { "x-session-id": session } });
  routed.calm();
  return said.deployment;
}

test("a session stays where it was moved to, while others begin at the front again", async () => {
  assert.equal(await movedTo("chain", "s1"), "portkey/a");
  assert.equal((await ask("chain")).deployment, "litellm/a");
  assert.equal((await ask("chain", { headers: { "x-session-id": "s1" } })).deployment, "portkey/a");
  assert.equal((await ask("chain", { headers: { "x-session-id": "s2" } })).deployment, "litellm/a");
});

test("where its deployment fails it moves, and stays there", async () => {
  await movedTo("chain", "s3");
  b.behave(blink);
  assert.equal((await ask("chain", { headers: { "x-session-id": "s3" } })).deployment, "litellm/a");
  routed.calm();
  assert.equal((await ask("chain", { headers: { "x-session-id": "s3" } })).deployment, "litellm/a");
});

test("a route may say that it does not", async () => {
  await movedTo("loose", "s4");
  assert.equal((await ask("loose", { headers: { "x-session-id": "s4" } })).deployment, "litellm/b");
});

test("a plan shows it first", async () => {
  await movedTo("chain", "s5");
  const query = `{ routePlan(input: { model: "chain", sensitivity: "public", sessionId: "s5", messages: [{ user: { text: "Hi" } }] }) {
    ... on RoutePlan { candidates { rank deployment { id } } } } }`;
  const { data } = await gateway.graphql<{ routePlan: { candidates: { deployment: { id: string } }[] } }>(
    query,
  );
  assert.equal(data.routePlan.candidates[0]?.deployment.id, "portkey/a");
});

test("another replica keeps it there too", async (context) => {
  const server = await sharedPostgres();
  if (!server) return context.skip("no PostgreSQL server binaries on this machine");
  const env = {
    DATABASE_URL: await server.freshDatabase(),
    PORTCULLIS_SECRET: "one secret of all replicas, long enough",
    LITELLM_BASE_URL: a.baseUrl,
    PORTKEY_BASE_URL: b.baseUrl,
    PORTCULLIS_POLICIES: await policyFolder(
      "p, open, allow, anyone, complete, up to public, anywhere, always, Public data may go anywhere",
      { pair: ["litellm/p", "portkey/p"] },
    ),
  };
  const first = await startGateway(env);
  const second = await startGateway(env);
  try {
    const at = async (replica: typeof first): Promise<string | null> => {
      const body = { model: "pair", messages: [{ role: "user", content: "Hello" }] };
      const headers = { "x-data-sensitivity": "public", "x-session-id": "s6" };
      const answer = await replica.post("/v1/chat/completions", body, headers);
      await answer.text();
      return answer.headers.get("x-portcullis-deployment");
    };
    a.behave(blink);
    assert.equal(await at(first), "portkey/p");
    routed.calm();
    await eventually(async () => (await at(second)) === "portkey/p");
    assert.equal(await at(second), "portkey/p");
    a.behave(answerError(429, {}));
    for (let call = 0; call < 3; call++) {
      const body = { model: "litellm/p", messages: [{ role: "user", content: "Hello" }] };
      await (await first.post("/v1/chat/completions", body, { "x-data-sensitivity": "public" })).text();
    }
    assert.equal(first.app.doorParts.enquiries.health("litellm/p").state, "open");
    await eventually(() => second.app.doorParts.enquiries.health("litellm/p").state === "open");
  } finally {
    await Promise.all([first.close(), second.close()]);
  }
});
