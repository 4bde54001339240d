// What the guard does with choices, tool calls, reasoning, citations and log probabilities.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModelEvent } from "../../src/core/events.ts";
import { cut, finish, guard, piece, randomSource } from "./guarded.ts";
import { card, githubToken } from "./planted.ts";

const tool = (args: string, more: object = {}): ModelEvent => ({
  type: "tool-call-delta",
  choice: 0,
  call: 0,
  arguments: args,
  ...more,
});

test("interleaved choices are held apart, and a hit split over two of them is no hit", async () => {
  const left = "Choice one says 4111 1111 and no more than that.";
  const right = "Choice two says 1111 1111 in its own right.";
  const events: ModelEvent[] = [];
  for (let at = 0; at < left.length; at += 3) {
    events.push(
      piece("text-delta", left.slice(at, at + 3), 0),
      piece("text-delta", right.slice(at, at + 3), 1),
    );
  }
  const { texts, notices } = await guard([...events, finish(0), finish(1)], () => "block");
  assert.equal(texts.get("0 text-delta"), left);
  assert.equal(texts.get("1 text-delta"), right);
  assert.deepEqual(notices, []);
});

test("a block ends every open choice, the blocked one first, and drops what they held", async () => {
  const events = [
    piece("text-delta", "The other choice holds 4111 1111", 0),
    piece("text-delta", "done.", 2),
    finish(2),
    piece("text-delta", `Key: ${githubToken} and more`, 1),
    piece("text-delta", " never seen", 0),
  ];
  const { texts, finishes, notices } = await guard(events, () => "block");
  assert.deepEqual(finishes, ["2 stop", "1 content_filter", "0 content_filter"]);
  assert.equal(texts.get("0 text-delta"), "The other choice holds ");
  assert.equal(texts.get("1 text-delta"), "Key: ");
  assert.deepEqual(notices, ["1 false secret.github-token"]);
});

test("tool arguments stay valid JSON when strings, escapes and bare numbers are replaced", async () => {
  const bare = card.replaceAll(" ", "");
  const args = `{"to":"jane.doe\\u0040example.com","cc":"\\"x\\" ${card}\\n","number":${bare},"path":"C:\\\\new","n":[1,2]}`;
  const random = randomSource(7);
  for (let round = 0; round < 300; round++) {
    const events = cut(args, random, 1 + (round % 30)).map((chunk) => tool(chunk));
    const { texts } = await guard([...events, finish()], () => "redact");
    assert.deepEqual(JSON.parse(texts.get("0 tool 0") ?? ""), {
      to: "[EMAIL]",
      cc: '"x" [CREDIT_CARD]\n',
      number: "[CREDIT_CARD]",
      path: "C:\\new",
      n: [1, 2],
    });
  }
});

test("structured content stays valid JSON too", async () => {
  const content = ` {"card": ${card.replaceAll(" ", "")}, "ok": true}`;
  const chunks = cut(content, randomSource(3), 4).map((chunk) => piece("text-delta", chunk));
  const { texts } = await guard([...chunks, finish()], () => "redact");
  assert.deepEqual(JSON.parse(texts.get("0 text-delta") ?? ""), { card: "[CREDIT_CARD]", ok: true });
});

test("a tool call's id and name leave with its first event, though its arguments wait", async () => {
  const events = [tool('{"a":"4111', { id: "call_1", name: "pay" }), tool(' 1111"}'), finish()];
  const guarded = await guard(events, () => "block");
  assert.deepEqual(guarded.events[0], tool('{"a":"', { id: "call_1", name: "pay", signature: undefined }));
  assert.equal(guarded.texts.get("0 tool 0"), '{"a":"4111 1111"}');
});

test("the seal of a changed reasoning block loses its signature, that of an unchanged one keeps it", async () => {
  const seal: ModelEvent = { type: "reasoning-seal", choice: 0, signature: "opaque" };
  const events = [
    piece("reasoning-delta", `It is ${card}.`),
    seal,
    piece("reasoning-delta", "Nothing here."),
    seal,
    piece("text-delta", "Fine."),
    finish(),
  ];
  const { events: out, texts } = await guard(events, () => "redact");
  const seals = out.filter((event) => event.type === "reasoning-seal");
  assert.deepEqual(
    seals.map((event) => event.signature),
    [undefined, "opaque"],
  );
  assert.equal(texts.get("0 reasoning-delta"), "It is [CREDIT_CARD].Nothing here.");
});

