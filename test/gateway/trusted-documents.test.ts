// Trusted documents in memory: only what is new is read, what is gone is forgotten, and an outage forgets nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { TrustedDocument } from "../../src/core/trusted-document.ts";
import { createTrustedDocuments } from "../../src/gateway/trusted-documents.ts";
import { eventually } from "../kit/eventually.ts";

const document = (id: string, text: string): TrustedDocument => ({
  id,
  sha256: `hash of ${text}`,
  text,
  name: undefined,
  at: new Date(0),
  by: "key:one",
});

function setUp() {
  const rows = new Map<string, TrustedDocument>();
  const read: string[] = [];
  const faults: unknown[] = [];
  const state = { down: false };
  const book = {
    ids: async () => {
      if (state.down) throw new Error("no database");
      return [...rows.values()];
    },
    read: async (ids: readonly string[]) => {
      read.push(...ids);
      return ids.flatMap((id) => rows.get(id) ?? []);
    },
  };
  const put = (id: string, text: string) => void rows.set(id, document(id, text));
  return {
    rows,
    read,
    faults,
    state,
    put,
    documents: createTrustedDocuments(book, (one) => faults.push(one)),
  };
}

test("documents are found by id, by hash and by text, and each is read once", async () => {
  const { put, rows, read, documents } = setUp();
  put("a", "{ a }");
  await documents.refresh();
  put("b", "{ b }");
  await documents.refresh();
  assert.deepEqual(read, ["a", "b"]);
  assert.equal(documents.textOf("a"), "{ a }");
  assert.equal(documents.textOf("hash of { b }"), "{ b }");
  assert.equal(documents.has("{ b }"), true);
  assert.equal(documents.textOf("__proto__"), undefined);
  rows.delete("a");
  put("b", "{ other }");
  await documents.refresh();
  assert.deepEqual([documents.has("{ a }"), documents.textOf("a")], [false, undefined]);
  assert.deepEqual([documents.has("{ b }"), documents.textOf("b")], [false, "{ other }"]);
});

test("while the database is away what was known stays, told once, and then it is asked again", async (context) => {
  const { put, rows, state, faults, documents } = setUp();
  context.after(() => documents.close());
  put("a", "{ a }");
  await documents.refresh();
  rows.delete("a");
  state.down = true;
  await documents.refresh();
  await documents.refresh();
  assert.deepEqual([documents.has("{ a }"), faults.length], [true, 1]);
  state.down = false;
  await eventually(() => !documents.has("{ a }"), 10_000);
});
