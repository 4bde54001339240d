// The Responses API as an upstream: what is asked of it, and what its items say, whole and event by event.
// Recorded answers are read too, where they lie beside the repository, and must say what OpenAI's SDK reads in them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Destination, WireFault } from "../../../src/core/dialect.ts";
import type { ModelEvent } from "../../../src/core/events.ts";
import type { CompletionRequest, Message } from "../../../src/core/request.ts";
import { createServerEventDecoder } from "../../../src/wire/sse.ts";
import { azureResponsesDialect, responsesDialect } from "../../../src/wire/responses/upstream-dialect.ts";
import { answerEvents, gathered } from "../../kit/answer-events.ts";
import { type Recording, recordingsOf, recordingsPresent } from "../../kit/recordings.ts";
import { recut } from "../../kit/recut.ts";
import { destinationOf, encodeWith, requestOf } from "../../kit/wire-requests.ts";

const encode = (
  request: Partial<CompletionRequest>,
  model = "gpt-5.1-codex",
  more: Partial<Destination> = {},
) =>
  encodeWith(responsesDialect, requestOf(request), destinationOf(model, { providerId: "openai", ...more }));

test("nothing is kept, thoughts are sealed, and every setting has its place", () => {
  const { path, body, params, unsupported } = encode({
    stream: true,
    maxOutputTokens: 9,
    maxOutputTokensSpelling: "max_tokens",
    tools: [{ name: "f", parameters: undefined }],
    toolChoice: { mode: "tool", tool: "f" },
    parallelToolCalls: false,
    responseFormat: { type: "schema", name: "s", schema: { type: "object" }, strict: true },
    reasoning: "minimal",
    extras: {
      verbosity: "low",
      reasoning_summary: "auto",
      user: "u",
      previous_response_id: "resp_0",
      background: true,
    },
  });
  assert.equal(path, "/responses");
  assert.deepEqual(body, {
    store: false,
    user: "u",
    max_output_tokens: 16,
    tools: [{ type: "function", name: "f", parameters: { type: "object", properties: {} }, strict: false }],
    tool_choice: { type: "function", name: "f" },
    parallel_tool_calls: false,
    text: {
      verbosity: "low",
      format: { type: "json_schema", name: "s", schema: { type: "object" }, strict: true },
    },
    reasoning: { effort: "low", summary: "auto" },
    include: ["reasoning.encrypted_content"],
    model: "gpt-5.1-codex",
    input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "Hi" }] }],
    stream: true,
  });
  assert.deepEqual(params, [
    "dropped previous_response_id",
    "dropped background",
    "clamped max_tokens 9 → 16",
    "renamed verbosity → text.verbosity",
    "renamed max_tokens → max_output_tokens",
    "renamed response_format → text.format",
    'mapped reasoning_effort minimal → {"reasoning.effort":"low"}',
  ]);
  assert.deepEqual(unsupported, []);
  const plain = encode({ logprobs: true, topLogprobs: 2, stop: ["x"], n: 2 }, "gpt-4.1", {
    capabilities: ["TOOLS"],
  });
  assert.deepEqual(plain.body["include"], ["message.output_text.logprobs"]);
  assert.equal(plain.body["top_logprobs"], 2);
  assert.deepEqual(plain.unsupported.toSorted(), ["n", "stop"]);
});

