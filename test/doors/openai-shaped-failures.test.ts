// What goes wrong is told to every client of OpenAI's shape in its own error class, is tried again only where
// the gateway says so, never looks finished, and leaves nothing running at the provider.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ChatClient, Way } from "../kit/chat-client.ts";
import { chatClients, learnt } from "../kit/chat-clients.ts";
import { eventually } from "../kit/eventually.ts";
import { startGateway } from "../kit/gateway.ts";
import { startMoodyUpstream } from "../kit/moody-upstream.ts";

const upstream = await startMoodyUpstream();
const gateway = await startGateway({
  VLLM_BASE_URL: upstream.baseUrl,
  OPENAI_BASE_URL: upstream.baseUrl,
  OPENAI_API_KEY: "sk-upstream",
});
after(async () => {
  await gateway.close();
  await upstream.close();
});

const keys = { admin: gateway.adminKey, stranger: "pc_wrong", unpermitted: "", poor: "" };
before(async () => {
  keys.unpermitted = await gateway.makeKey({ roles: ["visitor"] });
  keys.poor = await gateway.makeKey({ team: "poor", roles: ["admin"] });
  const { errors } = await gateway.graphql(
    `mutation { setBudget(input: { scope: "team:poor", limitUsd: "0.00000001", period: DAY }) { __typename } }`,
  );
  assert.equal(errors, undefined);
});

const refusals: Readonly<Record<string, readonly [keyof typeof keys, string, number, string]>> = {
  "an unknown key": ["stranger", "vllm/plain", 401, "invalid_api_key"],
  "what the policy denies": ["unpermitted", "vllm/plain", 403, "policy_denied"],
  "an unknown model": ["admin", "nothing", 404, "model_not_found"],
  "what the provider refuses": ["admin", "vllm/wrong", 400, "invalid_request"],
};

for (const [what, [key, model, status, code]] of Object.entries(refusals)) {
  for (const way of ["whole", "streamed"] satisfies Way[]) {
    test(`${what} is told by its status and code, ${way}`, () =>
      eachClient(async (open, name) => {
        await assert.rejects(open(keys[key]).ask({ model, text: "Hello" }, way), (error) => {
          assert.deepEqual(learnt(error), { status, code }, `${name}: ${String(error)}`);
          return true;
        });
      }));
  }
}

/** It asks again by the status alone, as its documentation says. */
const knowsNoHeader = new Set(["vercel ai"]);

test("a budget that is spent is told as such, and is not asked again whatever its status", async () => {
  const refused = (): number => gateway.logLines.filter((line) => line.includes("BUDGET_EXCEEDED")).length;
  const expected = { status: 429, code: "insufficient_quota" };
  const clients = Object.keys(chatClients).filter((name) => !knowsNoHeader.has(name));
  await eachClient(async (open, name) => {
    if (!clients.includes(name)) return;
    await assert.rejects(
      open(keys.poor).ask({ model: "openai/gpt-4.1-mini", text: "Hello" }, "whole"),
      (error) => {
        assert.deepEqual(learnt(error), expected, `${name}: ${String(error)}`);
        return true;
      },
    );
  });
  await eventually(() => refused() >= clients.length, 10_000);
  assert.equal(refused(), clients.length);
});

test("a provider that is busy for a moment is asked again by every client, and answers", () =>
  eachClient(async (open, name) => {
    const model = nameFor("busy");
    const { text } = await open(keys.admin).ask({ model: `vllm/${model}`, text: "Hello" }, "whole");
    assert.match(text, /from upstream/, name);
    assert.equal(upstream.askedOf(model).length, 2, name);
  }));

test("a stream that breaks off midway throws, after what was said before", { timeout: 60_000 }, () =>
  eachClient(async (open, name) => {
    const model = nameFor("breaking");
    let heard = "";
    const hear = (piece: string): void => {
      heard += piece;
      upstream.breakOff(model);
    };
    await assert.rejects(
      open(keys.admin).ask({ model: `vllm/${model}`, text: "Hello", hear }, "streamed"),
      (error) => {
        assert.match(String(error), /broke off|could not be reached/, name);
        return true;
      },
    );
    assert.match(heard, /^Some words/, name);
    assert.equal(upstream.askedOf(model).length, 1, name);
  }),
);

test("who stops listening frees the provider", { timeout: 60_000 }, () =>
  eachClient(async (open, name) => {
    const model = nameFor("stalling");
    const leaving = new AbortController();
    const question = { text: "Hello", signal: leaving.signal, hear: () => leaving.abort() };
    // Some throw, some just end.
    await open(keys.admin)
      .ask({ ...question, model: `vllm/${model}` }, "streamed")
      .catch(() => undefined);
    assert.ok(leaving.signal.aborted, name);
    await upstream.askedOf(model)[0]?.closedEarly;
  }),
);

let named = 0;
const nameFor = (behaviour: string): string => `${behaviour}-${(named += 1)}`;

/** All at once: most of the time is their own waiting. */
async function eachClient(
  check: (client: (key: string) => ChatClient, name: string) => Promise<void>,
): Promise<void> {
  await Promise.all(
    Object.entries(chatClients).map(([name, open]) => check((key) => open(`${gateway.url}/v1`, key), name)),
  );
}
