// Vercel's `ai` with its OpenAI-compatible provider: `chat-client.ts` says what it must do.
// It runs tools and their second turn by itself, and retries by the status alone.

import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import {
  embedMany,
  generateObject,
  generateText,
  jsonSchema,
  stepCountIs,
  streamText,
  tool,
  type ModelMessage,
  type ToolSet,
} from "ai";
import type { Call, ChatClient, Question, Toolbox } from "./chat-client.ts";

export function vercel(baseURL: string, apiKey: string): ChatClient {
  const provider = createOpenAICompatible({
    name: "portcullis",
    baseURL,
    apiKey,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
  const settings = (question: Question) => ({
    model: provider.chatModel(question.model),
    messages: [said(question)],
    ...(question.signal && { abortSignal: question.signal }),
  });

  return {
    async ask(question, way) {
      if (way === "streamed") return heard(question, {});
      const { text, usage } = await generateText(settings(question));
      return { text, tokens: [usage.inputTokens, usage.outputTokens] };
    },
    async work(question, toolbox, way) {
      const calls: Call[] = [];
      const tools = toolsOf(toolbox, calls);
      if (way === "streamed") return { ...(await heard(question, tools)), calls };
      const { text, usage } = await generateText({ ...settings(question), tools, stopWhen: stepCountIs(3) });
      return { text, tokens: [usage.inputTokens, usage.outputTokens], calls };
    },
    async structured(question, schema) {
      const { object } = await generateObject({ ...settings(question), schema: jsonSchema(schema) });
      return object;
    },
    async embed(model, texts) {
      return (await embedMany({ model: provider.embeddingModel(model), values: [...texts] })).embeddings;
    },
  };

  async function heard(question: Question, tools: ToolSet) {
    // What went wrong is told aside; the stream itself just ends.
    const faults: unknown[] = [];
    const result = streamText({
      ...settings(question),
      tools,
      stopWhen: stepCountIs(3),
      onError: ({ error }) => void faults.push(error),
      onAbort: () => void faults.push(new DOMException("aborted", "AbortError")),
    });
    let text = "";
    for await (const piece of result.textStream) {
      text += piece;
      question.hear?.(piece);
    }
    if (faults.length > 0) throw faults[0];
    const usage = await result.usage;
    return { text, tokens: [usage.inputTokens, usage.outputTokens] as const };
  }
}

function said({ text, picture, document }: Question): ModelMessage {
  return {
    role: "user",
    content: [
      { type: "text", text },
      ...(picture === undefined ? [] : [{ type: "file" as const, data: picture, mediaType: "image/png" }]),
      ...(document === undefined
        ? []
        : [{ type: "file" as const, data: document, mediaType: "application/pdf", filename: "report.pdf" }]),
    ],
  };
}

const toolsOf = (toolbox: Toolbox, calls: Call[]): ToolSet =>
  Object.fromEntries(
    Object.entries(toolbox).map(([name, { description, parameters, use }]) => [
      name,
      tool({
        description,
        inputSchema: jsonSchema({ ...parameters }),
        execute(given) {
          calls.push({ name, arguments: given });
          return use(given);
        },
      }),
    ]),
  );
