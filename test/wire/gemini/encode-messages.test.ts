// Conversations on their way to Gemini: contents, parts, and what comes back as it was sent.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { AssistantMessage, Message, Part } from "../../../src/core/request.ts";
import { geminiDialect } from "../../../src/wire/gemini/dialect.ts";
import { fixtureJson } from "../../kit/fixtures.ts";
import { asMessage, gather } from "../../kit/gathered.ts";
import { recordingsOf } from "../../kit/recordings.ts";
import { ask, destinationOf, encodeWith, requestOf } from "../../kit/wire-requests.ts";

const encodeFor = (model: string, ...messages: Message[]) =>
  encodeWith(geminiDialect, requestOf({ messages }), destinationOf(model));
const encode = (...messages: Message[]) => encodeFor("gemini-2.5-flash", ...messages);
const text = (said: string) => ({ type: "text", text: said }) as const;
const assistant = (fields: Partial<AssistantMessage>): AssistantMessage => ({
  role: "assistant",
  parts: [],
  toolCalls: [],
  reasoning: [],
  ...fields,
});

test("system prompts merge in order and turns alternate", () => {
  const { body, params } = encode(
    { role: "system", parts: [text("One.")] },
    ask("a"),
    ask("b"),
    assistant({ parts: [text("c")], refusal: "no" }),
    { role: "system", parts: [text("Two.")] },
    ask("d"),
  );
  assert.deepEqual(body["systemInstruction"], { parts: [{ text: "One." }, { text: "Two." }] });
  assert.deepEqual(body["contents"], [
    { role: "user", parts: [{ text: "a" }, { text: "b" }] },
    { role: "model", parts: [{ text: "c" }, { text: "no" }] },
    { role: "user", parts: [{ text: "d" }] },
  ]);
  assert.deepEqual(params, ["mapped messages[4] system → systemInstruction (moved to the front)"]);
});

test("instructions that stand alone are asked", () => {
  const { body } = encode({ role: "system", parts: [text("Do it.")] });
  assert.deepEqual(body["contents"], [{ role: "user", parts: [{ text: "Do it." }] }]);
  assert.throws(() => encode(ask("")), { code: "INVALID_REQUEST" });
});

test("a tool result names the function that was called", () => {
  const { body } = encode(
    ask("?"),
    assistant({
      toolCalls: [
        { id: "c1", name: "now", arguments: "" },
        { id: "call_gemini_r_0_1", name: "at", arguments: '{"x":1}' },
      ],
    }),
    { role: "tool", toolCallId: "c1", parts: [text('{"time":"12:00"}')] },
    {
      role: "tool",
      toolCallId: "call_gemini_r_0_1",
      parts: [text("no such place")],
      extras: { is_error: true },
    },
  );
  assert.deepEqual((body["contents"] as unknown[]).slice(1), [
    {
      role: "model",
      parts: [
        { functionCall: { id: "c1", name: "now", args: {} } },
        { functionCall: { name: "at", args: { x: 1 } } },
      ],
    },
    {
      role: "user",
      parts: [
        { functionResponse: { id: "c1", name: "now", response: { time: "12:00" } } },
        { functionResponse: { name: "at", response: { error: "no such place" } } },
      ],
    },
  ]);
});

const responseTo = (said: string) => {
  const toolCalls = [{ id: "1", name: "f", arguments: "{}" }];
  const { body } = encode(assistant({ toolCalls }), { role: "tool", toolCallId: "1", parts: [text(said)] });
  const contents = body["contents"] as { parts: { functionResponse: { response: unknown } }[] }[];
  return contents[1]?.parts[0]?.functionResponse.response;
};

test("results that are no object are wrapped", () => {
  assert.deepEqual(responseTo("sunny"), { output: "sunny" });
  assert.deepEqual(responseTo("[1,2]"), { output: [1, 2] });
  assert.deepEqual(responseTo("7"), { output: 7 });
});

const pathOf = (run: () => unknown): string | undefined => {
  try {
    run();
  } catch (error) {
    const failure = error as { code: string; detail: { path?: string } };
    assert.equal(failure.code, "INVALID_REQUEST");
    return failure.detail.path;
  }
  return undefined;
};

test("a result without its call and broken arguments are refused by their path", () => {
  const orphan: Message = { role: "tool", toolCallId: "nope", parts: [text("x")] };
  const toolCalls = [{ id: "1", name: "f", arguments: "{" }];
  assert.equal(
    pathOf(() => encode(ask("?"), orphan)),
    "messages[1].toolCallId",
  );
  assert.equal(
    pathOf(() => encode(assistant({ toolCalls }))),
    "messages[0].toolCalls[0].arguments",
  );
});

