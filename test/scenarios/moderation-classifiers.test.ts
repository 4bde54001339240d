// Moderation by semantic classifiers: those that the policy permits for the data, chosen by name where one is
// named; one that fails fails the request, and one that may not see the data sees no byte of it.

import assert from "node:assert/strict";
import { request } from "node:http";
import { after, test } from "node:test";
import { eventually } from "../kit/eventually.ts";
import { judge, startFakeGuard } from "../kit/fake-guard.ts";
import { startGateway } from "../kit/gateway.ts";
import { answerError, stall } from "../kit/upstream.ts";

const guard = await startFakeGuard();
const remote = await startFakeGuard();
const hosted = "vllm/llama-guard-3-8b";
const relayed = "litellm/omni-moderation-latest";
const gateway = await startGateway({
  VLLM_BASE_URL: guard.baseUrl,
  LITELLM_BASE_URL: remote.baseUrl,
  PORTCULLIS_CLASSIFIERS: `${hosted},${relayed}`,
});
after(async () => {
  await gateway.close();
  await Promise.all([guard.close(), remote.close()]);
});

interface Answer {
  readonly model: string;
  readonly results: readonly {
    readonly flagged: boolean;
    readonly categories: Readonly<Record<string, boolean>>;
    readonly category_applied_input_types: Readonly<Record<string, readonly string[]>>;
  }[];
  readonly error?: { readonly code: string; readonly message: string };
}

async function ask(body: unknown, tag = "public"): Promise<{ answer: Answer; response: Response }> {
  const response = await gateway.post("/v1/moderations", body, { "x-data-sensitivity": tag });
  return { answer: (await response.json()) as Answer, response };
}

test("all that may judge do, and what they find has OpenAI's names as well", async () => {
  const { answer, response } = await ask({ input: ["Hello", "this is forbidden"] });
  assert.equal(answer.model, `deterministic+${hosted}+${relayed}`);
  const [clean, unsafe] = answer.results;
  assert.deepEqual([clean?.flagged, unsafe?.flagged], [false, true]);
  const found = Object.keys(unsafe?.categories ?? {}).filter((name) => unsafe?.categories[name]);
  assert.deepEqual(found.toSorted(), ["S1", "illicit/violent", "violence"]);
  assert.deepEqual(clean?.category_applied_input_types["hate"], ["text"]);
  const id = response.headers.get("x-portcullis-request-id") ?? "";
  const { authenticate, enquiries } = gateway.app.doorParts;
  const admin = await authenticate(`Bearer ${gateway.adminKey}`);
  const own = await enquiries.receipt(id, admin);
  const hits = own?.safety.verdicts?.filter(({ outcome }) => outcome === "hit");
  assert.deepEqual(
    hits?.map(({ classifier, channel, categories, action, checkedTo }) => [
      classifier,
      channel,
      categories.join(),
      action,
      checkedTo,
    ]),
    [
      [hosted, "text 1", "S1", "block", 17],
      [relayed, "text 1", "S1", "block", 17],
    ],
  );
  const inner = await enquiries.receipt(`${id}.safety-1`, admin);
  assert.equal(inner?.deploymentId, hosted, "what it asked is recorded beside it");
});

test("a disguised text is judged as its reader would understand it", async () => {
  const { answer } = await ask({ input: "this is for\u200bbid\u200bden", model: hosted });
  assert.equal(answer.results[0]?.categories["S1"], true);
});

test("one that the policy does not permit for the data sees none of it, and is told as not run", async () => {
  const before = remote.checks.length;
  const { answer, response } = await ask({ input: "this is forbidden" }, "confidential");
  assert.equal(answer.results[0]?.flagged, true);
  assert.equal(answer.model, `deterministic+${hosted}`);
  assert.equal(response.headers.get("x-portcullis-classifiers-not-run"), relayed);
  assert.equal(remote.checks.length, before);
  const denied = await ask({ input: "Hello", model: relayed }, "confidential");
  assert.deepEqual([denied.response.status, denied.answer.error?.code], [403, "policy_denied"]);
  assert.equal(remote.checks.length, before);
});

test("a model that is named judges alone beside the built-in one", async () => {
  const before = [guard.checks.length, remote.checks.length];
  const named = await ask({ input: "this is forbidden", model: hosted });
  assert.equal(named.answer.model, `deterministic+${hosted}`);
  assert.deepEqual(named.answer.results[0]?.category_applied_input_types["S1"], ["text"]);
  const own = await ask({ input: "this is forbidden", model: "deterministic" });
  assert.deepEqual([own.answer.model, own.answer.results[0]?.flagged], ["deterministic", false]);
  assert.deepEqual(own.answer.results[0]?.category_applied_input_types["violence"], [], "nobody looked");
  assert.deepEqual([guard.checks.length - (before[0] ?? 0), remote.checks.length - (before[1] ?? 0)], [1, 0]);
  const other = await ask({ input: "Hello", model: "demo/echo" });
  assert.deepEqual([other.response.status, other.answer.error?.code], [400, "invalid_request"]);
});

test("a text of many pages is judged whole", async () => {
  const { answer } = await ask({
    input: `${"All is well here. ".repeat(500)} this is forbidden`,
    model: hosted,
  });
  assert.equal(answer.results[0]?.categories["S1"], true);
});

test("a classifier that fails is no pass, and one that hangs is left with its caller", async () => {
  guard.behave(answerError(500, {}));
  const { answer, response } = await ask({ input: "Hello", model: hosted });
  assert.deepEqual([response.status, answer.error?.code], [503, "safety_unavailable"]);
  guard.behave(stall);
  const before = guard.checks.length;
  const leaving = request(`${gateway.url}/v1/moderations`, {
    method: "POST",
    headers: { authorization: `Bearer ${gateway.adminKey}`, "content-type": "application/json" },
  });
  leaving.on("error", () => undefined);
  leaving.end(JSON.stringify({ input: "Hello", model: hosted, metadata: { sensitivity: "public" } }));
  await eventually(() => guard.checks.length > before);
  leaving.destroy();
  await eventually(() => gateway.logLines.some((line) => line.includes('"outcome":"cancelled"')));
  guard.behave(judge());
});
