// Phrases that the policy lists never leave in part where they are blocked or redacted: in any channel, in any disguise,
// wherever the answer is cut. What else is found beside them stays found.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Lexicon } from "../../src/detect/words/lexicon.ts";
import { HeldText } from "../../src/safety/held-text.ts";
import { cut, finish, guard, piece, randomSource, type ChannelName, type Rule } from "./guarded.ts";
import { card, githubToken, plantedTexts } from "./planted.ts";
import { about, after, disguised } from "./listed.ts";

const channels: readonly ChannelName[] = [
  "text-delta",
  "refusal-delta",
  "reasoning-delta",
  "tool-call-delta",
];
/** As the channel would carry it. */
const carried = (channel: ChannelName, text: string): string =>
  channel === "tool-call-delta" ? JSON.stringify({ note: text }) : text;
const read = (channel: ChannelName, text = ""): string =>
  (channel === "tool-call-delta" ? (JSON.parse(text) as { note: string }).note : text).replaceAll(
    /\p{Cf}/gu,
    "",
  );
const keyOf = (channel: ChannelName): string => (channel === "tool-call-delta" ? "0 tool 0" : `0 ${channel}`);

const lexicon = new Lexicon([
  { list: "names", phrase: "Project Falcon" },
  { list: "names", phrase: "Falcon Heavy Lifter" },
  { list: "names", phrase: "Zephyr" },
  { list: "names", phrase: "example.com Typhoon" },
  { list: "names", phrase: "AT&T" },
  { list: "names", phrase: "Größenwahn" },
  { list: "names", phrase: "Новый Горизонт" },
  { list: "names", phrase: "猎鹰项目" },
  { list: "names", phrase: "ファルコン計画" },
  { list: "mild", phrase: "draft" },
  { list: "mild", phrase: "project falcon heavy" },
]);
const held = lexicon.bitsOf((list) => list === "names");
const rule =
  (action: "block" | "redact"): Rule =>
  (category) =>
    category === "lexicon.mild" ? "flag" : action;
const terms = { terms: { lexicon, held } };

for (const { name, said } of disguised) {
  test(`${name}: replaced whole in every channel, wherever it is cut in two`, async () => {
    for (const channel of channels) {
      const text = carried(channel, about + said + after);
      const whole = await guard([piece(channel, text), finish()], rule("redact"), terms);
      const expected = whole.texts.get(keyOf(channel));
      assert.equal(read(channel, expected), `${about}[TERM]${after}`);
      assert.deepEqual(whole.categories, ["lexicon.names"]);
      for (let at = 1; at < text.length; at++) {
        const events = [piece(channel, text.slice(0, at)), piece(channel, text.slice(at)), finish()];
        const { texts, notices } = await guard(events, rule("redact"), terms);
        assert.equal(texts.get(keyOf(channel)), expected, `cut at ${at}`);
        assert.deepEqual(notices, whole.notices);
      }
    }
  });

  test(`${name}: ends the answer before its first character, wherever it is cut in two`, async () => {
    for (const channel of channels) {
      const text = carried(channel, about + said + after);
      const end = text.indexOf(about) + about.length;
      for (let at = 1; at < text.length; at++) {
        const events = [piece(channel, text.slice(0, at)), piece(channel, text.slice(at)), finish()];
        const { texts, finishes } = await guard(events, rule("block"), terms);
        const shown = (texts.get(keyOf(channel)) ?? "").replaceAll(/\p{Cf}/gu, "");
        assert.equal(shown, text.slice(0, end), `cut at ${at}`);
        assert.deepEqual(finishes, ["0 content_filter"]);
      }
    }
  });

  test(`${name}: the same text and notices leave, one character at a time or however it is cut`, async () => {
    const random = randomSource(name.length);
    for (const action of ["redact", "block"] as const) {
      const channel = channels[name.length % channels.length] ?? "text-delta";
      const text = carried(channel, `${about}${said} draft ${card} ${said}, ${said}`);
      const whole = await guard([piece(channel, text), finish()], rule(action), terms);
      for (let round = 0; round < 60; round++) {
        const chunks = cut(text, random, 1 + (round % 20)).map((chunk) => piece(channel, chunk));
        const { texts, notices } = await guard([...chunks, finish()], rule(action), terms);
        assert.equal(texts.get(keyOf(channel)), whole.texts.get(keyOf(channel)));
        assert.deepEqual(notices, whole.notices);
      }
    }
  });
}

