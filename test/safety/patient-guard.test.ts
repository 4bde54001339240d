// A whole answer is judged in long pieces and a streamed one word by word: both must come to the same.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { VerdictAction } from "../../src/safety/verdicts.ts";
import { cut, finish, guard, piece, randomSource } from "./guarded.ts";

const everyday = ["the ", "gateway ", "may, ", "of ", "März ", "it’s ", "so.\n", "😀 ", '"quoted" '];
/** What hits are made of, and what only looks so; put together here, so that no file holds a secret. */
const suspicious = [
  ["4111 ", "1111 1111 1111 ", "12 ", "123-45-6789 ", "+49 30 901820 ", "DE89 3704 0044 0532 0130 00 "],
  ["john@example.com ", 'key "', "token ", "password: ", "hunter2 ", "diabetes ", "swift ", "://", "a,b "],
  ["eyJ", "a".repeat(30), `${"x".repeat(600)} `, "A1b2C3d4E5f6G7h8", ["gh", "p_"].join(""), "sk-"],
  ["-----BEGIN ", "RSA PRIVATE KEY-----", "\\n", "\\u0041", "\u0301", "\u200b", "\u{e0041}", "[", "]"],
].flat();
const actions: readonly VerdictAction[] = ["redact", "block", "flag"];

test("whole or in pieces of any size, the same text comes out, and the same is told", async () => {
  const random = randomSource(11);
  let hits = 0;
  for (let round = 0; round < 400; round += 1) {
    const words = Array.from({ length: 1 + Math.floor(random() * 30) }, () => {
      const list = random() < 0.7 ? everyday : suspicious;
      return list[Math.floor(random() * list.length)] ?? "";
    });
    const text = words.join("");
    const action = actions[round % actions.length] ?? "block";
    const whole = await guard([piece("text-delta", text), finish()], () => action, { whole: true });
    const pieces = cut(text, random, 40).map((part) => piece("text-delta", part));
    const streamed = await guard([...pieces, finish()], () => action);
    assert.deepEqual(told(whole), told(streamed), JSON.stringify(text));
    if (whole.categories.length > 0) hits += 1;
  }
  assert.ok(hits > 50, `${hits} texts held something`);
});

const told = ({ texts, notices, finishes, categories }: Awaited<ReturnType<typeof guard>>) => ({
  texts: [...texts],
  notices,
  finishes,
  categories,
});
