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

const responses = {
  id: "resp_1",
  object: "response",
  status: "completed",
  model: "m",
  output: [
    { type: "message", id: "msg_1", role: "assistant", content: [{ type: "output_text", text: "ok" }] },
  ],
};

/** As the catalog has it for OpenAI's models and Azure's. */
const atResponsesAlone = /codex|-pro/;

/** Chat completions, whoever serves them. */
export const speaksChat = (provider: string, model = ""): boolean =>
  !(provider in otherDialects) && !atResponsesAlone.test(model);

export const plainAnswer = (provider: string, model = "") => ({
  status: 200,
  contentType: "application/json",
  bytes: Buffer.from(
    JSON.stringify(otherDialects[provider] ?? (atResponsesAlone.test(model) ? responses : openai)),
  ),
});
