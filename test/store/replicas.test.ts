// What the list of replicas promises: who runs now, and by which policy version each decides.

import assert from "node:assert/strict";
import { forEachStore, onPostgres } from "../kit/stores.ts";

forEachStore("a replica is listed from its opening, with a version once it reports one", async (place) => {
  const { replicas } = await place.open({ replicaId: "a" });
  const [before] = await replicas.list();
  assert.equal(before?.id, "a");
  assert.equal(before?.policyVersion, undefined);
  await replicas.reportVersion(7);
  const [after] = await replicas.list();
  assert.equal(after?.policyVersion, 7);
  assert.ok(Math.abs(Date.now() - (after?.seenAt.getTime() ?? 0)) < 5_000);
});

onPostgres("each of two replicas sees both, and nobody sees one that is long gone", async (place) => {
  const a = await place.open({ replicaId: "a" });
  const b = await place.open({ replicaId: "b" });
  await a.replicas.reportVersion(1);
  await b.replicas.reportVersion(2);
  for (const { replicas } of [a, b]) {
    const rows = await replicas.list();
    assert.deepEqual(
      rows.map(({ id, policyVersion }) => `${id} ${policyVersion}`),
      ["a 1", "b 2"],
    );
  }
  await b.close();
  await place.execute(`update "replica" set "seen_at" = now() - interval '61 seconds' where "id" = 'b'`);
  assert.deepEqual(
    (await a.replicas.list()).map(({ id }) => id),
    ["a"],
  );
});
