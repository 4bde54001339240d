// The chain: any change to a row that was written shows, and shows at that row.

import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalJson } from "../../src/audit/canonical.ts";
import { faultOf, genesis, linkHash } from "../../src/audit/chain.ts";
import type { ChainHead, ChainRow } from "../../src/audit/chain.ts";
import { decisionRow } from "../kit/record-rows.ts";

test("rows as they were written have no fault", () => {
  assert.deepEqual(faults(chain(5)), []);
});

const alterations: Record<string, Partial<ChainRow>> = {
  "a changed body": { body: canonicalJson(decisionRow("r2", { team: "team:red" })) },
  "another kind": { kind: "settlement" },
  "another replica": { replica: "b" },
  "another request in the column": { requestId: "r9" },
  "another time in the column": { at: new Date(0) },
  "another previous hash": { previousHash: "0".repeat(64) },
  "another hash": { hash: "0".repeat(64) },
};

for (const [name, change] of Object.entries(alterations)) {
  test(`${name} is found at its row`, () => {
    const rows = chain(5).map((row) => (row.sequence === 3 ? { ...row, ...change } : row));
    assert.equal(faults(rows)[0]?.sequence, 3);
  });
}

test("a row that is gone is found at the next one", () => {
  const [fault] = faults(chain(5).filter(({ sequence }) => sequence !== 3));
  assert.deepEqual(fault, { sequence: 4, why: "rows 3 to 3 are missing" });
});

test("two rows that changed places are found", () => {
  const rows = chain(4);
  const [first, second, third, fourth] = rows;
  assert.ok(first && second && third && fourth);
  const swapped = [first, { ...third, sequence: 2 }, { ...second, sequence: 3 }, fourth];
  assert.equal(faults(swapped)[0]?.sequence, 2);
});

test("whoever writes a row anew with a fitting hash is found at the row after it", () => {
  const rows = chain(4).map((row) => {
    if (row.sequence !== 2) return row;
    const forged = { ...row, body: canonicalJson(decisionRow("r1", { team: "team:red" })) };
    return { ...forged, hash: linkHash(forged) };
  });
  assert.equal(faults(rows)[0]?.sequence, 3);
});

function chain(length: number): ChainRow[] {
  let head: ChainHead = genesis;
  return Array.from({ length }, (_, index) => {
    const decision = decisionRow(`r${index}`);
    const unlinked = {
      replica: "a",
      sequence: index + 1,
      kind: "decision" as const,
      requestId: decision.requestId,
      at: decision.at,
      body: canonicalJson(decision),
      previousHash: head.hash,
    };
    const row = { ...unlinked, hash: linkHash(unlinked) };
    head = row;
    return row;
  });
}

function faults(rows: readonly ChainRow[]): { sequence: number; why: string }[] {
  const found: { sequence: number; why: string }[] = [];
  let head: ChainHead = genesis;
  for (const row of rows) {
    const why = faultOf(row, head);
    if (why) found.push({ sequence: row.sequence, why });
    head = row;
  }
  return found;
}
