// A guarantee counts to the second on which its evidence expires, however warm the cache is.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { localOperator } from "../../src/intake/authenticate.ts";
import { doors } from "../kit/both-doors.ts";
import { startGateway } from "../kit/gateway.ts";
import { policyFolder } from "../kit/policy-bundle.ts";
import { startUpstream } from "../kit/upstream.ts";

const upstream = await startUpstream();
const gateway = await startGateway({
  PORTCULLIS_POLICIES: await policyFolder(
    "p, clinical, allow, anyone, complete, up to restricted+phi, with baa, always, BAA register 12",
  ),
  LITELLM_BASE_URL: upstream.baseUrl,
});
after(async () => {
  await gateway.close();
  await upstream.close();
});

test("what is allowed until a moment is refused after it, at every door, and nothing is sent", async () => {
  const until = new Date(Date.now() + 2_500);
  await gateway.app.doorParts.administration.attest(
    {
      subject: "litellm",
      guarantee: "baa",
      evidenceUrl: "https://example.com/baa.pdf",
      until,
      reason: "Contract 12",
    },
    localOperator(gateway.app.rolesOf),
  );
  const question = { model: "litellm/any", text: "Summarise the notes.", tag: "restricted+phi" };
  let before = 0;
  while (Date.now() < until.getTime() - 300) {
    for (const ask of Object.values(doors)) {
      if (Date.now() >= until.getTime() - 100) break;
      assert.equal((await ask(gateway, question)).outcome, "ok");
      before += 1;
    }
  }
  assert.ok(before >= 4, "the cache is warm");
  await new Promise((resolve) => setTimeout(resolve, until.getTime() - Date.now() + 1));
  const reached = upstream.seen.length;
  for (let round = 0; round < 3; round++) {
    for (const [name, ask] of Object.entries(doors)) {
      assert.equal((await ask(gateway, question)).outcome, "POLICY_DENIED", name);
    }
  }
  assert.equal(upstream.seen.length, reached);
});
