// Routes know users: in conditions, in tiers, and in the arms of experiments, whoever's key or token it is.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startRouted } from "../kit/routed.ts";

const routes = `
tiers:
  gold: [user:jo]
routes:
  mine: {description: By user, pick: by-condition, cases: [{when: "user:al", use: b}, {when: tier:gold, use: c}], otherwise: a}
  a: {description: A, pick: in-order, models: [litellm/x]}
  b: {description: B, pick: in-order, models: [portkey/x]}
  c: {description: C, pick: in-order, models: [openrouter/x]}
  trial: {description: Arms, pick: experiment, sticky: user, arms: {old: {models: [litellm/x], share: 50%}, new: {models: [portkey/x], share: 50%}}}
`;
const routed = await startRouted(routes);
after(() => routed.close());
routed.calm();
const router = await routed.gateway.makeKey({ team: "routers", scopes: ["complete", "delegate"] });

async function servedFor(model: string, user: string | undefined, session?: string): Promise<string> {
  const headers = {
    authorization: `Bearer ${router}`,
    ...(user === undefined ? {} : { "x-end-user-id": user }),
    ...(session === undefined ? {} : { "x-session-id": session }),
  };
  const said = await routed.ask(model, { headers });
  return said.deployment ?? said.raw;
}

test("a condition and a tier name users", async () => {
  assert.deepEqual(
    [await servedFor("mine", "al"), await servedFor("mine", "jo"), await servedFor("mine", "si")],
    ["portkey/x", "openrouter/x", "litellm/x"],
  );
  assert.equal(await servedFor("mine", undefined), "litellm/x");
});

test("a user keeps an arm over sessions, and users of one key are drawn each for themselves", async () => {
  const users = Array.from({ length: 24 }, (_, index) => `u${index}`);
  const arms: string[] = [];
  for (const user of users) arms.push(await servedFor("trial", user));
  assert.deepEqual([...new Set(arms)].sort(), ["litellm/x", "portkey/x"]);
  for (const user of users.slice(0, 4))
    assert.equal(await servedFor("trial", user, `session of ${user}`), arms[users.indexOf(user)]);
});
