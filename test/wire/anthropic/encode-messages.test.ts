// Conversations on their way to Anthropic: turns, blocks, and what comes back as it was sent.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { AssistantMessage, Message, Part } from "../../../src/core/request.ts";
import { anthropicDialect } from "../../../src/wire/anthropic/dialect.ts";
import { fixtureJson } from "../../kit/fixtures.ts";
import { asMessage, gather } from "../../kit/gathered.ts";
import { recordingsOf } from "../../kit/recordings.ts";
import { ask, destinationOf, encodeWith, requestOf } from "../../kit/wire-requests.ts";

const to = destinationOf("claude-sonnet-4-5");
const encode = (...messages: Message[]) =>
  encodeWith(anthropicDialect, requestOf({ messages, maxOutputTokens: 100 }), to);
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
    {
      role: "system",
      parts: [text("One."), { ...text("Two."), extras: { cache_control: { type: "ephemeral" } } }],
    },
    ask("a"),
    ask("b"),
    assistant({ parts: [text("c")] }),
    { role: "system", parts: [text("Three.")] },
    ask("d"),
  );
  assert.deepEqual(body["system"], [
    text("One."),
    { ...text("Two."), cache_control: { type: "ephemeral" } },
    text("Three."),
  ]);
  assert.deepEqual(body["messages"], [
    { role: "user", content: [text("a"), text("b")] },
    { role: "assistant", content: [text("c")] },
    { role: "user", content: [text("d")] },
  ]);
  assert.deepEqual(params, ["mapped messages[4] system → system (moved to the front)"]);
});

test("instructions that stand alone are asked", () => {
  const { body, params } = encode({ role: "system", parts: [text("Do it.")] });
  assert.deepEqual(body["messages"], [{ role: "user", content: [text("Do it.")] }]);
  assert.equal(body["system"], undefined);
  assert.deepEqual(params, ["mapped messages[0].role system → user"]);
  assert.throws(() => encode(ask("")), { code: "INVALID_REQUEST" });
});

test("tool results come first in their turn and keep their error mark", () => {
  const call = { id: "a.b:1", name: "now", arguments: "" };
  const { body } = encode(
    ask("?"),
    assistant({ toolCalls: [call, { ...call, id: "two", arguments: '{"x":1}' }] }),
    ask("meanwhile"),
    { role: "tool", toolCallId: "a.b:1", parts: [text("12:00")], extras: { is_error: true } },
    { role: "tool", toolCallId: "two", parts: [] },
  );
  assert.deepEqual((body["messages"] as unknown[]).slice(1), [
    {
      role: "assistant",
      content: [
        { type: "tool_use", id: "a_b_1", name: "now", input: {} },
        { type: "tool_use", id: "two", name: "now", input: { x: 1 } },
      ],
    },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "a_b_1", content: [text("12:00")], is_error: true },
        { type: "tool_result", tool_use_id: "two" },
        text("meanwhile"),
      ],
    },
  ]);
});

for (const written of ["{", "[]", "7", "nonsense"]) {
  test(`tool arguments ${written} are refused by their path`, () => {
    const toolCalls = [{ id: "1", name: "now", arguments: written }];
    assert.throws(
      () => encode(ask("?"), assistant({ toolCalls })),
      (error: unknown) => {
        const failure = error as { code: string; detail: { path: string } };
        assert.equal(failure.code, "INVALID_REQUEST");
        assert.equal(failure.detail.path, "messages[1].toolCalls[0].arguments");
        return true;
      },
    );
  });
}

const png = "iVBORw0KGgoAAAANS";
const base64Text = Buffer.from("a;b\n").toString("base64");
const blocks: readonly (readonly [Part, unknown])[] = [
  [
    { type: "image", url: "https://x.example/a" },
    { type: "image", source: { type: "url", url: "https://x.example/a" } },
  ],
  [
    { type: "image", base64: png },
    { type: "image", source: { type: "base64", media_type: "image/png", data: png } },
  ],
  [
    { type: "image", url: "data:image/gif;base64,R0lG" },
    { type: "image", source: { type: "base64", media_type: "image/gif", data: "R0lG" } },
  ],
  [
    { type: "file", url: "https://x.example/a.pdf", name: "A" },
    { type: "document", source: { type: "url", url: "https://x.example/a.pdf" }, title: "A" },
  ],
  [
    { type: "file", base64: "JVBERi0x", extras: { citations: { enabled: true } } },
    {
      type: "document",
      source: { type: "base64", media_type: "application/pdf", data: "JVBERi0x" },
      citations: { enabled: true },
    },
  ],
  [
    { type: "file", base64: base64Text, mimeType: "text/csv" },
    { type: "document", source: { type: "text", media_type: "text/plain", data: "a;b\n" } },
  ],
];