test("a conversation becomes items, thoughts with their proof", () => {
  const item = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "sealed" };
  const messages: readonly Message[] = [
    { role: "system", spelling: "developer", parts: [{ type: "text", text: "Be brief" }] },
    {
      role: "user",
      parts: [
        { type: "image", base64: "iVBORw0KGgoAAA" },
        { type: "file", base64: "JVBERi0", mimeType: "application/pdf", name: "a.pdf" },
        { type: "audio", base64: "AAAA" },
      ],
    },
    {
      role: "assistant",
      parts: [{ type: "text", text: "Let me see." }],
      toolCalls: [{ id: "call_1", name: "f", arguments: "{}" }],
      reasoning: [{ text: "hm" }, { text: "", redacted: JSON.stringify(item) }],
    },
    { role: "tool", toolCallId: "call_1", parts: [{ type: "text", text: "42" }] },
    {
      role: "assistant",
      parts: [{ type: "text", text: "42" }],
      toolCalls: [],
      reasoning: [{ text: "bare" }],
    },
  ];
  const { body, params, unsupported } = encode({ messages });
  assert.deepEqual(body["input"], [
    { type: "message", role: "developer", content: [{ type: "input_text", text: "Be brief" }] },
    {
      type: "message",
      role: "user",
      content: [
        { type: "input_image", image_url: "data:image/png;base64,iVBORw0KGgoAAA", detail: "auto" },
        { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0" },
      ],
    },
    item,
    {
      type: "message",
      role: "assistant",
      content: [{ type: "output_text", text: "Let me see.", annotations: [] }],
    },
    { type: "function_call", call_id: "call_1", name: "f", arguments: "{}" },
    { type: "function_call_output", call_id: "call_1", output: "42" },
    { type: "message", role: "assistant", content: [{ type: "output_text", text: "42", annotations: [] }] },
  ]);
  assert.deepEqual(params, ["dropped messages[4].reasoning"]);
  assert.deepEqual(unsupported, ["messages[1].parts[2]!"]);
});

test("at Azure the path is the resource's own, in either form", () => {
  const { path } = azureResponsesDialect.encodeCompletion(requestOf(), destinationOf("gpt-5-codex"));
  const at = (base: string) => azureResponsesDialect.address?.(base, path).href;
  assert.equal(at("https://x.openai.azure.com"), "https://x.openai.azure.com/openai/v1/responses");
  assert.equal(
    at("https://x.openai.azure.com/openai?api-version=2025-04-01-preview"),
    "https://x.openai.azure.com/openai/responses?api-version=2025-04-01-preview",
  );
});

const reasoning = {
  type: "reasoning",
  id: "rs_1",
  summary: [
    { type: "summary_text", text: "first" },
    { type: "summary_text", text: "second" },
  ],
  encrypted_content: "sealed",
};
const message = {
  type: "message",
  role: "assistant",
  content: [
    {
      type: "output_text",
      text: "Hi",
      annotations: [{ type: "url_citation", url: "https://x", title: "X", start_index: 0, end_index: 2 }],
    },
  ],
};
const call = { type: "function_call", call_id: "call_1", name: "f", arguments: '{"a":1}' };
const bare = { type: "function_call", call_id: "call_2", name: "g", arguments: "" };
const usage = {
  input_tokens: 10,
  input_tokens_details: { cached_tokens: 4 },
  output_tokens: 7,
  output_tokens_details: { reasoning_tokens: 3 },
  total_tokens: 17,
};
const head = { id: "resp_1", object: "response", model: "gpt-5-pro", status: "in_progress" };
const whole = { ...head, status: "completed", output: [reasoning, message, call, bare], usage };

function readEvents(...events: readonly object[]): readonly ModelEvent[] {
  const decoder = responsesDialect.decodeStream();
  const read = events.flatMap((data) => decoder.push({ event: undefined, data: JSON.stringify(data) }));
  return [...read, ...decoder.end()];
}

const output = (type: string, output_index: number, more: object): object => ({
  type: `response.${type}`,
  output_index,
  ...more,
});

const streamed: readonly object[] = [
  { type: "response.created", response: head },
  output("output_item.added", 0, { item: { ...reasoning, summary: [] } }),
  output("reasoning_summary_part.added", 0, { summary_index: 0 }),
  output("reasoning_summary_text.delta", 0, { delta: "first" }),
  output("reasoning_summary_part.added", 0, { summary_index: 1 }),
  output("reasoning_summary_text.delta", 0, { delta: "second" }),
  output("output_item.done", 0, { item: reasoning }),
  output("output_item.added", 1, { item: { ...message, content: [] } }),
  output("output_text.delta", 1, { delta: "H" }),
  output("output_text.delta", 1, { delta: "i" }),
  output("output_item.done", 1, { item: message }),
  output("output_item.added", 2, { item: { ...call, arguments: "" } }),
  output("function_call_arguments.delta", 2, { delta: '{"a":1}' }),
  output("output_item.done", 2, { item: call }),
  output("output_item.added", 3, { item: bare }),
  output("output_item.done", 3, { item: bare }),
  { type: "response.completed", response: whole },
];

