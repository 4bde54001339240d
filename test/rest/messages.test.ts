// The Messages door in front of the whole gateway: what only this wire can say, and how it says what went wrong.
// The SDK's own view is in `doors/anthropic-clients.test.ts`; here the bytes are read.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { answerAnthropic } from "../kit/anthropic-upstream.ts";
import { startGateway } from "../kit/gateway.ts";
import { answerOpenai, startUpstream, streamOpenai } from "../kit/upstream.ts";

const upstream = await startUpstream();
const gateway = await startGateway({
  ANTHROPIC_BASE_URL: upstream.origin,
  ANTHROPIC_API_KEY: "sk-ant-upstream",
  OLLAMA_BASE_URL: upstream.baseUrl,
});
after(async () => {
  await gateway.close();
  await upstream.close();
});

const claude = "anthropic/claude-sonnet-4-5";
const user = { role: "user", content: "Hello" };
const plain = { model: claude, max_tokens: 100, messages: [user] };

interface Message {
  readonly content: readonly Record<string, unknown>[];
  readonly stop_reason: string;
  readonly stop_sequence: string | null;
  readonly stop_details: { readonly explanation: string | null } | null;
  readonly usage: Record<string, unknown>;
  readonly portcullis: { readonly categories?: readonly string[] };
}

async function ask(more: object, headers: Record<string, string> = {}) {
  const response = await gateway.post("/v1/messages", { ...plain, ...more }, headers);
  const text = await response.text();
  return { response, text, message: JSON.parse(text) as Message };
}

interface StreamEvent {
  readonly name: string;
  readonly data: { readonly type: string; readonly index?: number; readonly [field: string]: unknown };
}

async function stream(more: object): Promise<readonly StreamEvent[]> {
  const response = await gateway.post("/v1/messages", { ...plain, ...more, stream: true });
  return (await response.text()).split("\n\n").flatMap((block) => {
    const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
    return name && data ? [{ name, data: JSON.parse(data) as StreamEvent["data"] }] : [];
  });
}

const seen = () => upstream.seen.at(-1) ?? assert.fail("nobody was asked");

test("events come in the documented order, one block after the other", async () => {
  upstream.behave(
    answerAnthropic({
      content: [
        { type: "thinking", thinking: "Hm.", signature: "c2ln" },
        { type: "text", text: "Reading" },
        { type: "tool_use", id: "toolu_1", name: "read", input: { path: "a" } },
        { type: "tool_use", id: "toolu_2", name: "now", input: {} },
      ],
      stop_reason: "tool_use",
      usage: { cache_read_input_tokens: 5, cache_creation_input_tokens: 11 },
    }),
  );
  const events = await stream({});
  for (const { name, data } of events) assert.equal(name, data.type);
  const order = events.map(({ name, data }) => `${name.replace("content_block_", "")}${data.index ?? ""}`);
  assert.deepEqual(
    order.filter((one, index) => one !== order[index - 1]),
    [
      "message_start",
      ...[0, 1, 2].flatMap((index) => [`start${index}`, `delta${index}`, `stop${index}`]),
      "start3",
      "delta3",
      "stop3",
      "message_delta",
      "message_stop",
    ],
  );
  const begun = events[0]?.data["message"] as Message;
  assert.equal(begun.usage["input_tokens"], 7, "counted by the provider before it spoke");
  const last = events.at(-2)?.data ?? {};
  assert.deepEqual("usage" in last && last["usage"], {
    input_tokens: 7,
    cache_creation_input_tokens: 11,
    cache_read_input_tokens: 5,
    output_tokens: 3,
  });
  assert.match(JSON.stringify(last), new RegExp(`"deployment":"${claude}"`));
});

