// What replicas tell each other of failing deployments: others' words, while they last.

import assert from "node:assert/strict";
import { eventually } from "../kit/eventually.ts";
import { onPostgres } from "../kit/stores.ts";

onPostgres("one replica's hint reaches the other, and is gone once it is taken back", async (place) => {
  const first = await place.open({ replicaId: "a" });
  const second = await place.open({ replicaId: "b" });
  const heard: { deploymentId: string; cause: string; milliseconds: number }[] = [];
  const stops = [
    second.breakerHints.watch((hints) => void heard.push(...hints)),
    first.breakerHints.watch(() => assert.fail("its own word is no news")),
  ];
  await first.breakerHints.open({ deploymentId: "acme/m", cause: "rate-limit", milliseconds: 60_000 });
  await eventually(() => heard.length > 0);
  assert.deepEqual([heard[0]?.deploymentId, heard[0]?.cause], ["acme/m", "rate-limit"]);
  assert.ok((heard[0]?.milliseconds ?? 0) > 40_000);
  await second.breakerHints.close("acme/m");
  for (const stop of stops) stop();
});
