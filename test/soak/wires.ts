// The three dialects that the soak's providers speak: an answer whole or in events, and an error in a body or in a
// stream. `faults.ts` cuts and spoils what is written here.

import type { Answer } from "./answers.ts";

export interface Wire {
  isStream(path: string, body: string): boolean;
  whole(answer: Answer): string;
  events(answer: Answer): readonly string[];
  /** In the place of an answer. */
  error(status: number): string;
  /** In the midst of a stream. */
  errorEvent(): string;
}

type Fields = Readonly<Record<string, unknown>>;

const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const named = (type: string, fields: Fields): string => `event: ${type}\n${data({ type, ...fields })}`;

const asksForStream = (_path: string, body: string): boolean => /"stream":\s*true/.test(body);

const chat = { id: "chatcmpl-soak", created: 1, model: "soak" };
const chatUsage = ({ input, output }: Answer): Fields => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
});
const chunk = (delta: Fields, finish: string | null = null): string =>
  data({ ...chat, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: finish }] });

const openai: Wire = {
  isStream: asksForStream,
  whole: (answer) =>
    JSON.stringify({
      ...chat,
      object: "chat.completion",
      choices: [{ index: 0, message: { role: "assistant", content: answer.text }, finish_reason: "stop" }],
      usage: chatUsage(answer),
    }),
  events: (answer) => [
    ...answer.pieces.map((content) => chunk({ content })),
    chunk({}, "stop"),
    data({ ...chat, object: "chat.completion.chunk", choices: [], usage: chatUsage(answer) }),
    "data: [DONE]\n\n",
  ],
  error: (status) =>
    JSON.stringify({ error: { message: `soak ${status}`, type: "server_error", code: null } }),
  errorEvent: () => data({ error: { code: 503, message: "Overloaded", type: "server_error" } }),
};

const message = { id: "msg_soak", type: "message", role: "assistant", model: "soak", stop_sequence: null };

const anthropic: Wire = {
  isStream: asksForStream,
  whole: ({ text, input, output }) =>
    JSON.stringify({
      ...message,
      content: [{ type: "text", text }],
      stop_reason: "end_turn",
      usage: { input_tokens: input, output_tokens: output },
    }),
  events: ({ pieces, input, output }) => [
    named("message_start", {
      message: {
        ...message,
        content: [],
        stop_reason: null,
        usage: { input_tokens: input, output_tokens: 1 },
      },
    }),
    named("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    ...pieces.map((text) => named("content_block_delta", { index: 0, delta: { type: "text_delta", text } })),
    named("content_block_stop", { index: 0 }),
    named("message_delta", {
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { input_tokens: input, output_tokens: output },
    }),
    named("message_stop", {}),
  ],
  error: (status) =>
    JSON.stringify({ type: "error", error: { type: "api_error", message: `soak ${status}` } }),
  errorEvent: () => named("error", { error: { type: "overloaded_error", message: "Overloaded" } }),
};

const generated = (text: string, more: Fields = {}): Fields => ({
  candidates: [{ content: { role: "model", parts: [{ text }] }, index: 0, ...more }],
});
const geminiUsage = ({ input, output }: Answer): Fields => ({
  usageMetadata: { promptTokenCount: input, candidatesTokenCount: output, totalTokenCount: input + output },
});

const gemini: Wire = {
  isStream: (path) => path.includes("streamGenerateContent"),
  whole: (answer) =>
    JSON.stringify({ ...generated(answer.text, { finishReason: "STOP" }), ...geminiUsage(answer) }),
  events: (answer) => [
    ...answer.pieces.slice(0, -1).map((text) => data(generated(text))),
    data({ ...generated(answer.pieces.at(-1) ?? "", { finishReason: "STOP" }), ...geminiUsage(answer) }),
  ],
  error: (status) =>
    JSON.stringify({ error: { code: status, message: `soak ${status}`, status: "INTERNAL" } }),
  errorEvent: () => data({ error: { code: 503, message: "Overloaded", status: "UNAVAILABLE" } }),
};

/** By provider. */
export const wires: Readonly<Record<string, Wire>> = { groq: openai, together: openai, anthropic, gemini };
