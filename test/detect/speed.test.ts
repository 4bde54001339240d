// Detection is on the path of every request: what it costs, measured, with bounds wide enough for a busy machine.
// The budget is 5 µs per KB on prose and 150 on text full of hits; the tests fail at several times that.

import assert from "node:assert/strict";
import { test } from "node:test";
import { scan } from "../../src/detect/scan.ts";
import { scanSliced } from "../../src/detect/sliced.ts";
import { longestStint } from "../kit/longest-stint.ts";
import { threadMilliseconds } from "../kit/thread-time.ts";
import { glue } from "./glue.ts";

const fill = (piece: string, length: number): string =>
  piece.repeat(Math.ceil(length / piece.length)).slice(0, length);

const prose = fill(
  'The committee met on Tuesday and then, as the minutes say: "we agree". In 2024 it rained a lot, they wrote (and nobody answered). Of all the 12 things that could have happened, none did; it’s — however — true. ',
  64 * 1024,
);
const dense = fill(
  `Card 4111 1111 1111 1111, mail john.doe@example.com, call +1 415-555-2671, IBAN DE89 3704 0044 0532 0130 00, key ${glue("gh", "p_")}Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv1Wx2, ip 10.1.2.3, ssn 536-90-4399, born 12 March 1980, password: Hunter22x, 131052-308T. `,
  16 * 1024,
);

/** Of this thread alone, since a clock would measure what else runs. */
function microsecondsPerKilobyte(text: string, rounds: number): number {
  const start = threadMilliseconds();
  for (let round = 0; round < rounds; round++) scan(text);
  return ((threadMilliseconds() - start) * 1000) / (rounds * (text.length / 1024));
}

test("clean prose costs next to nothing", (context) => {
  const cost = microsecondsPerKilobyte(prose, 300);
  context.diagnostic(`prose: ${cost.toFixed(1)} µs per KB`);
  assert.ok(cost < 40, `${cost} µs per KB`);
});

test("text full of hits is scanned within its budget", (context) => {
  const cost = microsecondsPerKilobyte(dense, 40);
  context.diagnostic(`full of hits: ${cost.toFixed(1)} µs per KB`);
  assert.ok(cost < 1200, `${cost} µs per KB`);
});

/** Each is made to lead some expression astray. */
const hostile = [
  "a", "1", "1.", "a@", "a.b@c.", "sk-", "password=", "password: a", "token_", "key=a1", "a:", "1:", "::", "a://", "a://b:",
  "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "eyJ", "eyJa.", "+1", "(1)", "1 ", "12 ", "1-", "AB12 ", "A1", "0x", "\\", "\\u00",
  "４", "4\u200b", "е", "\u{e0041}", "1234567890 ", "a1b2c3d4e5f60718 ", "+1 415-555-2671 ", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa ",
  "born 1 may ", "passport ", "account number ", "bearer ", "<", "\n", " ",
]; // prettier-ignore

test("time grows with length and no faster, whatever the text", () => {
  for (const piece of hostile) {
    const short = microsecondsPerKilobyte(fill(piece, 8 * 1024), 16);
    const long = microsecondsPerKilobyte(fill(piece, 64 * 1024), 2);
    assert.ok(long < Math.max(short * 6, 600), `${JSON.stringify(piece)}: ${short} → ${long} µs per KB`);
  }
});

test("a megabyte of the worst lets others run all along", async (context) => {
  const text = fill(hostile.map((piece) => fill(piece, 700)).join(" "), 512 * 1024);
  const longest = await longestStint(() => scanSliced(text));
  context.diagnostic(`longest slice: ${longest.toFixed(1)} ms`);
  assert.ok(longest < 150, `${longest} ms`);
});
