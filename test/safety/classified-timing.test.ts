// Whatever comes first, the text or the verdict, and however channels and choices are mixed: nothing of a violation
// leaves, what leaves is in order, and every answer ends.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModelEvent } from "../../src/core/events.ts";
import type { ScreenOptions } from "../../src/safety/screen.ts";
import { cut, finish, guard, piece, randomSource, type ChannelName } from "./guarded.ts";
import { failing, hitting, passing, scripted, type Scripted } from "./scripted-classifier.ts";

const violation = "zq qxjz xkq zzjqx jzq";
const unseen = /[zqxj]/;
const words =
  "the boat left the harbour at noon and people waved. some of them cried, but then they all went home to tea. ";
const channels: readonly ChannelName[] = [
  "reasoning-delta",
  "text-delta",
  "refusal-delta",
  "tool-call-delta",
];
const rounds = 300;

const turn = (milliseconds: number): Promise<void> =>
  new Promise((resolve) =>
    milliseconds < 1 ? void setImmediate(resolve) : void setTimeout(resolve, milliseconds),
  );

interface Mixed {
  readonly events: readonly ModelEvent[];
  /** By choice and channel, as `guard` names them. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Choices are mixed piece by piece; the channels of one come one after the other, as models write, or mixed too. */
function mixed(
  random: () => number,
  isPlanted: boolean,
  order: "as written" | "mixed" = "as written",
): Mixed {
  const choices = 1 + Math.floor(random() * 3);
  const planted = Math.floor(random() * choices * channels.length);
  const texts = new Map<string, string>();
  const queues: ModelEvent[][] = [];
  for (let choice = 0; choice < choices; choice++) {
    const written: ModelEvent[] = [];
    for (const [index, channel] of channels.entries()) {
      const text = words.repeat(Math.floor(random() * 4));
      const at = Math.floor(random() * text.length);
      const isHere = isPlanted && choice * channels.length + index === planted;
      const said = isHere ? `${text.slice(0, at)} ${violation} ${text.slice(at)}` : text;
      texts.set(channel === "tool-call-delta" ? `${choice} tool 0` : `${choice} ${channel}`, said);
      const pieces = cut(said, random, 1 + Math.floor(random() * 60)).map((one) =>
        piece(channel, one, choice),
      );
      if (order === "mixed") queues.push(pieces);
      else written.push(...pieces);
    }
    queues.push(written);
  }
  const events: ModelEvent[] = [];
  while (queues.some((queue) => queue.length > 0)) {
    const queue = queues[Math.floor(random() * queues.length)];
    events.push(...(queue?.splice(0, 1 + Math.floor(random() * 8)) ?? []));
  }
  for (let choice = 0; choice < choices; choice++) events.push(finish(choice));
  return { events, texts };
}

async function* arriving(events: readonly ModelEvent[], random: () => number): AsyncGenerator<ModelEvent> {
  for (const event of events) {
    if (random() < 0.1) await turn(random() * 2);
    yield event;
  }
}

const slow = (random: () => number): Scripted =>
  scripted({
    async answer({ context, window }) {
      await turn(random() * 3);
      return (context + window).includes(violation) ? hitting({ category: "S9" }) : passing;
    },
  });

const options = (classifiers: readonly Scripted[]): Partial<ScreenOptions> => ({
  classifiers,
  maxDelayMilliseconds: 1_000,
});

test("clean answers leave whole and in order, whatever the timing", async () => {
  const random = randomSource(11);
  for (let round = 0; round < rounds / 3; round++) {
    const { events, texts } = mixed(random, false, round % 2 === 0 ? "mixed" : "as written");
    const guarded = await guard(arriving(events, random), () => "block", options([slow(random)]));
    for (const [channel, text] of texts) assert.equal(guarded.texts.get(channel) ?? "", text);
    assert.ok(guarded.finishes.every((one) => one.endsWith(" stop")));
  }
});

test("of an answer with a violation nothing of it leaves, and every choice that was open ends", async () => {
  const random = randomSource(12);
  for (let round = 0; round < rounds; round++) {
    const { events, texts } = mixed(random, true);
    const guarded = await guard(arriving(events, random), () => "block", options([slow(random)]));
    for (const [channel, shown] of guarded.texts) {
      assert.ok(!unseen.test(shown), `${channel}: ${shown}`);
      assert.ok(texts.get(channel)?.startsWith(shown));
    }
    assert.ok(guarded.finishes.some((one) => one.endsWith("content_filter")));
    assert.deepEqual(guarded.categories, ["S9"]);
  }
});

test("an answer whose classifier fails somewhere ends there, with nothing of what it could not judge", async () => {
  const random = randomSource(13);
  for (let round = 0; round < rounds / 3; round++) {
    const { events } = mixed(random, true);
    const fails = 1 + Math.floor(random() * 4);
    const classifier = scripted({
      async answer({ window }, count) {
        await turn(random() * 2);
        return count >= fails || window.includes("zq") ? failing : passing;
      },
    });
    await assert.rejects(
      guard(arriving(events, random), () => "block", options([classifier])),
      {
        code: "SAFETY_UNAVAILABLE",
      },
    );
  }
});

test("who mixes two channels in small pieces gets no part of a phrase through", async () => {
  const text = words + violation + words;
  for (const longest of [1, 2, 5, 9]) {
    const events = cut(text, randomSource(longest), longest).flatMap((one) => [
      piece("text-delta", one),
      piece("reasoning-delta", "so. "),
    ]);
    const classifiers = [scripted({ phrases: { [violation]: "S9" } })];
    const { texts, finishes } = await guard([...events, finish()], () => "block", options(classifiers));
    assert.deepEqual(finishes, ["0 content_filter"]);
    assert.ok(!unseen.test(texts.get("0 text-delta") ?? ""), texts.get("0 text-delta"));
  }
});
