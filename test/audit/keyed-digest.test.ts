// Keyed hashes of texts: the same that every other program makes of them.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { keyedDigest, RunningDigest } from "../../src/audit/keyed-digest.ts";

const macOf = (secret: string, text: string): string =>
  createHmac("sha256", secret).update(text).digest("hex");

test("a digest is the HMAC of RFC 2104, whatever the lengths of key and text", () => {
  for (const secret of ["", "short", "s".repeat(64), "é".repeat(40), "long".repeat(50)]) {
    for (const text of ["", "plain", "Zürich €\u{1f600}", "x".repeat(8_192), "ü".repeat(20_000)]) {
      const { hex, bytes } = keyedDigest(secret, text);
      assert.equal(hex, macOf(secret, text), `${secret.length} ${text.length}`);
      assert.equal(bytes, Buffer.byteLength(text));
    }
  }
});

test("a text in pieces has the digest of the whole, however long it is", () => {
  for (const count of [1, 10, 30_000]) {
    const running = new RunningDigest("secret");
    for (let index = 0; index < count; index += 1) running.add("piece €");
    assert.equal(running.hex(), macOf("secret", "piece €".repeat(count)));
  }
});
