// However an answer is cut into chunks, the guard releases the same text and gives the same verdicts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cut, finish, guard, piece, randomSource, type ChannelName } from "./guarded.ts";
import { plantedTexts } from "./planted.ts";

const channels: readonly ChannelName[] = [
  "text-delta",
  "refusal-delta",
  "reasoning-delta",
  "tool-call-delta",
];
const chunkings = 10_000;
const roundsEach = Math.ceil(chunkings / plantedTexts.length);

for (const [position, { name, text, hidden, categories }] of plantedTexts.entries()) {
  const channel = channels[position % channels.length] ?? "text-delta";

  test(`${name} is redacted in ${channel}, however it is cut`, async () => {
    const random = randomSource(position + 1);
    const key = channel === "tool-call-delta" ? "0 tool 0" : `0 ${channel}`;
    const whole = await guard([piece(channel, text), finish()], () => "redact");
    const expected = whole.texts.get(key) ?? "";
    assert.deepEqual(whole.categories, categories);
    for (const secret of hidden) assert.ok(!expected.includes(secret), expected);
    for (let round = 0; round < roundsEach; round++) {
      const chunks = cut(text, random, 1 + (round % 40)).map((chunk) => piece(channel, chunk));
      const guarded = await guard([...chunks, finish()], () => "redact");
      assert.equal(guarded.texts.get(key), expected);
      assert.deepEqual(guarded.notices, whole.notices);
    }
  });

  test(`${name} ends the answer in ${channel} before its first character, however it is cut`, async () => {
    const random = randomSource(position + 100);
    const key = channel === "tool-call-delta" ? "0 tool 0" : `0 ${channel}`;
    const whole = await guard([piece(channel, text), finish()], () => "block");
    const released = whole.texts.get(key) ?? "";
    assert.ok(text.startsWith(released));
    const first = Math.min(...hidden.map((secret) => text.indexOf(secret)).filter((at) => at >= 0));
    assert.ok(released.length <= first, `${released.length} characters released, the hit begins at ${first}`);
    for (let round = 0; round < roundsEach; round++) {
      const chunks = cut(text, random, 1 + (round % 40)).map((chunk) => piece(channel, chunk));
      const guarded = await guard([...chunks, finish()], () => "block");
      assert.equal(guarded.texts.get(key), released);
      assert.deepEqual(guarded.notices, whole.notices);
      assert.deepEqual(guarded.finishes, ["0 content_filter"]);
    }
  });
}

test("no cut in two lets a part of a hit out, in any channel", async () => {
  for (const { text, hidden } of plantedTexts.filter((one) => one.text.length < 400)) {
    for (const channel of channels) {
      const step = channel === "text-delta" ? 1 : 7;
      for (let at = 1; at < text.length; at += step) {
        const events = [piece(channel, text.slice(0, at)), piece(channel, text.slice(at)), finish()];
        const { texts } = await guard(events, () => "redact");
        const released = [...texts.values()].join("");
        for (const secret of hidden)
          assert.ok(!released.includes(secret), `${channel} cut at ${at}: ${released}`);
      }
    }
  }
});

test("no part of a hit leaves where another channel begins in the midst of it", async () => {
  const others = { "text-delta": "reasoning-delta", "reasoning-delta": "text-delta" } as const;
  for (const { name, text, hidden } of plantedTexts.filter((one) => one.text.length < 400)) {
    for (const channel of ["text-delta", "reasoning-delta"] as const) {
      const whole = await guard([piece(channel, text), finish()], () => "redact");
      const expected = whole.texts.get(`0 ${channel}`);
      for (let at = 1; at < text.length; at += 1) {
        const between = [piece(others[channel], "Meanwhile."), piece("tool-call-delta", "{}")];
        const events = [
          piece(channel, text.slice(0, at)),
          ...between,
          piece(channel, text.slice(at)),
          finish(),
        ];
        const { texts } = await guard(events, () => "redact");
        const released = texts.get(`0 ${channel}`) ?? "";
        // A single everyday word may be the first of one: it tells nothing, and may not wait behind the other channel.
        const parts = hidden.map((secret) => secret.slice(0, 12)).filter((part) => !expected?.includes(part));
        const isLeaked = parts.some((part) => released.includes(part));
        assert.ok(!isLeaked, `${name} in ${channel}, cut at ${at}: ${released}`);
      }
    }
  }
});