test("the sequence that stopped the answer is named, and a refusal says why", async () => {
  const content = [{ type: "text", text: "Half." }];
  upstream.behave(answerAnthropic({ content, stop_reason: "stop_sequence", stop_sequence: "END" }));
  const { message } = await ask({ stop_sequences: ["END", "STOP"] });
  assert.deepEqual([message.stop_reason, message.stop_sequence], ["stop_sequence", "END"]);
  assert.deepEqual(seen().body["stop_sequences"], ["END", "STOP"]);

  const explanation = "I will not help with that.";
  const stop_details = { type: "refusal", category: null, explanation };
  upstream.behave(answerAnthropic({ content: [], stop_reason: "refusal", stop_details }));
  const refused = (await ask({})).message;
  assert.deepEqual([refused.stop_reason, refused.stop_details?.explanation], ["refusal", explanation]);
  upstream.behave(answerAnthropic({ content, stop_reason: "pause_turn" }));
  assert.equal((await ask({})).message.stop_reason, "pause_turn");
});

test("what safety cuts ends as a refusal, with its categories beside it", async () => {
  const { message } = await ask({ model: "demo/unsafe" });
  assert.equal(message.stop_reason, "refusal");
  assert.match(String(message.portcullis.categories), /^secret\./);
  const events = await stream({ model: "demo/unsafe" });
  const last = events.at(-2)?.data as unknown as { delta: Message; portcullis: Message["portcullis"] };
  assert.equal(last.delta.stop_reason, "refusal");
  assert.match(String(last.portcullis.categories), /^secret\./);
});

test("a stream that fails ends with an error event, and with nothing after it", async () => {
  upstream.behave(streamOpenai(["Half of it. ", "And"], { ending: "cut", pauseMilliseconds: 30 }));
  const events = await stream({ model: "ollama/any" });
  const { name, data } = events.at(-1) ?? assert.fail();
  assert.equal(name, "error");
  assert.equal((data["error"] as { type: string }).type, "api_error");
  assert.ok(typeof data["request_id"] === "string");
  assert.ok(!events.some((event) => event.name === "message_stop" || event.name === "message_delta"));
});

test("a tag comes by header or in the metadata, counts, and never goes upstream", async () => {
  upstream.behave(answerOpenai("Hello."));
  const metadata = { sensitivity: "confidential+pii", user_id: "u1" };
  const { response } = await ask({ model: "ollama/any", metadata });
  assert.equal(response.headers.get("x-portcullis-sensitivity"), "confidential+pii");
  assert.doesNotMatch(JSON.stringify(seen().body), /confidential/);
  assert.match(response.headers.get("x-portcullis-params") ?? "", /metadata\.user_id=renamed/);
  const employee = { authorization: `Bearer ${await gateway.makeKey({ ceiling: "confidential" })}` };
  const denied = await ask({}, { ...employee, "x-data-sensitivity": "restricted+secret" });
  assert.equal(denied.response.status, 403);
  const { error } = JSON.parse(denied.text) as { error: { type: string; portcullis: { code: string } } };
  assert.deepEqual([error.type, error.portcullis.code], ["permission_error", "SENSITIVITY_EXCEEDS_KEY"]);
});

test("citations come as their model wrote them, and go back the same", async () => {
  const cited = {
    type: "web_search_result_location",
    url: "https://example.com/",
    title: "Example",
    cited_text: "An example.",
    encrypted_index: "RW5jcnlwdGVk",
  };
  const text = { type: "text", text: "It says so.", citations: [cited] };
  upstream.behave(answerAnthropic({ content: [text] }));
  const { message } = await ask({});
  assert.deepEqual(message.content, [text]);
  await ask({ messages: [user, { role: "assistant", content: message.content }, user] });
  const [, sent] = seen().body["messages"] as { content: unknown }[];
  assert.deepEqual(sent?.content, [text]);
});

const search = { type: "web_search_20250305", name: "web_search", max_uses: 3 };