test("reasoning that ends its sentence leaves before the answer begins", async () => {
  const events = [piece("reasoning-delta", "So it is."), piece("text-delta", "Yes, it is."), finish()];
  const { events: out } = await guard(events, () => "block");
  const order = out.map((event) => event.type);
  assert.ok(order.lastIndexOf("reasoning-delta") < order.indexOf("text-delta"), order.join(" "));
});

test("what begins ends what went before it, so that both leave in the order in which they were said", async () => {
  const { events } = await guard(
    [
      { type: "text-delta", choice: 0, text: "Reading" },
      { type: "reasoning-delta", choice: 0, text: "Then" },
      { type: "reasoning-seal", choice: 0, signature: "s" },
      { type: "text-delta", choice: 0, text: "on" },
      { type: "tool-call-delta", choice: 0, call: 0, id: "c", name: "read", arguments: "" },
      { type: "tool-call-delta", choice: 0, call: 0, arguments: '{"a":1}' },
      { type: "tool-call-delta", choice: 0, call: 1, id: "d", name: "read", arguments: "{}" },
      finish(0),
    ],
    () => "block",
  );
  const said = events.map((event) =>
    "text" in event ? event.text : "arguments" in event ? event.arguments : event.type,
  );
  assert.deepEqual(
    said.filter((one) => one !== ""),
    ["Reading", "Then", "reasoning-seal", "on", '{"a":1}', "{}", "choice-finish"],
  );
});

test("nothing of a hit that a tool call cuts in two leaves", async () => {
  const { texts, finishes } = await guard(
    [
      piece("text-delta", `Key: ${githubToken.slice(0, 12)}`),
      tool("", { id: "c", name: "read" }),
      piece("text-delta", `${githubToken.slice(12)} and more`),
      finish(0),
    ],
    () => "block",
  );
  assert.equal(texts.get("0 text-delta"), "Key: ");
  assert.deepEqual(finishes, ["0 content_filter"]);
});

test("log probabilities leave with whole released tokens only", async () => {
  const tokens = ["Card", " 4111", " 1111", " 1111", " 1111", ",", " yes", "."];
  const events = tokens.map((token): ModelEvent => ({
    type: "text-delta",
    choice: 0,
    text: token,
    logprobs: [{ token, logprob: -1 }],
  }));
  const { events: out, texts } = await guard([...events, finish()], () => "redact");
  const seen = out.flatMap((event) => (event.type === "text-delta" ? (event.logprobs ?? []) : []));
  assert.equal(texts.get("0 text-delta"), "Card [CREDIT_CARD], yes.");
  assert.deepEqual(
    seen.map((entry) => (entry as { token: string }).token),
    ["Card", ",", " yes", "."],
  );
});

test("log probabilities of tokens that spell something else do not leave", async () => {
  const entry = (token: string): object => ({ token, logprob: -1, bytes: [...Buffer.from(token)] });
  const half = (bytes: readonly number[]): object => ({ token: "\ufffd", logprob: -1, bytes });
  const { events } = await guard(
    [
      { type: "text-delta", choice: 0, text: "", logprobs: [entry("4111111111111111")] },
      { type: "text-delta", choice: 0, text: "Well.", logprobs: [entry("12345")] },
      { type: "text-delta", choice: 0, text: "é", logprobs: [half([0xc3]), half([0xa9])] },
      finish(),
    ],
    () => "block",
  );
  const seen = events.flatMap((event) => (event.type === "text-delta" ? (event.logprobs ?? []) : []));
  assert.deepEqual(seen, [half([0xc3]), half([0xa9])]);
});

