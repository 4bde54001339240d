// However an answer is cut into chunks, classifiers see the same windows: the same text leaves, with the same
// verdicts. And wherever in it a violation stands, in whichever channel, no part of it leaves.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModelEvent } from "../../src/core/events.ts";
import type { VerdictAction } from "../../src/safety/verdicts.ts";
import { cut, finish, guard, piece, randomSource, type ChannelName, type Guarded } from "./guarded.ts";
import { card, githubToken } from "./planted.ts";
import { scripted, type Scripted } from "./scripted-classifier.ts";

const chunkings = 10_000;
const channels: readonly ChannelName[] = [
  "reasoning-delta",
  "refusal-delta",
  "text-delta",
  "tool-call-delta",
];
/** Of letters that nothing else here has, so that every one of them that leaves is seen. */
const violation = "zq qxjz xkq zzjqx jzq";
const unseen = /[zqxj]/i;
const filler =
  "The boat left the harbour at noon. People waved, and some of them cried; then they all went home to their tea. " +
  "There was bread and there was butter, and the evening came down slowly over the town and the hills behind it. ";

/** What came out, save how long it took, and which of two channels was done first. */
const shownOf = ({ texts, notices, finishes, categories, summary }: Guarded): unknown => ({
  texts: [...texts],
  notices: notices.toSorted(),
  finishes,
  categories: categories.toSorted(),
  notRun: summary.notRun,
  verdicts: summary.verdicts?.map((verdict) => JSON.stringify({ ...verdict, milliseconds: 0 })).toSorted(),
});

const cutAll = (
  texts: ReadonlyMap<ChannelName, string>,
  random: () => number,
  longest: number,
): ModelEvent[] => [
  ...[...texts].flatMap(([channel, text]) =>
    cut(text, random, longest).map((chunk) => piece(channel, chunk)),
  ),
  finish(),
];

const rule = (category: string): VerdictAction => (category === "S10" ? "flag" : "redact");
const cake = { "a cake": "S7" };

async function sameInAllChunkings(
  texts: ReadonlyMap<ChannelName, string>,
  classifiers: () => Scripted[],
  rounds: number,
): Promise<Guarded> {
  const whole = await guard(cutAll(texts, randomSource(1), 5000), rule, { classifiers: classifiers() });
  const expected = shownOf(whole);
  const random = randomSource(2);
  // The classifiers answer at once, so that what differs is the chunks alone.
  for (let round = 0; round < rounds; round++) {
    const longest = round % 50 === 0 ? 1 : 4 + (round % 97);
    const guarded = await guard(cutAll(texts, random, longest), rule, { classifiers: classifiers() });
    assert.deepEqual(shownOf(guarded), expected);
  }
  return whole;
}

test("the same answer in 10,000 chunkings leaves the same text and the same verdicts", async () => {
  const texts = new Map([["text-delta", `${filler}The card is ${card}, and a cake`]] as const);
  const classifiers = (): Scripted[] => [scripted({ phrases: cake, withSpans: true })];
  const { texts: shown } = await sameInAllChunkings(texts, classifiers, chunkings);
  assert.equal(shown.get("0 text-delta"), `${filler}The card is [CREDIT_CARD], and [S7]`);
});

test("several channels before several classifiers leave the same text and the same verdicts too", async () => {
  const texts = new Map<ChannelName, string>([
    ["reasoning-delta", `${filler}They had a cake. Call +44 20 7946 0958.`],
    ["text-delta", `${filler}The card is ${card}; ${filler}and a cake, they said.`],
    ["tool-call-delta", `{"note":"a cake \\u0026 ${card}","n":[1,2],"more":"${filler}"}`],
  ]);
  const classifiers = (): Scripted[] => [
    scripted({ phrases: cake, withSpans: true }),
    scripted({ id: "test/second", phrases: { "went home": "S10" } }),
  ];
  const { texts: shown } = await sameInAllChunkings(texts, classifiers, chunkings / 20);
  const call = { note: "[S7] & [CREDIT_CARD]", n: [1, 2], more: filler };
  assert.deepEqual(JSON.parse(shown.get("0 tool 0") ?? ""), call);
  assert.ok(![...shown.values()].join("").includes("a cake"));
});

for (const action of ["block", "redact"] as const) {
  test(`of violations anywhere in any channel, in ${chunkings / 2} chunkings, no character leaves: ${action}`, async () => {
    const random = randomSource(action.length);
    for (let round = 0; round < chunkings / 2; round++) {
      const at = Math.floor(random() * filler.length);
      const channel = channels[round % channels.length] ?? "text-delta";
      const secret = round % 3 === 0 ? ` ${githubToken} ` : " ";
      const planted = filler.slice(0, at) + secret + violation + secret + filler.slice(at);
      const text = channel === "tool-call-delta" ? JSON.stringify({ note: planted }) : planted;
      const events = cutAll(new Map([[channel, text]]), random, round % 20 === 0 ? 1 : 4 + (round % 97));
      const classifier = scripted({ phrases: { [violation]: "S9" }, withSpans: action === "redact" });
      const { texts, finishes } = await guard(events, () => action, { classifiers: [classifier] });
      const shown = [...texts.values()].join("").replaceAll(/\[\w+\]/g, "");
      assert.ok(!unseen.test(shown) && !shown.includes("ghp_"), `${channel} at ${at}: ${shown}`);
      assert.deepEqual(finishes, [action === "block" ? "0 content_filter" : "0 stop"]);
    }
  });
}
