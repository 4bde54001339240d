// What the policy book promises: numbers without gaps, files byte for byte, nothing twice.

import assert from "node:assert/strict";
import { forEachStore, onPostgres } from "../kit/stores.ts";

forEachStore("versions count from one and come back as they went in", async (place) => {
  const { policies } = await place.open({ now: () => new Date("2026-11-20T10:00:00.001Z") });
  assert.equal(await policies.newest(), undefined);
  const files = { "policy.csv": 'p, role:admin, "*"\r\n\tümlaut \u2028 \\u0041\n', "routes.yaml": "" };
  const first = await policies.append(files, "a".repeat(64), "key:one");
  assert.deepEqual(first, {
    number: 1,
    sha256: "a".repeat(64),
    files,
    author: "key:one",
    at: new Date("2026-11-20T10:00:00.001Z"),
    reason: undefined,
    revoke: undefined,
  });
  await policies.append({ "policy.csv": "" }, "b".repeat(64), "key:two");
  assert.deepEqual(await policies.version(1), first);
  assert.equal((await policies.newest())?.number, 2);
  assert.equal(await policies.version(3), undefined);
  const { files: _files, ...summary } = first;
  assert.deepEqual((await policies.list())[0], summary);
});

forEachStore(
  "publishing the newest content again changes nothing, older content is a new version",
  async (place) => {
    const { policies, generation } = await place.open();
    await policies.append({ a: "1" }, "one", "key:one");
    await generation.refresh();
    const before = generation.current;
    assert.equal((await policies.append({ a: "1" }, "one", "key:two")).number, 1);
    await generation.refresh();
    assert.equal(generation.current, before);
    await policies.append({ a: "2" }, "two", "key:one");
    assert.equal((await policies.append({ a: "1" }, "one", "key:one")).number, 3);
  },
);

forEachStore("a version can be neither changed nor taken away", async (place) => {
  const { policies } = await place.open();
  const first = await policies.append({ a: "1" }, "one", "key:one");
  for (const statement of [
    `update "policy_version" set "author" = 'key:two'`,
    `delete from "policy_version"`,
    `truncate "policy_version"`,
  ]) {
    await assert.rejects(place.execute(statement), /stay as they were published/, statement);
  }
  assert.deepEqual(await policies.newest(), first);
});

forEachStore("a version keeps what its author said of it", async (place) => {
  const { policies } = await place.open();
  const said = { reason: "a provider lost its BAA", revoke: "abort" } as const;
  const { reason, revoke } = await policies.append({ a: "1" }, "one", "key:one", said);
  assert.deepEqual({ reason, revoke }, said);
  for (const kept of [await policies.newest(), await policies.version(1), (await policies.list())[0]]) {
    assert.deepEqual({ reason: kept?.reason, revoke: kept?.revoke }, said);
  }
});

forEachStore("only an empty book takes a first import", async (place) => {
  const { policies } = await place.open();
  assert.equal((await policies.importFirst({ a: "1" }, "one", "import")).number, 1);
  const kept = await policies.importFirst({ a: "2" }, "two", "import");
  assert.equal(kept.number, 1);
  assert.equal(kept.sha256, "one");
});

onPostgres("replicas that publish at once leave no gap and no double", async (place) => {
  const a = await place.open({ replicaId: "a" });
  const b = await place.open({ replicaId: "b" });
  const versions = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      (index % 2 ? a : b).policies.append({ n: String(index) }, `sha ${index}`, "key:one"),
    ),
  );
  const numbers = versions.map(({ number }) => number).sort((one, other) => one - other);
  assert.deepEqual(
    numbers,
    Array.from({ length: 12 }, (_, index) => index + 1),
  );
});