test("what a model might have said instead leaves only where it neither is nor completes a hit", async () => {
  const told = (token: string, others: readonly string[], bytes = token): ModelEvent => ({
    type: "text-delta",
    choice: 0,
    text: token,
    logprobs: [{ ...entryOf(token, bytes), top_logprobs: others.map((other) => entryOf(other)) }],
  });
  const entryOf = (token: string, bytes = token): object => ({
    token,
    logprob: -1,
    bytes: [...Buffer.from(bytes)],
  });
  const { events } = await guard(
    [
      told("Card", ["Karte", githubToken]),
      told(" no", [" 4111 1111"]),
      told(" one", [" 1111 1111", " two"], githubToken),
      finish(),
    ],
    () => "flag",
  );
  const seen = events.flatMap((event) => (event.type === "text-delta" ? (event.logprobs ?? []) : []));
  assert.deepEqual(seen, [
    { ...entryOf("Card"), top_logprobs: [entryOf("Karte")] },
    { ...entryOf(" no"), top_logprobs: [entryOf(" 4111 1111")] },
    { token: " one", logprob: -1, top_logprobs: [entryOf(" two")] },
  ]);
});

test("a hit in the id of a tool call, or in what the upstream calls itself, is not told", async () => {
  const { events, finishes } = await guard(
    [
      { type: "answer-begin", upstreamId: "up-1", upstreamModel: githubToken },
      tool("{}", { id: githubToken, name: "read" }),
      tool("{}", { id: "call_1", name: "read", call: 1 }),
      finish(0),
    ],
    () => "block",
  );
  assert.deepEqual(finishes, ["0 stop"]);
  assert.ok(!JSON.stringify(events).includes(githubToken));
  const ids = events.flatMap((event) => (event.type === "tool-call-delta" && event.id ? [event.id] : []));
  assert.match(ids[0] ?? "", /^call_[0-9a-f]{32}$/);
  assert.equal(ids[1], "call_1");
  const named = { type: "answer-begin", upstreamId: "up-1", upstreamModel: "some-model-2025-08-07" } as const;
  const clean = await guard([named, finish(0)], () => "block");
  assert.deepEqual(clean.events[0], named);
});

test("a citation that holds a hit is dropped, the others stay", async () => {
  const good = { url: "https://example.com/a", title: "A" };
  const bad = { url: "https://example.com/b", cited_text: `the token ${githubToken}` };
  const events: ModelEvent[] = [{ type: "citations", choice: 0, citations: [good, bad] }, finish()];
  const { events: out } = await guard(events, () => "block");
  assert.deepEqual(
    out.find((event) => event.type === "citations"),
    { type: "citations", choice: 0, citations: [good] },
  );
});

test("what is flagged is released as it is, with one notice per kind", async () => {
  const text = "Write to jane@example.com, joe@example.com or call +44 20 7946 0958 today.";
  const chunks = cut(text, randomSource(5), 9).map((chunk) => piece("text-delta", chunk));
  const { texts, notices } = await guard([...chunks, finish()], () => "flag");
  assert.equal(texts.get("0 text-delta"), text);
  assert.deepEqual(notices, ["0 false contact.email", "0 false contact.phone"]);
});

test("a health word behind an identity is health data, and the identity behind a health word too", async () => {
  const rule = (category: string) => (category.startsWith("phi") ? "redact" : "flag");
  const first = await guard(
    [piece("text-delta", "Write to jane@example.com about her diabetes now."), finish()],
    rule,
  );
  assert.equal(first.texts.get("0 text-delta"), "Write to jane@example.com about her [MEDICAL_TERM] now.");
  const second = await guard(
    [piece("text-delta", "The diabetes of jane@example.com is new."), finish()],
    rule,
  );
  assert.equal(second.texts.get("0 text-delta"), "The diabetes of [EMAIL] is new.");
  const alone = await guard([piece("text-delta", "Diabetes is a disease, cancer too."), finish()], rule);
  assert.deepEqual(alone.notices, []);
});

test("text spelled in tag characters is taken out when it holds a hit", async () => {
  const spelled = Array.from(githubToken, (one) => String.fromCodePoint(0xe0000 + one.charCodeAt(0))).join(
    "",
  );
  for (const longest of [1, 3, 500]) {
    const chunks = cut(`Hello${spelled} world.`, randomSource(9), longest).map((chunk) =>
      piece("text-delta", chunk),
    );
    const { texts, categories } = await guard([...chunks, finish()], () => "redact");
    assert.equal(texts.get("0 text-delta"), "Hello world.");
    assert.deepEqual(categories, ["secret.github-token"]);
  }
});
