// Whatever somebody with the database's password does to the records, `verify` names the first row of it.

import assert from "node:assert/strict";
import { canonicalJson } from "../../src/audit/canonical.ts";
import { decisionRow, settlementRow } from "../kit/record-rows.ts";
import { forEachStore } from "../kit/stores.ts";

const tamperings: readonly {
  readonly what: string;
  readonly statement: string;
  readonly sequence: number;
}[] = [
  {
    what: "a changed body",
    statement: `update record set body = replace(body, 'team:blue', 'team:red') where sequence = 4`,
    sequence: 4,
  },
  {
    what: "a changed time",
    statement: `update record set at = at + interval '1 day' where sequence = 3`,
    sequence: 3,
  },
  {
    what: "a changed request",
    statement: `update record set request_id = 'x' where sequence = 5`,
    sequence: 5,
  },
  { what: "a row that is gone", statement: `delete from record where sequence = 6`, sequence: 7 },
  { what: "a first row that is gone", statement: `delete from record where sequence = 1`, sequence: 2 },
  { what: "an end that is cut off", statement: `delete from record where sequence > 8`, sequence: 9 },
  {
    what: "two rows that changed places",
    statement: `update record set sequence = case sequence when 2 then -3 else -2 end where sequence in (2, 3);
      update record set sequence = -sequence where sequence < 0`,
    sequence: 2,
  },
  {
    what: "a row put in at the end",
    statement: `insert into record select replica, 11, kind, request_id, at, body, hash, hash from record where sequence = 10`,
    sequence: 11,
  },
  { what: "a chain whose head is gone", statement: `delete from replica where id = 'victim'`, sequence: 11 },
];

forEachStore("a row that fits perfectly after the end is found too", async (place) => {
  const store = await place.open({ replicaId: "victim" });
  await store.records.decide(decisionRow("r1"));
  await store.close();
  const forged = canonicalJson(decisionRow("r2"));
  await place.execute(`
    insert into record select replica, 2, kind, 'r2', at, replace(body, '"r1"', '"r2"'), hash,
      encode(sha256(convert_to(hash || E'\\n"victim"\\n2\\ndecision\\n${forged}', 'UTF8')), 'hex')
    from record`);
  const after = await place.open({ replicaId: "auditor" });
  assert.deepEqual((await after.records.verify()).firstBroken, {
    replica: "victim",
    sequence: 2,
    why: "rows were put in after the end",
  });
});

forEachStore("every tampering is found, at its first row", async (place) => {
  const store = await place.open({ replicaId: "victim" });
  for (let index = 0; index < 5; index += 1) {
    await store.records.decide(decisionRow(`r${index}`));
    await store.records.settle(settlementRow(`r${index}`));
  }
  await store.close();
  await place.execute(
    "create table kept as select * from record; create table heads as select * from replica",
  );

  for (const { what, statement, sequence } of tamperings) {
    await place.execute(statement);
    const after = await place.open({ replicaId: "auditor" });
    const { firstBroken } = await after.records.verify();
    assert.equal(firstBroken?.replica, "victim", what);
    assert.equal(firstBroken?.sequence, sequence, `${what}: ${firstBroken?.why}`);
    await after.close();
    await place.execute(
      `delete from record; insert into record select * from kept;
      delete from replica; insert into replica select * from heads`,
    );
  }

  const last = await place.open({ replicaId: "auditor" });
  assert.deepEqual(await last.records.verify(), { rows: 10, chains: 1 });
});
