// What a client asks arrives at the provider, or the answer says what became of it: nothing is dropped in silence.
// Runs over recorded requests where they lie beside the repository; `parameter-matrix` does the same for single parameters.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startGateway } from "../kit/gateway.ts";
import { canary, startReplayUpstream } from "../kit/replay-upstream.ts";
import { isError, providerOf, replay, replayable } from "../kit/replayed-recordings.ts";
import type { Recording } from "../kit/recordings.ts";

const upstream = await startReplayUpstream();
const gateway = await startGateway({ ...upstream.env });
after(async () => {
  await gateway.close();
  await upstream.close();
});

type Body = Readonly<Record<string, unknown>>;

interface Sent {
  readonly status: number;
  readonly code: string | undefined;
  readonly param: string | undefined;
  /** As `seed=dropped`. */
  readonly params: readonly string[];
  readonly arrived: Body | undefined;
}

async function send(model: string, body: Body, headers: Record<string, string> = {}): Promise<Sent> {
  const name = model.slice(model.indexOf("/") + 1);
  const before = upstream.seen(name).length;
  const answer = await gateway.post(
    "/v1/chat/completions",
    { messages: [{ role: "user", content: "Hi" }], ...body, model },
    { "x-data-sensitivity": "public", ...headers },
  );
  const text = await answer.text();
  const error = answer.status === 200 ? undefined : (JSON.parse(text) as { error: Body }).error;
  const seen = upstream.seen(name).slice(before);
  assert.ok(seen.length <= 1, "asked once");
  if (seen[0]) {
    const { authorization, "x-api-key": key, "x-goog-api-key": googleKey } = seen[0].headers;
    assert.match([authorization, key, googleKey].join(""), new RegExp(`sk-${canary}`));
    assert.ok(!JSON.stringify(seen[0].headers).includes(gateway.adminKey), "our key stays here");
  }
  return {
    status: answer.status,
    code: error?.["code"] as string | undefined,
    param: error?.["param"] as string | undefined,
    params: (answer.headers.get("x-portcullis-params") ?? "")
      .split(", ")
      .map((one) => one.split("(")[0] ?? ""),
    arrived: seen[0]?.body,
  };
}

/** As OpenAI documents it, null says no more than absence. */
const withoutNulls = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, one: unknown) => one ?? undefined));

/** How the dialect may be written otherwise and mean the same. */
function normalForm(message: Body): Body {
  const { content, ...others } = withoutNulls(message) as Body;
  const [only] = Array.isArray(content) ? (content as Body[]) : [];
  const isOneText =
    Array.isArray(content) &&
    content.length === 1 &&
    only?.["type"] === "text" &&
    Object.keys(only).length === 2;
  const plain = isOneText ? only?.["text"] : content;
  const empty =
    plain === undefined || plain === null || plain === "" || (Array.isArray(plain) && plain.length === 0);
  // What is left over from a stream says where the call stands anyway.
  const calls = (others["tool_calls"] as Body[] | undefined)?.map(({ index: _index, ...call }) => call);
  return { ...others, ...(calls ? { tool_calls: calls } : {}), content: empty ? null : plain };
}

const ours = new Set(["model", "messages", "stream", "stream_options", "n"]);

function assertArrived(recording: Recording, asked: Body, { arrived, params }: Sent): void {
  assert.ok(arrived);
  for (const [name, value] of Object.entries(asked)) {
    if (ours.has(name) || value === null) continue;
    const reported = params.some((one) => one.split(/[=.]/)[0] === name);
    // Mistral's client leaves the type out.
    const wanted =
      name === "tools" ? (value as Body[]).map((tool) => ({ type: "function", ...tool })) : value;
    if (!reported) assert.deepEqual(arrived[name], wanted, `${recording.id}: ${name}`);
  }
  const messages = (asked["messages"] as Body[]).map(normalForm);
  const came = (arrived["messages"] as Body[]).map(normalForm);
  for (const [index, message] of messages.entries()) {
    const reported = params.some((one) => one.startsWith(`messages[${index}]`));
    if (!reported) assert.deepEqual(came[index], message, `${recording.id}: messages[${index}]`);
  }
  assert.equal(came.length, messages.length);
  assert.equal(arrived["stream"] ?? false, asked["stream"] ?? false);
}

const requests = replayable(["openai-chat"]).filter(
  (recording) => !isError(recording) && recording.request() !== undefined,
);

test("a recorded request arrives as it was sent", async (context) => {
  let exact = 0;
  for (const recording of requests) {
    const asked = recording.request() as Body;
    const sent = await send(replay(upstream, recording), asked);
    if (sent.status === 200) {
      assertArrived(recording, asked, sent);
      exact += 1;
      continue;
    }
    assert.equal(sent.code, "unsupported_parameter", `${recording.id} to ${providerOf(recording)}`);
    assert.ok((sent.param ?? "").split(/[.[]/)[0] ?? "" in asked, recording.id);
    const dropped = await send(replay(upstream, recording), asked, { "x-unsupported": "drop" });
    assert.equal(dropped.status, 200, recording.id);
    assertArrived(recording, asked, dropped);
  }
  context.diagnostic(`${requests.length} recorded requests, ${exact} without any refusal`);
});