test("no part of a phrase leaves where another channel begins in the midst of it", async () => {
  for (const { said } of disguised.slice(0, 4)) {
    const text = about + said + after;
    for (let at = about.length + 1; at < about.length + said.length; at++) {
      const events = [
        piece("text-delta", text.slice(0, at)),
        piece("reasoning-delta", "Meanwhile."),
        piece("tool-call-delta", "{}"),
        piece("text-delta", text.slice(at)),
        finish(),
      ];
      const { texts } = await guard(events, rule("redact"), terms);
      const shown = texts.get("0 text-delta") ?? "";
      assert.equal(shown, `${about}[TERM]${after}`, `cut at ${at}`);
    }
  }
});

test("whatever else is planted is found as before, with phrases beside it and in it", async () => {
  for (const { name, text, hidden, categories } of plantedTexts) {
    const said = `${text} Zephyr ${text} Project Falcon`;
    const whole = await guard([piece("text-delta", said), finish()], rule("redact"), terms);
    const expected = whole.texts.get("0 text-delta") ?? "";
    for (const secret of [...hidden, "Zephyr", "Falcon"]) assert.ok(!expected.includes(secret), name);
    assert.deepEqual(new Set(whole.categories), new Set([...categories, "lexicon.names"]));
    const random = randomSource(name.length);
    for (let round = 0; round < 20; round++) {
      const chunks = cut(said, random, 1 + round).map((chunk) => piece("text-delta", chunk));
      const { texts, notices } = await guard([...chunks, finish()], rule("redact"), terms);
      assert.equal(texts.get("0 text-delta"), expected);
      assert.deepEqual(notices, whole.notices);
    }
  }
});

test("phrases that overlap, or stand in an address, leave nothing of each other", async () => {
  const cases: Readonly<Record<string, string>> = {
    "the project falcon heavy lifter flies": "the [TERM] flies",
    "project falcon heavy is flagged": "[TERM] heavy is flagged",
    "write to project-falcon@example.com now": "write to [EMAIL] now",
    "write to jane.doe@example.com Typhoon now": "write to [EMAIL] now",
    [`Zephyr${githubToken} and Zephyr=${githubToken}`]: `Zephyr${githubToken} and [TERM]=[GITHUB_TOKEN]`,
    "zephyrs and Zephyrine are other words": "zephyrs and Zephyrine are other words",
  };
  for (const [said, expected] of Object.entries(cases)) {
    for (const longest of [1, 3, 500]) {
      const chunks = cut(said, randomSource(5), longest).map((chunk) => piece("text-delta", chunk));
      const { texts } = await guard([...chunks, finish()], rule("redact"), terms);
      assert.equal(texts.get("0 text-delta"), expected);
    }
  }
});

test("JSON stays valid: in strings, as keys, as bare values, or the answer ends", async () => {
  const listed = new Lexicon([
    { list: "names", phrase: "Project Falcon" },
    { list: "names", phrase: "4711" },
    { list: "names", phrase: "name: zephyr" },
  ]);
  const options = { terms: { lexicon: listed, held: 1 } };
  const args =
    '{"project falcon":"On \\"Project\\nFalcon\\" we agree","n":4711,"list":[4711,"4711"],"k":47110}';
  const random = randomSource(11);
  for (let round = 0; round < 100; round++) {
    const events = cut(args, random, 1 + (round % 30)).map((chunk) => piece("tool-call-delta", chunk));
    const { texts } = await guard([...events, finish()], () => "redact", options);
    assert.deepEqual(JSON.parse(texts.get("0 tool 0") ?? ""), {
      "[TERM]": 'On "[TERM]" we agree',
      n: "[TERM]",
      list: ["[TERM]", "[TERM]"],
      k: 47_110,
    });
  }
  for (const broken of ['{"name":"zephyr"}', '{"n": 4711.5}']) {
    const { texts, finishes } = await guard(
      [piece("tool-call-delta", broken), finish()],
      () => "redact",
      options,
    );
    assert.deepEqual(finishes, ["0 content_filter"]);
    assert.doesNotMatch(texts.get("0 tool 0") ?? "", /zephyr|4711/);
  }
});

