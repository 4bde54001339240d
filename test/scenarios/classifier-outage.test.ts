// The only classifier goes down while the gateway serves: nothing is released unjudged, neither while it fails nor
// once it is left in peace, nothing more is paid for, and answers come again by themselves when it is back.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { doors } from "../kit/both-doors.ts";
import { eventually } from "../kit/eventually.ts";
import { judge, startFakeGuard } from "../kit/fake-guard.ts";
import { startGateway } from "../kit/gateway.ts";
import { policyFolder } from "../kit/policy-bundle.ts";
import { withRows } from "../kit/shipped-policy.ts";
import { answerError, answerOpenai, startUpstream } from "../kit/upstream.ts";

const model = await startUpstream(answerOpenai("Nothing to see."));
const guard = await startFakeGuard();
const rows = withRows("p2, everyday-open, fail-open, anyone, up to public, anything, Everybody may see it")[
  "policy.csv"
];
const gateway = await startGateway({
  OLLAMA_BASE_URL: model.baseUrl,
  ...guard.env("vllm/llama-guard-3-8b"),
  PORTCULLIS_POLICIES: await policyFolder(rows ?? ""),
});
after(() => Promise.all([gateway.close(), model.close(), guard.close()]));

const ask = (tag = "internal", door = doors.REST) =>
  door(gateway, { model: "ollama/llama", text: "Anything new?", tag });

test("an outage of the only classifier opens nothing, costs nothing more, and ends by itself", async () => {
  assert.equal((await ask()).outcome, "ok");
  guard.honestCanaries = false;
  guard.behave(answerError(500, { error: { message: "out of memory" } }));
  for (let count = 0; count < 5; count += 1) assert.equal((await ask()).outcome, "SAFETY_UNAVAILABLE");

  const [asked, judged] = [model.seen.length, guard.checks.length];
  for (const door of Object.values(doors)) {
    assert.equal((await ask("internal", door)).outcome, "SAFETY_UNAVAILABLE");
  }
  const { status, headers } = await gateway.post("/v1/moderations", { input: "Anything new?" });
  assert.deepEqual([status, headers.get("x-should-retry")], [503, "true"]);
  assert.equal(model.seen.length, asked, "no provider is paid for what nobody could judge");
  assert.equal(guard.checks.length, judged, "only canaries are tried on it");

  const open = await ask("public");
  assert.equal(open.outcome, "ok", "a row lets public data pass unjudged");

  guard.honestCanaries = true;
  guard.behave(judge());
  await eventually(async () => (await ask()).outcome === "ok", 30_000);
});
