// What the database itself promises of break-glass: two people, at most an hour, nothing rewritten.

import assert from "node:assert/strict";
import { statusOf } from "../../src/policy/break-glass.ts";
import { keyRecord } from "../kit/key-record.ts";
import { forEachStore } from "../kit/stores.ts";

const start = Date.parse("2026-11-20T10:00:00Z");
const minute = 60_000;
const asked = { subject: "team:clinic", reason: "the BAA provider is out", ticket: "INC-7", minutes: 30 };

forEachStore("one asks, another approves, and it is over by itself", async (place) => {
  let at = start;
  const { breakGlass } = await place.open({ now: () => new Date(at) });
  const { id } = await breakGlass.request(asked, "key:one");
  assert.deepEqual(await breakGlass.inForce(), []);
  at += minute;
  const approved = await breakGlass.approve(id, "key:two");
  assert.equal(approved.expiresAt?.getTime(), at + 30 * minute, "its minutes begin with the approval");
  assert.deepEqual(await breakGlass.inForce(), [{ id, subject: "team:clinic", until: at + 30 * minute }]);
  assert.equal(statusOf(approved, at), "in-force");
  at += 30 * minute;
  assert.deepEqual(await breakGlass.inForce(), []);
  assert.equal(statusOf(approved, at), "expired");
  await assert.rejects(breakGlass.approve(id, "key:two"), { code: "INVALID_REQUEST" });
});

forEachStore(
  "whoever asked cannot approve, nor can a key that is younger than the request",
  async (place) => {
    let at = start;
    const { breakGlass, keys } = await place.open({ now: () => new Date(at) });
    const { id } = await breakGlass.request(asked, "key:one");
    await assert.rejects(breakGlass.approve(id, "key:one"), { code: "FORBIDDEN" });
    at += minute;
    const made = keyRecord("key:made", { createdAt: new Date(at) });
    await keys.insert(made, "d".repeat(64));
    await assert.rejects(breakGlass.approve(id, "key:made"), { code: "FORBIDDEN" });
    assert.deepEqual(await breakGlass.inForce(), []);
    assert.equal((await breakGlass.approve(id, "key:two")).approvedBy, "key:two");
  },
);

forEachStore("a request that nobody approves lapses, and one that was ended stays so", async (place) => {
  let at = start;
  const { breakGlass } = await place.open({ now: () => new Date(at) });
  const late = await breakGlass.request(asked, "key:one");
  at += 60 * minute;
  assert.equal(statusOf(late, at), "lapsed");
  await assert.rejects(breakGlass.approve(late.id, "key:two"), { code: "INVALID_REQUEST" });
  const { id } = await breakGlass.request(asked, "key:one");
  await breakGlass.approve(id, "key:two");
  const ended = await breakGlass.end(id, "key:three");
  assert.deepEqual(await breakGlass.inForce(), []);
  at += minute;
  assert.deepEqual(await breakGlass.end(id, "key:four"), ended, "the first end counts");
  await assert.rejects(breakGlass.end("bg_none", "key:one"), { code: "NOT_FOUND" });
  assert.deepEqual(
    (await breakGlass.list()).map((one) => one.id),
    [id, late.id],
  );
});

const forbidden: readonly (readonly [string, string])[] = [
  [
    "an approval by whoever asked",
    `"approved_by" = "requested_by", "approved_at" = now(), "expires_at" = now()`,
  ],
  ["more than an hour", `"minutes" = 61`],
  ["an approval without a moment", `"approved_by" = 'key:two'`],
  [
    "an end later than its minutes",
    `"approved_by" = 'key:two', "approved_at" = now(), "expires_at" = now() + interval '31 minutes'`,
  ],
  ["another asker", `"requested_by" = 'key:three'`],
  ["another subject", `"subject" = 'team:everyone'`],
];

forEachStore("the database refuses what two people did not agree on, whoever writes it", async (place) => {
  const store = await place.open();
  const { id } = await store.breakGlass.request(asked, "key:one");
  const approved = await store.breakGlass.request(asked, "key:one");
  await store.breakGlass.approve(approved.id, "key:two");
  await store.close();
  const update = (set: string, which: string) =>
    place.execute(`update "break_glass" set ${set} where "id" = '${which}'`);
  for (const [what, set] of forbidden) await assert.rejects(update(set, id), what);
  await assert.rejects(update(`"expires_at" = "expires_at" - interval '1 second'`, approved.id));
  await assert.rejects(update(`"approved_by" = 'key:three'`, approved.id));
  await update(`"ended_by" = 'key:three', "ended_at" = now()`, approved.id);
  await assert.rejects(update(`"ended_by" = null, "ended_at" = null`, approved.id));
});
