// Where answers and the classifier that judges them share a provider with one slot, nobody waits for himself.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { judge, startFakeGuard } from "../kit/fake-guard.ts";
import { startGateway } from "../kit/gateway.ts";
import { policyFolder } from "../kit/policy-bundle.ts";
import { streamOpenai } from "../kit/upstream.ts";

const words = Array.from({ length: 60 }, (_, index) => `Sentence ${index} of many. `);
const guard = await startFakeGuard(async (request, response) =>
  String(request.body["model"]).includes("guard")
    ? await judge({ delayMilliseconds: 5 })(request, response)
    : await streamOpenai(words, { pauseMilliseconds: 1 })(request, response),
);
const folder = await policyFolder(`
p, open, allow, anyone, complete, up to public, anywhere, always, Public data may go anywhere
p, judge, allow, anyone, moderate, up to public, anywhere, always, Public data may be judged anywhere`);
await writeFile(
  join(folder, "routes.yaml"),
  "limits: {vllm: {concurrent: 1, queue: 50, wait: 60s}}\nroutes: {}\n",
);
const gateway = await startGateway({ ...guard.env(), PORTCULLIS_POLICIES: folder });
after(async () => {
  await gateway.close();
  await guard.close();
});

test("answers that hold every slot are judged all the same, whole and streamed", async () => {
  const asked = Array.from({ length: 4 }, async () => {
    const answer = await gateway.post(
      "/v1/chat/completions",
      { model: "vllm/chat", stream: true, messages: [{ role: "user", content: "Tell me" }] },
      { "x-data-sensitivity": "public" },
    );
    return await answer.text();
  });
  for (const text of await Promise.all(asked)) {
    assert.match(text, /\[DONE\]/, text.slice(-400));
    const said = [...text.matchAll(/"content":"([^"]*)"/g)].map(([, piece]) => piece).join("");
    assert.equal(said, words.join(""));
  }
  assert.ok(guard.checks.some(({ body }) => String(body["model"]).includes("guard")));
  const { data } = await gateway.graphql<{ providerSlots: readonly object[] }>(
    "{ providerSlots { limited slots running waiting } }",
  );
  assert.deepEqual(data.providerSlots, [{ limited: "vllm", slots: 1, running: 0, waiting: 0 }]);
});
