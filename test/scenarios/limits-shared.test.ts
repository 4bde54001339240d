// A limit is for all replicas together: those that share a database divide it among them.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "../kit/eventually.ts";
import { onEachDatabase } from "../kit/each-database.ts";
import type { RunningGateway } from "../kit/gateway.ts";
import { policyFolder } from "../kit/policy-bundle.ts";

const folder = await policyFolder(
  "p, open, allow, anyone, complete, up to public, anywhere, always, Public data may go anywhere",
);
await writeFile(join(folder, "routes.yaml"), "routes: {}\nlimits: {vllm: {concurrent: 5}}\n");

async function slotsAt(gateway: RunningGateway): Promise<number> {
  const query = "{ providerSlots { limited slots } }";
  const { data } = await gateway.graphql<{ providerSlots: readonly { limited: string; slots: number }[] }>(
    query,
  );
  return data.providerSlots.find(({ limited }) => limited === "vllm")?.slots ?? 0;
}

onEachDatabase(
  "replicas together have the slots that were published",
  () => ({ PORTCULLIS_POLICIES: folder, VLLM_BASE_URL: "http://127.0.0.1:9/v1" }),
  async (gateway, other) => {
    const expected = gateway === other ? [5] : [2, 3];
    const gateways = [...new Set([gateway, other])];
    let parts: readonly number[] = [];
    await eventually(async () => {
      parts = (await Promise.all(gateways.map(slotsAt))).toSorted((a, b) => a - b);
      return parts.join() === expected.join();
    }, 30_000).catch(() => assert.deepEqual(parts, expected));
  },
);