test("tools that run at Anthropic run there alone, and what they found goes back with the turn", async () => {
  const turn = [
    { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "Bern" } },
    {
      type: "web_search_tool_result",
      tool_use_id: "srvtoolu_1",
      content: [{ type: "web_search_result", url: "https://example.com/", encrypted_content: "eHh4eA==" }],
    },
    { type: "text", text: "It is the capital.", citations: null },
  ];
  upstream.behave(answerAnthropic({ content: turn }));
  const setting = { tools: [search], messages: [user] };
  const tagged = { "x-data-sensitivity": "public" };
  const { message, response } = await ask(setting, tagged);
  assert.equal(response.status, 200, JSON.stringify(message));
  assert.deepEqual(message.content, turn);
  assert.deepEqual(seen().body["tools"], [search]);
  await ask({ ...setting, messages: [user, { role: "assistant", content: turn }, user] }, tagged);
  const [, sent] = seen().body["messages"] as { content: Record<string, unknown>[] }[];
  assert.deepEqual(sent?.content.slice(0, 2), turn.slice(0, 2));

  const asked = upstream.seen.length;
  const elsewhere = await ask({ ...setting, model: "ollama/any" }, tagged);
  assert.equal(elsewhere.response.status, 400);
  assert.match(elsewhere.text, /UNSUPPORTED_PARAMETER/);
  const servers = [{ type: "url", name: "x", url: "https://tools.example/" }];
  const named = await ask({ mcp_servers: servers }, tagged);
  assert.equal(named.response.status, 400, "a caller must not name a server");
  assert.equal(upstream.seen.length, asked);
});

test("beta features of the table are switched on, others are reported", async () => {
  upstream.behave(answerAnthropic({ content: [{ type: "text", text: "Hello." }] }));
  const betas = "interleaved-thinking-2025-05-14, files-api-2025-04-14,context-1m-2025-08-07";
  const { response } = await ask({}, { "anthropic-beta": betas, "anthropic-version": "2023-06-01" });
  assert.equal(seen().headers["anthropic-beta"], "interleaved-thinking-2025-05-14,context-1m-2025-08-07");
  assert.match(
    response.headers.get("x-portcullis-params") ?? "",
    /anthropic-beta\.files-api-2025-04-14=dropped/,
  );
});

test("instructions between turns stay where they are", async () => {
  upstream.behave(answerAnthropic({ content: [{ type: "text", text: "Hello." }] }));
  const messages = [
    user,
    { role: "assistant", content: "Hi." },
    user,
    { role: "system", content: "Be brief." },
  ];
  await ask({ system: "Be kind.", messages });
  assert.deepEqual(seen().body["system"], [{ type: "text", text: "Be kind." }]);
  const roles = (seen().body["messages"] as { role: string }[]).map(({ role }) => role);
  assert.deepEqual(roles, ["user", "assistant", "user", "system"]);
});

test("a mistake is named by the place where the client made it", async () => {
  const wrong = [
    [{ max_tokens: undefined }, /max_tokens/],
    [{ messages: [{ role: "user", content: [{ type: "hologram" }] }] }, /messages\[0\]\.content\[0\]\.type/],
    [{ tools: [{ name: "x" }] }, /tools\[0\]\.input_schema/],
    [{ thinking: { type: "enabled" } }, /thinking\.budget_tokens/],
    [{ system: [{ type: "image" }] }, /system\[0\]\.type/],
  ] as const;
  for (const [more, place] of wrong) {
    const { response, text } = await ask(more);
    assert.equal(response.status, 400, text);
    assert.match(text, place);
  }
  const file = { type: "document", source: { type: "file", file_id: "file_1" } };
  const messages = [{ role: "user", content: [{ type: "text", text: "Read." }, file] }];
  const { text } = await ask({ system: "Be brief.", messages });
  assert.match(text, /"path":"messages\[0\]\.content\[1\]"/);
  const missing = await fetch(`${gateway.url}/v1/messages`);
  assert.equal(missing.status, 405);
  assert.equal(((await missing.json()) as { type: string }).type, "error");
});