test("a streamed answer says what a whole one says", () => {
  const told = (events: readonly ModelEvent[]) => {
    const [choice] = gathered(answerEvents(events)).choices;
    return { ...choice, usage: gathered(answerEvents(events)).receipt.usage };
  };
  const read = told(responsesDialect.decodeCompletion(whole));
  assert.deepEqual(told(readEvents(...streamed)), read);
  assert.equal(read.text, "Hi");
  assert.equal(read.finish, "tool_calls");
  assert.deepEqual(
    read.toolCalls?.map(({ id, name, arguments: text }) => [id, name, text]),
    [
      ["call_1", "f", '{"a":1}'],
      ["call_2", "g", "{}"],
    ],
  );
  assert.deepEqual(read.reasoning?.map(({ text }) => text).join(""), "first\n\nsecond");
  assert.deepEqual(JSON.parse(read.reasoning?.find(({ redacted }) => redacted)?.redacted ?? ""), reasoning);
  assert.equal(read.citations?.length, 1);
  assert.deepEqual([read.usage.input, read.usage.cachedInput, read.usage.reasoning], [10, 4, 3]);
});

test("a stream that does not come to its end is truncated; a failure is one, also after text", () => {
  for (let length = 0; length < streamed.length; length += 1) {
    assert.throws(() => readEvents(...streamed.slice(0, length)), { kind: "truncated" }, String(length));
  }
  const error = { code: "server_error", message: "The model broke." };
  const failed = { type: "response.failed", response: { ...head, status: "failed", error } };
  assert.throws(() => readEvents(...streamed.slice(0, 9), failed), WireFault);
  assert.throws(() => readEvents({ type: "error", code: "rate_limit_exceeded", message: "Slow down" }), {
    status: 429,
  });
  assert.throws(
    () => responsesDialect.decodeCompletion({ ...head, status: "queued", output: [] }),
    WireFault,
  );
});

test("what cut an answer short is told", () => {
  const cut = (reason: string) =>
    responsesDialect
      .decodeCompletion({ ...whole, output: [message], status: "incomplete", incomplete_details: { reason } })
      .findLast((event) => event.type === "choice-finish")?.reason;
  assert.deepEqual([cut("max_output_tokens"), cut("content_filter")], ["length", "content_filter"]);
});

const recordings = recordingsOf("openai-responses").filter(({ status }) => status === 200);

function readRecording(recording: Recording, seed: number): readonly ModelEvent[] {
  if (!recording.streaming) return responsesDialect.decodeCompletion(recording.answer());
  const framing = createServerEventDecoder();
  const decoder = responsesDialect.decodeStream();
  const events = recut(recording.streamBytes(), seed).flatMap((piece) =>
    framing.push(piece).flatMap((event) => decoder.push(event)),
  );
  for (const event of framing.end()) events.push(...decoder.push(event));
  return [...events, ...decoder.end()];
}

test(
  "recorded responses say what OpenAI's SDK reads in them",
  { skip: recordingsPresent ? false : "no recordings beside the repository" },
  (context) => {
    let read = 0;
    for (const recording of recordings) {
      const expected = recording.expected;
      if (expected?.["status"] === "queued" || recording.exercises.includes("error-in-200")) {
        assert.throws(() => readRecording(recording, 1), WireFault, recording.id);
        continue;
      }
      if (expected?.sdk_refuses !== undefined) continue;
      const answer = gathered(answerEvents(readRecording(recording, 2)));
      const [choice] = answer.choices;
      assert.equal(choice?.text, expected?.text, recording.id);
      assert.equal(answer.upstreamModel, expected?.model, recording.id);
      assert.deepEqual(
        // The SDK counts functions alone.
        choice?.toolCalls.flatMap(({ id, name, arguments: text, freeform }) =>
          freeform ? [] : [[id, name, text]],
        ),
        expected?.tool_calls?.map(({ id, name, arguments: text }) => [id, name, text]),
        recording.id,
      );
      const wire = expected?.usage;
      if (wire) assert.equal(answer.receipt.usage.input, wire["input_tokens"], recording.id);
      read += 1;
    }
    context.diagnostic(`${read} of ${recordings.length} recordings`);
  },
);
