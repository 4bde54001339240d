// LangChain's OpenAI package, by chat completions or responses: `chat-client.ts` says what it must do.
// It retries by itself and sets its own headers, so it is a client of its own and not OpenAI's package again.

import {
  HumanMessage,
  ToolMessage,
  type AIMessageChunk,
  type BaseMessage,
  type ContentBlock,
  type UsageMetadata,
} from "@langchain/core/messages";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import type { Call, ChatClient, Question, Toolbox, Told } from "./chat-client.ts";

export function langchain(baseURL: string, apiKey: string, useResponsesApi: boolean): ChatClient {
  const modelOf = (model: string): ChatOpenAI =>
    new ChatOpenAI({
      model,
      apiKey,
      configuration: { baseURL },
      useResponsesApi,
      zdrEnabled: useResponsesApi,
    });

  return {
    async ask(question, way) {
      const model = modelOf(question.model);
      const options = question.signal ? { signal: question.signal } : {};
      if (way === "whole") return told(await model.invoke([said(question)], options));
      return told(await gathered(await model.stream([said(question)], options), question));
    },
    async work(question, toolbox, way) {
      const model = modelOf(question.model).bindTools(toolsOf(toolbox));
      const messages: BaseMessage[] = [said(question)];
      const calls: Call[] = [];
      for (;;) {
        const answer =
          way === "whole"
            ? await model.invoke(messages)
            : await gathered(await model.stream(messages), question);
        const asked = answer.tool_calls ?? [];
        if (asked.length === 0) return { ...told(answer), calls };
        messages.push(answer);
        for (const { id = "", name, args } of asked) {
          calls.push({ name, arguments: args });
          messages.push(new ToolMessage({ tool_call_id: id, content: toolbox[name]?.use(args) ?? "" }));
        }
      }
    },
    async structured(question, schema) {
      const options = { name: "place", method: "jsonSchema" as const, strict: true };
      return modelOf(question.model)
        .withStructuredOutput({ ...schema }, options)
        .invoke(question.text);
    },
    embed: (model, texts) =>
      new OpenAIEmbeddings({ model, apiKey, configuration: { baseURL } }).embedDocuments([...texts]),
  };
}

async function gathered(stream: AsyncIterable<AIMessageChunk>, { hear }: Question): Promise<AIMessageChunk> {
  let whole: AIMessageChunk | undefined;
  for await (const chunk of stream) {
    if (chunk.text !== "") hear?.(chunk.text);
    whole = whole ? whole.concat(chunk) : chunk;
  }
  if (!whole) throw new Error("the stream said nothing");
  return whole;
}

function said({ text, picture, document }: Question): HumanMessage {
  const contentBlocks: ContentBlock.Standard[] = [{ type: "text", text }];
  if (picture !== undefined) contentBlocks.push({ type: "image", mimeType: "image/png", data: picture });
  if (document !== undefined) {
    const metadata = { filename: "report.pdf" };
    contentBlocks.push({ type: "file", mimeType: "application/pdf", data: document, metadata });
  }
  return new HumanMessage({ contentBlocks });
}

const toolsOf = (toolbox: Toolbox) =>
  Object.entries(toolbox).map(([name, { description, parameters }]) => ({
    type: "function" as const,
    function: { name, description, parameters: { ...parameters } },
  }));

const told = (answer: { text: string; usage_metadata?: UsageMetadata | undefined }): Told => ({
  text: answer.text,
  tokens: [answer.usage_metadata?.input_tokens, answer.usage_metadata?.output_tokens],
});
