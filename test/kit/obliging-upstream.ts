// A provider on loopback that does what a model would, in OpenAI's words or Anthropic's: calls the tools it is
// given, uses their results, fills the schema it is told. Tests of real clients follow a whole turn with it.

import type { ServerResponse } from "node:http";
import { answerAnthropic } from "./anthropic-upstream.ts";
import type { Behaviour } from "./upstream.ts";

type Fields = Readonly<Record<string, unknown>>;

/** In parallel, the second without arguments as some models write none. */
export const parallelCalls = [
  { id: "call_weather", name: "weather", arguments: '{"city":"Bern"}' },
  { id: "call_now", name: "now", arguments: "{}" },
] as const;
export const plainWords = ["Grü", "ezi ", "🌤️ ", "from upstream."] as const;
export const wordsAfterTools = ["It is 21 degrees ", "in Bern at noon."] as const;
export const filledSchema = { city: "Bern", degrees: 21 } as const;
export const counted = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } as const;

export const oblige: Behaviour = (request, response) => {
  const { path, body } = request;
  if (path.endsWith("/messages")) return obligeAsClaude(request, response);
  if (path.endsWith("/embeddings")) return whole(response, embeddingsFor(body));
  const frame = { id: "chatcmpl-up", created: 1, model: body["model"] };
  const turn = turnFor(body);
  if (body["stream"] !== true) {
    const message = { role: "assistant", content: turn.pieces?.join("") ?? null, tool_calls: turn.calls };
    const choices = [{ index: 0, message, finish_reason: turn.finish }];
    return whole(response, { ...frame, object: "chat.completion", choices, usage: counted });
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const write = (more: Fields): void =>
    void response.write(
      `data: ${JSON.stringify({ ...frame, object: "chat.completion.chunk", choices: [], ...more })}\n\n`,
    );
  const say = (delta: Fields, finish_reason: string | null = null): void =>
    write({ choices: [{ index: 0, delta, finish_reason }] });
  say({ role: "assistant", content: "" });
  for (const content of turn.pieces ?? []) say({ content });
  for (const [index, call] of (turn.calls ?? []).entries()) {
    say({ tool_calls: [{ ...call, index, function: { ...call.function, arguments: "" } }] });
    for (const piece of call.function.arguments.match(/.{1,5}/g) ?? [])
      say({ tool_calls: [{ index, function: { arguments: piece } }] });
  }
  say({}, turn.finish);
  write({ usage: counted });
  response.end("data: [DONE]\n\n");
};

interface Turn {
  readonly pieces?: readonly string[];
  readonly calls?: readonly {
    readonly id: string;
    readonly type: "function";
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
  readonly finish: "stop" | "tool_calls";
}

function turnFor(body: Fields): Turn {
  const messages = body["messages"] as readonly { readonly role: string }[];
  if (messages.at(-1)?.role === "tool") return { pieces: wordsAfterTools, finish: "stop" };
  if (body["response_format"] !== undefined)
    return { pieces: JSON.stringify(filledSchema).match(/.{1,6}/g) ?? [], finish: "stop" };
  if (body["tools"] === undefined) return { pieces: plainWords, finish: "stop" };
  const calls = parallelCalls.map(({ id, ...told }) => ({ id, type: "function" as const, function: told }));
  return { calls, finish: "tool_calls" };
}

const obligeAsClaude: Behaviour = (request, response) => {
  const { content } = (request.body["messages"] as { content: unknown }[]).at(-1) ?? {};
  const isAnswered = JSON.stringify(content).includes("tool_result");
  const calls = parallelCalls.map(({ id, name, arguments: written }) => ({
    type: "tool_use",
    id,
    name,
    input: JSON.parse(written) as unknown,
  }));
  const turn = isAnswered
    ? { content: [{ type: "text", text: wordsAfterTools.join("") }] }
    : { content: calls, stop_reason: "tool_use" };
  return answerAnthropic(turn)(request, response);
};

function embeddingsFor(body: Fields): Fields {
  const inputs = [body["input"]].flat();
  return {
    object: "list",
    model: body["model"],
    data: inputs.map((_, index) => ({ object: "embedding", index, embedding: [0.25, -0.5, index] })),
    usage: { prompt_tokens: 4, total_tokens: 4 },
  };
}

function whole(response: ServerResponse, body: Fields): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
