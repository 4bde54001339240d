// Reading Gemini's answers: the same neutral events whole or streamed, and faults where it breaks.

import assert from "node:assert/strict";
import { test } from "node:test";
import { geminiDialect } from "../../../src/wire/gemini/dialect.ts";
import { decodeBytes } from "../../kit/decoded-stream.ts";
import { fixtureBytes, fixtureJson } from "../../kit/fixtures.ts";
import { gather, gatherChoices, lastUsage } from "../../kit/gathered.ts";
import { recut } from "../../kit/recut.ts";

const body = fixtureJson("thoughts-and-calls.json", import.meta.url);
const stream = fixtureBytes("thoughts-and-calls.sse", import.meta.url);

const first = {
  text: "Schöner Tag 🌤️ heute",
  refusal: "",
  reasoning: [{ text: "Two places are asked." }, { text: "", signature: "dGV4dA==" }],
  toolCalls: [
    {
      id: "call_gemini_resp1A_0_0",
      name: "weather",
      arguments: '{"place":"Zürich","days":2}',
      signature: "Y2FsbA==",
    },
    { id: "fc_2", name: "now", arguments: "{}" },
  ],
  citations: [
    {
      type: "url_citation",
      url_citation: { url: "https://weather.example/zurich", title: "Zürich", start_index: 0, end_index: 11 },
    },
  ],
  logprobs: [],
  finish: "tool_calls",
};

test("a whole answer and a streamed one say the same, choice by choice", () => {
  for (const events of [geminiDialect.decodeCompletion(body), decodeBytes(geminiDialect, [stream])]) {
    const [one, two] = gatherChoices(events);
    assert.deepEqual(one, first);
    assert.equal(two?.text, "Anders.");
    assert.equal(two?.finish, "length");
    assert.deepEqual(lastUsage(events), {
      input: 107,
      cachedInput: 60,
      cacheWrite: 0,
      output: 42,
      reasoning: 12,
      audioInput: 20,
    });
  }
});

test("cuts at odd bytes change nothing", () => {
  const whole = decodeBytes(geminiDialect, [stream]);
  for (let seed = 1; seed <= 30; seed++) {
    assert.deepEqual(decodeBytes(geminiDialect, recut(stream, seed, 1 + (seed % 13))), whole);
  }
});

const chunk = (fields: object) => ({ event: undefined, data: JSON.stringify(fields) });
const said = (text: string, more: object = {}) => ({
  candidates: [{ content: { parts: [{ text }] }, ...more }],
});

test("a stream without a finish reason is truncated", () => {
  const decoder = geminiDialect.decodeStream();
  decoder.push(chunk(said("half an")));
  assert.throws(() => decoder.end(), { name: "WireFault", kind: "truncated" });
  assert.throws(() => geminiDialect.decodeStream().end(), { name: "WireFault", kind: "truncated" });
});

test("a finish that comes with every chunk is told once, at the end", () => {
  const decoder = geminiDialect.decodeStream();
  const events = [
    ...decoder.push(chunk(said("a", { finishReason: "STOP" }))),
    ...decoder.push(chunk(said("b", { finishReason: "STOP" }))),
    ...decoder.push({ event: undefined, data: "[DONE]" }),
  ];
  assert.equal(
    events.some((event) => event.type === "choice-finish"),
    false,
  );
  assert.deepEqual(decoder.end(), [{ type: "choice-finish", choice: 0, reason: "stop" }]);
});

test("a chunk after the finish does not take the finish back", () => {
  const decoder = geminiDialect.decodeStream();
  decoder.push(chunk(said("a", { finishReason: "MAX_TOKENS" })));
  decoder.push(chunk(said("")));
  assert.deepEqual(decoder.end(), [{ type: "choice-finish", choice: 0, reason: "length" }]);
});

test("candidates without a number count in their order", () => {
  const candidates = ["a", "b"].flatMap((text) => said(text, { finishReason: "STOP" }).candidates);
  const choices = gatherChoices(geminiDialect.decodeCompletion({ candidates }));
  assert.deepEqual(
    choices.map((choice) => choice.text),
    ["a", "b"],
  );
});

const finishes = {
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "content_filter",
  RECITATION: "content_filter",
  PROHIBITED_CONTENT: "content_filter",
  BLOCKLIST: "content_filter",
  SPII: "content_filter",
  OTHER: "content_filter",
  A_REASON_OF_THE_FUTURE: "stop",
};

for (const [finishReason, reason] of Object.entries(finishes)) {
  test(`finishReason ${finishReason} becomes ${reason}`, () => {
    assert.equal(gather(geminiDialect.decodeCompletion(said("x", { finishReason }))).finish, reason);
  });
}

for (const finishReason of ["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "MALFORMED_RESPONSE"]) {
  test(`finishReason ${finishReason} is a fault, not an answer`, () => {
    const answer = said("x", { finishReason });
    assert.throws(() => geminiDialect.decodeCompletion(answer), {
      name: "WireFault",
      kind: "malformed",
      status: 502,
    });
  });
}

test("a blocked prompt is an answer without text, filtered", () => {
  const blocked = { promptFeedback: { blockReason: "SAFETY", blockReasonMessage: "Unsafe." } };
  const whole = geminiDialect.decodeCompletion(blocked);
  const decoder = geminiDialect.decodeStream();
  for (const events of [whole, [...decoder.push(chunk(blocked)), ...decoder.end()]]) {
    const { text, finish, refusal } = gather(events);
    assert.deepEqual({ text, finish, refusal }, { text: "", finish: "content_filter", refusal: "Unsafe." });
  }
});

test("log probabilities take OpenAI's form", () => {
  const logprobsResult = {
    chosenCandidates: [{ token: "é", logProbability: -0.1 }],
    topCandidates: [
      {
        candidates: [
          { token: "é", logProbability: -0.1 },
          { token: "e", logProbability: -3 },
        ],
      },
    ],
  };
  const events = geminiDialect.decodeCompletion(said("é", { finishReason: "STOP", logprobsResult }));
  assert.deepEqual(gather(events).logprobs, [
    {
      token: "é",
      logprob: -0.1,
      bytes: [195, 169],
      top_logprobs: [
        { token: "é", logprob: -0.1, bytes: [195, 169] },
        { token: "e", logprob: -3, bytes: [101] },
      ],
    },
  ]);
});

test("an image in the answer is not lost", () => {
  const parts = [{ text: "Here: " }, { inlineData: { mimeType: "image/png", data: "iVBO" } }];
  const events = geminiDialect.decodeCompletion({
    candidates: [{ content: { parts }, finishReason: "STOP" }],
  });
  assert.equal(gather(events).text, "Here: ![image/png](data:image/png;base64,iVBO)");
});

test("an error inside a stream is a fault with its status, as an object or a list", () => {
  const error = { error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } };
  for (const data of [JSON.stringify(error), JSON.stringify([error])]) {
    const push = () => geminiDialect.decodeStream().push({ event: undefined, data });
    assert.throws(push, { name: "WireFault", kind: "error", status: 503 });
  }
});

test("what is no answer is malformed", () => {
  for (const answer of [undefined, null, "text", 7, [], {}, { candidates: [] }, { candidates: [7] }]) {
    assert.throws(() => geminiDialect.decodeCompletion(answer), { name: "WireFault", kind: "malformed" });
  }
  for (const data of ["", "{", "null"]) {
    const push = () => geminiDialect.decodeStream().push({ event: undefined, data });
    assert.throws(push, { name: "WireFault", kind: "malformed" });
  }
});
