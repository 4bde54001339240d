// What models say comes back through Anthropic's wire as they said it, and bodies of any form are read or refused.
// The turn is written for a client and read again as the client sends it, without a gateway between.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { DialectName } from "../../../src/core/deployment.ts";
import { Failure } from "../../../src/core/errors.ts";
import type { ModelEvent } from "../../../src/core/events.ts";
import type { AssistantMessage } from "../../../src/core/request.ts";
import { createMessageGatherer } from "../../../src/wire/anthropic/client-answer.ts";
import { dialects } from "../../../src/providers/dialects.ts";
import { decodeMessagesRequest } from "../../../src/wire/anthropic/client-request.ts";
import { encodeInWordsOf } from "../../../src/wire/in-words-of.ts";
import { echoDeployment, receipt, started } from "../../kit/scripted-answers.ts";
import { randomOf } from "../../kit/recut.ts";
import { spoiled } from "../../kit/spoiled.ts";

const style = { requestedModel: "m", stopSequences: [], places: [] };
const user = { role: "user", content: "Hi" };

/** As a client sends it back: nothing but its content. */
function returned(dialect: DialectName, events: readonly ModelEvent[]): AssistantMessage {
  const gatherer = createMessageGatherer(style);
  const provider = { ...echoDeployment.provider, dialect };
  gatherer.push({ ...startedAnswer, deployment: { ...echoDeployment, provider } });
  for (const event of events) if (event.type !== "usage") gatherer.push(event);
  gatherer.push({ type: "finished", receipt: receipt("r") });
  const { content } = gatherer.message();
  const body = { model: "m", max_tokens: 1, messages: [user, { role: "assistant", content }] };
  const message = decodeMessagesRequest(JSON.parse(JSON.stringify(body)), []).request.messages.at(-1);
  assert.equal(message?.role, "assistant");
  return message;
}

const asked = { requestId: "r" } as Parameters<typeof started>[0];
const startedAnswer = started(asked) as Extract<ReturnType<typeof started>, { type: "started" }>;
const finish: ModelEvent = { type: "choice-finish", choice: 0, reason: "stop" };

test("the proofs of Gemini's models come back as theirs: of a thought, of a text and of a call", () => {
  const message = returned("gemini", [
    { type: "reasoning-delta", choice: 0, text: "Hm." },
    { type: "reasoning-seal", choice: 0, signature: "dGhvdWdodA==" },
    { type: "text-delta", choice: 0, text: "Reading." },
    { type: "reasoning-seal", choice: 0, signature: "dGV4dA==" },
    {
      type: "tool-call-delta",
      choice: 0,
      call: 0,
      id: "call_gemini_r_0_0",
      name: "read",
      arguments: '{"path":"a"}',
      signature: "Y2FsbA==",
    },
    finish,
  ]);
  assert.deepEqual(message.reasoning, [
    { text: "Hm.", signature: "dGhvdWdodA==", from: "gemini" },
    { text: "", signature: "dGV4dA==", from: "gemini" },
  ]);
  assert.deepEqual(
    message.toolCalls.map(({ id, signature }) => [id, signature]),
    [["call_gemini_r_0_0", "Y2FsbA=="]],
  );
  assert.deepEqual(message.order, ["reasoning", "part", "reasoning", "call"]);
});

test("encrypted reasoning comes back to whose it is, Claude's unmarked", () => {
  const sealed: ModelEvent = { type: "reasoning-seal", choice: 0, redacted: '{"type":"reasoning"}' };
  const [theirs] = returned("responses", [sealed, finish]).reasoning;
  assert.deepEqual(theirs, { text: "", redacted: '{"type":"reasoning"}', from: "responses" });
  const [own] = returned("anthropic", [sealed, finish]).reasoning;
  assert.deepEqual(own, { text: "", redacted: '{"type":"reasoning"}', from: "anthropic" });
});

test("reasoning without proof, and arguments that are no JSON, are kept as far as the wire can", () => {
  const message = returned("openai", [
    { type: "reasoning-delta", choice: 0, text: "Hm" },
    { type: "text-delta", choice: 0, text: "So." },
    { type: "tool-call-delta", choice: 0, call: 0, id: "c", name: "f", arguments: "{broken" },
    finish,
  ]);
  assert.deepEqual(message.reasoning, [{ text: "Hm" }]);
  assert.deepEqual(JSON.parse(message.toolCalls[0]?.arguments ?? ""), { INVALID_JSON: "{broken" });
});

const ephemeral = { type: "ephemeral", ttl: "1h" };
const everything = {
  model: "m",
  max_tokens: 100,
  system: [{ type: "text", text: "Be brief.", cache_control: ephemeral }],
  messages: [
    {
      role: "user",
      content: [
        { type: "text", text: "Look." },
        { type: "image", source: { type: "base64", media_type: "image/png", data: "eA==" } },
        { type: "image", source: { type: "url", url: "https://example.com/a.png" } },
        {
          type: "document",
          title: "T",
          source: { type: "base64", media_type: "application/pdf", data: "eA==" },
        },
        { type: "document", source: { type: "text", media_type: "text/plain", data: "Plain." } },
        { type: "search_result", source: "s", title: "t", content: [{ type: "text", text: "Found." }] },
      ],
    },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "Hm.", signature: "cw==" },
        { type: "tool_use", id: "t1", name: "f", input: { a: [1] } },
      ],
    },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "t1", is_error: true, content: [{ type: "text", text: "No." }] },
        { type: "text", text: "And?" },
      ],
    },
  ],
  tools: [{ name: "f", description: "d", input_schema: { type: "object" }, strict: true }],
  tool_choice: { type: "tool", name: "f", disable_parallel_tool_use: true },
  thinking: { type: "enabled", budget_tokens: 2000 },
  output_config: { effort: "low", format: { type: "json_schema", schema: { type: "object" } } },
  stop_sequences: ["END"],
  temperature: 0.5,
  top_k: 3,
  metadata: { user_id: "u", sensitivity: "internal" },
};

test("a body is read whole", () => {
  const { request, tags, places } = decodeMessagesRequest(everything, ["context-1m-2025-08-07"]);
  assert.deepEqual(
    request.messages.map(({ role }) => role),
    ["system", "user", "assistant", "tool", "user"],
  );
  assert.deepEqual(places, ["system", "messages[0]", "messages[1]", "messages[2].content[0]", "messages[2]"]);
  assert.equal(tags.sensitivity, "internal");
  assert.deepEqual([request.reasoning, request.parallelToolCalls, request.stop], ["low", false, ["END"]]);
  assert.deepEqual(request.extras, {
    thinking: everything.thinking,
    top_k: 3,
    metadata: { user_id: "u" },
    output_config: { effort: "low" },
    anthropic_beta: ["context-1m-2025-08-07"],
  });
});

const destination = {
  providerId: "any",
  upstreamModel: "any-model",
  maxOutputTokens: undefined,
  capabilities: [],
  obligations: [],
};

test("a spoiled body is read or refused, by whichever dialect it goes on, and nothing else is thrown", (context) => {
  let refused = 0;
  for (let seed = 1; seed <= 3000; seed += 1) {
    try {
      const { request } = decodeMessagesRequest(spoiled(everything, randomOf(seed), 60), []);
      for (const dialect of Object.values(dialects)) encodeInWordsOf(dialect, request, destination);
    } catch (error) {
      assert.ok(error instanceof Failure && error.code === "INVALID_REQUEST", String(error));
      refused += 1;
    }
  }
  context.diagnostic(`${refused} of 3000 refused`);
  assert.ok(refused > 300 && refused < 2900);
});
