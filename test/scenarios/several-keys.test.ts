// A provider with several keys: used in turn, left alone where refused, and the same attempt goes on with the next.

import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { startRouted } from "../kit/routed.ts";
import {
  answerError,
  answerOpenai,
  streamOpenai,
  type Behaviour,
  type SeenRequest,
} from "../kit/upstream.ts";

const secrets = ["sk-first", "sk-second", "sk-third", "sk-fourth", "sk-fifth"];
const routes = `
breaker: {rate-limits: 3, errors: 50%, at-least: 4, within: 1m, cooldown: 30s}
routes:
  pair: {description: Two, pick: in-order, models: [litellm/pair, portkey/pair]}
`;
const routed = await startRouted(routes, {
  LITELLM_API_KEY: secrets.slice(0, 3).join(","),
  PORTKEY_API_KEY: "sk-only",
  OPENROUTER_API_KEY: secrets.join(","),
});
const { a, b, c, ask, gateway } = routed;
beforeEach(() => routed.calm());
after(() => routed.close());

const keyOf = ({ headers }: SeenRequest): number =>
  secrets.indexOf(String(headers.authorization).replace("Bearer ", "")) + 1;
const used = (upstream = a): readonly number[] => upstream.seen.map(keyOf);
const often = (numbers: readonly number[]): readonly number[] =>
  secrets.map((_, index) => numbers.filter((number) => number === index + 1).length);

/** Keys of these numbers are refused; the others answer. */
const refusing =
  (answers: Readonly<Record<number, Behaviour>>, otherwise = "Alpha"): Behaviour =>
  (request, response) =>
    (answers[keyOf(request)] ?? answerOpenai(otherwise))(request, response);

interface KeyView {
  readonly provider: string;
  readonly number: number;
  readonly setAside: readonly { readonly cause: string; readonly deployment: string | null }[];
}

async function keyViews(): Promise<readonly KeyView[]> {
  const query = "{ providerKeys { provider number setAside { cause deployment } } }";
  return (await gateway.graphql<{ providerKeys: readonly KeyView[] }>(query)).data.providerKeys;
}

test("keys are used in turn", async () => {
  for (let call = 0; call < 6; call += 1) assert.equal((await ask("litellm/turns")).text, "Alpha");
  assert.deepEqual(often(used()), [2, 2, 2, 0, 0]);
});

test("calls at once take the least busy key", async () => {
  await Promise.all(Array.from({ length: 6 }, () => ask("litellm/at-once")));
  assert.deepEqual(often(used()), [2, 2, 2, 0, 0]);
});

test("a session keeps its key, and leaves it only while it is refused", async () => {
  const headers = { "x-session-id": "s-1" };
  for (let call = 0; call < 4; call += 1) await ask("litellm/session", { headers });
  const [kept = 0, ...more] = new Set(used());
  assert.deepEqual(more, []);
  a.behave(refusing({ [kept]: answerError(429, {}, { "retry-after": "60" }) }));
  for (let call = 0; call < 3; call += 1)
    assert.equal((await ask("litellm/session", { headers })).text, "Alpha");
  assert.equal(used().filter((key) => key === kept).length, 5, "it was asked once more, and then left alone");
  assert.equal(new Set(used()).size, 2);
  const sessions = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"];
  for (const name of sessions) await ask("litellm/spread", { headers: { "x-session-id": name } });
  assert.equal(new Set(used()).size, 3, "sessions spread over all keys");
});

for (const stream of [false, true]) {
  for (const status of [403, 429]) {
    test(`a ${status}${stream ? " for a stream" : ""} is answered by the next key, told, and not asked again`, async () => {
      const model = `litellm/${stream ? "stream" : "whole"}-${status}`;
      a.behave(refusing({ 1: answerError(status, {}), 2: answerError(status, {}) }));
      const tried: (string | undefined)[] = [];
      for (let call = 0; call < 4; call += 1) {
        const said = await ask(model, { stream });
        assert.equal(said.status, 200, said.raw);
        assert.match(said.raw, /Alpha/);
        tried.push(said.tried);
      }
      assert.deepEqual(often(used()), [1, 1, 4, 0, 0]);
      const code = status === 429 ? "RATE_LIMITED" : "UPSTREAM_FAILED";
      assert.match(tried.join(), new RegExp(`${model}=${code}${stream ? "" : `, .*${model}=ok`}`));
      const views = (await keyViews()).filter(({ provider, number }) => provider === "litellm" && number < 3);
      for (const { setAside } of views) assert.ok(setAside.some(({ deployment }) => deployment === model));
      const another = `${model}-another`;
      a.behave(answerOpenai("Alpha"));
      for (let call = 0; call < 3; call += 1) await ask(another);
      assert.deepEqual(often(used()), [2, 2, 5, 0, 0], "its other deployments are called with every key");
    });
  }
}