const parts: readonly (readonly [Part, unknown])[] = [
  [{ type: "image", base64: "/9j/4AAQ" }, { inlineData: { mimeType: "image/jpeg", data: "/9j/4AAQ" } }],
  [
    { type: "image", url: "data:image/png;base64,iVBO" },
    { inlineData: { mimeType: "image/png", data: "iVBO" } },
  ],
  [{ type: "file", base64: "JVBERi0x" }, { inlineData: { mimeType: "application/pdf", data: "JVBERi0x" } }],
  [
    { type: "audio", base64: "UklG", mimeType: "audio/wav" },
    { inlineData: { mimeType: "audio/wav", data: "UklG" } },
  ],
  [
    { type: "video", url: "https://x.example/a.mp4?b" },
    { fileData: { mimeType: "video/mp4", fileUri: "https://x.example/a.mp4?b" } },
  ],
  [
    { type: "file", url: "https://x.example/files/1" },
    { fileData: { fileUri: "https://x.example/files/1" } },
  ],
];

test("media become inline data or file data", () => {
  for (const [part, encoded] of parts) {
    const { body, unsupported } = encode({ role: "user", parts: [part] });
    assert.deepEqual(body["contents"], [{ role: "user", parts: [encoded] }]);
    assert.deepEqual(unsupported, []);
  }
});

test("a file of unknown type is refused by its path, for good", () => {
  const file: Part = { type: "file", base64: "AAAA" };
  assert.deepEqual(encode({ role: "user", parts: [text("see"), file] }).unsupported, [
    "messages[0].parts[1]!",
  ]);
});

test("media in a tool result stands in it for Gemini 3, and beside it before", () => {
  const history: Message[] = [
    assistant({ toolCalls: [{ id: "1", name: "f", arguments: "{}", signature: "s" }] }),
    { role: "tool", toolCallId: "1", parts: [{ type: "image", base64: "iVBORw0KGgo" }] },
  ];
  const older = encode(...history);
  const contents = older.body["contents"] as { parts: object[] }[];
  assert.deepEqual(
    contents[1]?.parts.map((part) => Object.keys(part)),
    [["functionResponse"], ["inlineData"]],
  );
  assert.match(older.params.join(), /mapped messages\[1\]\.parts\[0\]/);
  const { body, unsupported } = encodeFor("gemini-3-flash-preview", ...history);
  assert.deepEqual(unsupported, []);
  assert.match(JSON.stringify(body), /"parts":\[\{"inlineData":\{"mimeType":"image\/png"/);
});

test("Gemini 3 is told that a call of another model has no signature", () => {
  const toolCalls = [
    { id: "1", name: "f", arguments: "{}" },
    { id: "2", name: "f", arguments: "{}" },
  ];
  const { body, params } = encodeFor("gemini-3-pro-preview", ask("?"), assistant({ toolCalls }));
  const contents = body["contents"] as { parts: { thoughtSignature?: string }[] }[];
  assert.deepEqual(
    contents[1]?.parts.map((part) => part.thoughtSignature),
    ["skip_thought_signature_validator", undefined],
  );
  assert.deepEqual(params, ["mapped messages[1].toolCalls[0].signature → skip_thought_signature_validator"]);
  assert.doesNotMatch(JSON.stringify(encode(assistant({ toolCalls })).body), /skip_thought/);
});

interface Answer {
  readonly candidates: readonly { readonly content: { readonly parts: readonly unknown[] } }[];
}

test("an answer put back into the conversation is the answer that came", (context) => {
  const recorded = recordingsOf("gemini-generate").filter(
    (recording) =>
      !recording.streaming &&
      recording.status < 400 &&
      (!recording.exercises.includes("empty-text") || recording.exercises.includes("tool-calls")) &&
      !recording.exercises.includes("error-in-200"),
  );
  const fixture = fixtureJson("thoughts-and-calls.json", import.meta.url);
  const answers = [fixture, ...recorded.map((recording) => recording.answer())] as Answer[];
  for (const answer of answers) {
    const message = asMessage(gather(geminiDialect.decodeCompletion(answer)));
    const contents = encodeFor("gemini-3-pro", ask("?"), message).body["contents"] as { parts: unknown }[];
    assert.deepEqual(contents[1]?.parts, answer.candidates[0]?.content.parts);
  }
  context.diagnostic(`${answers.length} answers put back, ${recorded.length} of them recorded`);
});