test("images and documents become blocks", () => {
  for (const [part, block] of blocks) {
    const { body, params } = encode({ role: "user", parts: [part] });
    assert.deepEqual(body["messages"], [{ role: "user", content: [block] }]);
    assert.deepEqual(params, []);
  }
});

test("a part that cannot be carried is refused by its path, for good", () => {
  const refused: readonly Part[] = [
    { type: "audio", base64: "UklGRg==", mimeType: "audio/wav" },
    { type: "video", url: "https://x.example/a.mp4" },
    { type: "image", base64: "Qk0=", mimeType: "image/bmp" },
    { type: "file", base64: "UEsDBA==", mimeType: "application/zip" },
    { type: "file", url: "https://x.example/a.docx", mimeType: "application/msword" },
    { type: "file" },
  ];
  for (const part of refused) {
    const { unsupported } = encode({ role: "user", parts: [text("see"), part] });
    assert.deepEqual(unsupported, ["messages[0].parts[1]!"]);
  }
});

test("what the caller said beside the parts is reported where it has no place", () => {
  const { params } = encode(
    { role: "user", name: "Ann", parts: [{ type: "image", url: "https://x.example/a", detail: "high" }] },
    assistant({
      parts: [text("ok")],
      reasoning: [{ text: "of another model" }],
      extras: { audio: { id: "a" } },
    }),
    ask("go on"),
  );
  assert.deepEqual(params, [
    "dropped messages[0].parts[0].detail high",
    "dropped messages[0].name",
    "dropped messages[1].reasoning[0] unsigned",
    "dropped messages[1].audio",
  ]);
});

test("a cache mark on a message stands on its last block", () => {
  const { body } = encode({
    role: "user",
    parts: [text("a"), text("b")],
    extras: { cache_control: { type: "ephemeral", ttl: "1h" } },
  });
  assert.deepEqual(body["messages"], [
    { role: "user", content: [text("a"), { ...text("b"), cache_control: { type: "ephemeral", ttl: "1h" } }] },
  ]);
});

interface Answer {
  readonly content: readonly { readonly type: string }[];
}

/** Blocks of server tools and citations have no neutral form yet. */
function returned(answer: Answer): unknown[] {
  const kept = ["thinking", "redacted_thinking", "text", "tool_use"];
  return answer.content
    .filter((block) => kept.includes(block.type))
    .map(({ citations: _dropped, ...block }: { type: string; citations?: unknown }) => block);
}

test("an answer put back into the conversation is the answer that came", (context) => {
  const recorded = recordingsOf("anthropic-messages").filter(
    (recording) =>
      !recording.streaming && recording.status < 400 && !recording.exercises.includes("empty-text"),
  );
  const fixture = fixtureJson("thinking-and-tools.json", import.meta.url);
  const answers = [fixture, ...recorded.map((recording) => recording.answer())] as Answer[];
  for (const answer of answers) {
    const { body } = encode(ask("?"), asMessage(gather(anthropicDialect.decodeCompletion(answer))));
    const turns = body["messages"] as { content: unknown[] }[];
    assert.deepEqual(turns[1]?.content, returned(answer));
  }
  context.diagnostic(`${answers.length} answers put back, ${recorded.length} of them recorded`);
});

test("thinking goes on over tool results only where the turn carries its own", () => {
  const toolCalls = [{ id: "1", name: "now", arguments: "" }];
  const after = (reasoning: AssistantMessage["reasoning"]) =>
    encodeWith(
      anthropicDialect,
      requestOf({
        messages: [
          ask("?"),
          assistant({ toolCalls, reasoning }),
          { role: "tool", toolCallId: "1", parts: [text("12:00")] },
        ],
        maxOutputTokens: 20_000,
        reasoning: "low",
        tools: [{ name: "now", parameters: {} }],
      }),
      to,
    );
  assert.deepEqual(after([{ text: "t", signature: "s" }]).body["thinking"], {
    type: "enabled",
    budget_tokens: 2048,
  });
  assert.equal(after([]).body["thinking"], undefined);
  assert.deepEqual(after([]).unsupported, ["reasoning_effort"]);
});