for (const [status, refused] of [
  [401, [1, 2]],
  [402, [3, 4]],
] as const) {
  test(`a ${status} leaves a key alone for every deployment, and is an alarm`, async () => {
    c.behave(
      refusing(Object.fromEntries(refused.map((number) => [number, answerError(status, {})])), "Charlie"),
    );
    const model = `openrouter/wide-${status}`;
    for (let call = 0; call < 5; call += 1) assert.equal((await ask(model)).text, "Charlie");
    for (let call = 0; call < 5; call += 1) assert.equal((await ask(`${model}-another`)).text, "Charlie");
    for (const number of refused) assert.equal(often(used(c))[number - 1], 1);
    const alarms = gateway.logLines.filter(
      (line) => line.includes("refuses one of its keys") && line.includes(`"status":${status}`),
    );
    assert.equal(alarms.length, 2);
  });
}

test("what is refused once a word is out stays a failure", async () => {
  a.behave(streamOpenai(["Half "], { ending: "cut" }));
  const said = await ask("litellm/cut", { stream: true });
  assert.match(said.raw, /"error"/);
  assert.equal(a.seen.length, 1);
});

test("where every key is refused the next candidate answers, and nobody asks the keys again", async () => {
  a.behave(answerError(429, {}, { "retry-after": "60" }));
  for (let call = 0; call < 2; call += 1) assert.equal((await ask("pair")).deployment, "portkey/pair");
  const before = a.seen.length;
  assert.ok(before <= 3);
  assert.equal((await ask("pair")).deployment, "portkey/pair");
  assert.equal(a.seen.length, before);
  assert.equal(b.seen.length, 3);
  const alone = await ask("litellm/pair");
  assert.equal(alone.status, 429);
  assert.ok(Number(alone.retryAfter) > 1 && Number(alone.retryAfter) <= 60, alone.retryAfter);
});

test("the breaker counts one failure, however many keys were refused for it", async () => {
  a.behave(answerError(429, {}));
  assert.equal((await ask("litellm/once")).status, 429);
  const { data } = await gateway.graphql<{ troubledDeployments: { id: string }[] }>(
    "{ troubledDeployments { id } }",
  );
  assert.ok(!data.troubledDeployments.some(({ id }) => id === "litellm/once"));
});

test("numbers alone are shown of keys: in metrics, in GraphQL, in the log", async () => {
  const metrics = await fetch(`${gateway.url}/metrics`, {
    headers: { authorization: `Bearer ${gateway.adminKey}` },
  });
  const text = await metrics.text();
  assert.match(text, /portcullis_key_set_aside\{provider="litellm",key="1"\} 1/);
  assert.match(text, /portcullis_keys_set_aside_total\{provider="openrouter",key="2",status="401"\} 1/);
  const views = await keyViews();
  const numbersOf = (id: string): readonly number[] =>
    views.filter(({ provider }) => provider === id).map(({ number }) => number);
  assert.deepEqual(
    [numbersOf("litellm"), numbersOf("portkey"), numbersOf("openrouter")],
    [[1, 2, 3], [], [1, 2, 3, 4, 5]],
  );
  assert.ok(
    gateway.logLines.some((line) => line.includes('"number":1') && line.includes('"cause":"refused"')),
  );
  const shown = text + JSON.stringify(views) + gateway.logLines.join("");
  for (const secret of secrets) assert.ok(!shown.includes(secret));
});

test("with one key nothing is set aside, and the failure is told as it was", async () => {
  b.behave(answerError(401, {}));
  const said = await ask("portkey/single");
  assert.equal(said.status, 502);
  assert.match(said.raw, /refused the gateway's credentials/);
  b.behave(answerOpenai("Bravo"));
  assert.equal((await ask("portkey/single")).text, "Bravo");
  assert.equal(b.seen[0]?.headers.authorization, "Bearer sk-only");
});