test("structured content stays valid too, and log probabilities of what was cut out stay behind", async () => {
  const content = '{"about": "Project Falcon", "with": ["AT&T", true]}';
  const tokens = content.match(/[\w&]+|[^\w&]+/g) ?? [];
  const events = tokens.map((token) => ({
    ...piece("text-delta", token),
    logprobs: [{ token, top_logprobs: [{ token: "Zephyr" }, { token: "Breeze" }] }],
  }));
  const { texts, events: out } = await guard([...events, finish()], rule("redact"), terms);
  assert.deepEqual(JSON.parse(texts.get("0 text-delta") ?? ""), { about: "[TERM]", with: ["[TERM]", true] });
  const left = JSON.stringify(out);
  assert.match(left, /Breeze/);
  assert.doesNotMatch(left, /Project|Falcon|AT&T|Zephyr/);
});

test("names of tools, citations and hidden tags are judged by the lists too", async () => {
  const named = await guard(
    [
      { type: "tool-call-delta", choice: 0, call: 0, id: "c", name: "find_project_falcon", arguments: "{}" },
      finish(),
    ],
    rule("redact"),
    terms,
  );
  assert.deepEqual([named.finishes, named.texts.size], [["0 content_filter"], 0]);
  const cited = await guard(
    [{ type: "citations", choice: 0, citations: [{ title: "Zephyr" }, { title: "Weather" }] }, finish()],
    rule("redact"),
    terms,
  );
  assert.deepEqual(cited.events[0], {
    type: "safety-notice",
    choice: 0,
    categories: ["lexicon.names"],
    redacted: true,
  });
  assert.deepEqual(cited.events[1], { type: "citations", choice: 0, citations: [{ title: "Weather" }] });
  const tags = Array.from("Zephyr", (one) => String.fromCodePoint(0xe0000 + one.charCodeAt(0))).join("");
  const spelled = await guard([piece("text-delta", `Hello${tags} world.`), finish()], rule("redact"), terms);
  assert.equal(spelled.texts.get("0 text-delta"), "Hello world.");
});

test("flagged phrases hold nothing back, others only what may still become one", async () => {
  const text = "We talked about Project Falconry, the draft and Project Falcon and the rest of it. ";
  const chunks = Array.from(text, (one) => piece("text-delta", one));
  const said = async (options: object) =>
    (await guard([...chunks, finish()], () => "flag", options)).events.filter(
      ({ type }) => type !== "safety-notice",
    );
  assert.deepEqual(await said({ terms: { lexicon, held: 0 } }), await said({}));
  const channel = new HeldText(() => "redact", false, { prompts: undefined, isPatient: false, ...terms });
  const steps = [
    "The Project",
    " is",
    " on",
    " time; Project Fal",
    "conry",
    " too. 猎鹰",
    "是",
    " Zeph",
    "yr ",
  ];
  assert.deepEqual(
    steps.map((step) => channel.push(step).text),
    ["The ", "", "Project is ", "on time; ", "", "Project Falconry too. ", "猎鹰是", " ", "[TERM] "],
  );
});

test("what can no longer become a phrase is not held, however long the gap or the word", () => {
  const channel = new HeldText(() => "redact", false, { prompts: undefined, isPatient: false, ...terms });
  assert.equal(channel.push("Project").text, "");
  const gap = " ".repeat(4_000);
  assert.equal(channel.push(gap).text, `Project${gap}`);
  assert.equal(channel.push("Falcon.").text, "");
  assert.equal(channel.finish().text, "Falcon.");
});
