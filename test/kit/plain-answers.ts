// The plainest answer of each wire dialect, for tests that are about the way there.
// Nothing in it depends on what was asked.

const openai = {
  id: "x",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "ok" }, finish_reason: "stop" }],
};

const otherDialects: Readonly<Record<string, unknown>> = {
  anthropic: {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "m",
    content: [{ type: "text", text: "ok" }],
    stop_reason: "end_turn",
    usage: { input_tokens: 1, output_tokens: 1 },
  },
  bedrock: {
    output: { message: { role: "assistant", content: [{ text: "ok" }] } },
    stopReason: "end_turn",
    usage: { inputTokens: 1, outputTokens: 1 },
  },
  gemini: { candidates: [{ index: 0, content: { parts: [{ text: "ok" }] }, finishReason: "STOP" }] },
};

export const speaksOpenai = (provider: string): boolean => !(provider in otherDialects);

export const plainAnswer = (provider: string) => ({
  status: 200,
  contentType: "application/json",
  bytes: Buffer.from(JSON.stringify(otherDialects[provider] ?? openai)),
});
