// What the book of trusted documents promises: an id keeps its text, all or none, whoever else writes.

import assert from "node:assert/strict";
import { forEachStore } from "../kit/stores.ts";

const at = new Date("2026-11-21T10:00:00Z");
const document = (id: string, text = `{ ${id} }`) => ({ id, sha256: `hash of ${text}`, text, name: id });

forEachStore("documents are kept as they came, and an id keeps its text", async (place) => {
  const { documents } = await place.open();
  assert.deepEqual(await documents.add([document("b"), document("a")], "key:one", at), ["b", "a"]);
  assert.deepEqual(await documents.add([document("b")], "key:two", at), []);
  const kept = { at, by: "key:one" };
  assert.deepEqual(await documents.list(), [
    { ...document("a"), ...kept },
    { ...document("b"), ...kept },
  ]);
  const both = [document("c"), document("a", "{ other }")];
  await assert.rejects(documents.add(both, "key:one", at), /a is known with another text/);
  assert.deepEqual((await documents.ids()).map(({ id }) => id).toSorted(), ["a", "b"], "all or none");
  assert.deepEqual(await documents.remove(["a", "nothing"]), ["a"]);
  assert.deepEqual(await documents.read(["a", "b"]), [{ ...document("b"), ...kept }]);
});

forEachStore("thousands are written at once", async (place) => {
  const { documents } = await place.open();
  const many = Array.from({ length: 2_500 }, (_, index) => document(`d${index}`));
  assert.equal((await documents.add(many, "key:one", at)).length, many.length);
  assert.equal((await documents.read(many.map(({ id }) => id))).length, many.length);
  assert.equal((await documents.remove(many.map(({ id }) => id))).length, many.length);
});
