// The official OpenAI package, any of its versions, by chat completions: `chat-client.ts` says what it must do.
// Streams are read twice over: chunk by chunk, and by the package's own helper, which puts them together.

import type OpenAI from "openai";
import type { Call, ChatClient, JsonSchema, Question, Toolbox, Told, Way } from "./chat-client.ts";

type Message = OpenAI.ChatCompletionMessageParam;

export function chatCompletions(client: OpenAI): ChatClient {
  const { completions } = client.chat;
  // Before version 5 the helpers stood under `beta`.
  const helpers =
    "parse" in completions
      ? completions
      : (client.beta as unknown as { chat: { completions: typeof completions } }).chat.completions;

  async function heard(question: Question): Promise<Told> {
    const body = {
      model: question.model,
      messages: [said(question)],
      stream_options: { include_usage: true },
    };
    let text = "";
    let usage: OpenAI.CompletionUsage | null | undefined;
    const options = { signal: question.signal ?? null };
    for await (const chunk of await completions.create({ ...body, stream: true }, options)) {
      const piece = chunk.choices[0]?.delta.content ?? "";
      text += piece;
      if (piece !== "") question.hear?.(piece);
      usage = chunk.usage ?? usage;
    }
    return told(text, usage);
  }

  return {
    async ask(question, way) {
      if (way === "streamed") return heard(question);
      const body = { model: question.model, messages: [said(question)] };
      const answer = await completions.create(body, { signal: question.signal ?? null });
      return told(answer.choices[0]?.message.content, answer.usage);
    },
    async work(question, toolbox, way) {
      const messages: Message[] = [said(question)];
      const calls: Call[] = [];
      for (;;) {
        const body = { model: question.model, messages, tools: toolsOf(toolbox) };
        const { choices, usage } = await turn(body, way);
        const message = choices[0]?.message;
        if (!message?.tool_calls?.length) return { ...told(message?.content, usage), calls };
        messages.push(message);
        for (const call of message.tool_calls) {
          if (call.type !== "function") throw new Error(`not a function: ${call.type}`);
          const given: unknown = JSON.parse(call.function.arguments);
          calls.push({ name: call.function.name, arguments: given });
          const content = toolbox[call.function.name]?.use(given) ?? "";
          messages.push({ role: "tool", tool_call_id: call.id, content });
        }
      }
    },
    async structured({ model, text }, schema) {
      const response_format = schemaFormat(schema);
      const body = { model, messages: [{ role: "user" as const, content: text }], response_format };
      return (await helpers.parse(body)).choices[0]?.message.parsed;
    },
    embed: (model, texts) => embedded(client, model, texts),
  };

  function turn(
    body: OpenAI.ChatCompletionCreateParamsNonStreaming,
    way: Way,
  ): Promise<OpenAI.ChatCompletion> {
    if (way === "whole") return Promise.resolve(completions.create(body));
    return helpers
      .stream({ ...body, stream: true, stream_options: { include_usage: true } })
      .finalChatCompletion();
  }
}

export async function embedded(
  client: OpenAI,
  model: string,
  texts: readonly string[],
): Promise<readonly (readonly number[])[]> {
  const { data } = await client.embeddings.create({ model, input: [...texts] });
  return data.map(({ embedding }) => [...embedding]);
}

function said({ text, picture, document }: Question): Message {
  if (picture === undefined && document === undefined) return { role: "user", content: text };
  const content: OpenAI.ChatCompletionContentPart[] = [{ type: "text", text }];
  if (picture !== undefined)
    content.push({ type: "image_url", image_url: { url: `data:image/png;base64,${picture}` } });
  if (document !== undefined) {
    const file = { filename: "report.pdf", file_data: `data:application/pdf;base64,${document}` };
    content.push({ type: "file", file });
  }
  return { role: "user", content };
}

const toolsOf = (toolbox: Toolbox): OpenAI.ChatCompletionTool[] =>
  Object.entries(toolbox).map(([name, { description, parameters }]) => ({
    type: "function",
    function: { name, description, parameters: { ...parameters } },
  }));

const schemaFormat = (schema: JsonSchema) => ({
  type: "json_schema" as const,
  json_schema: { name: "place", schema: { ...schema }, strict: true },
});

const told = (text: string | null | undefined, usage: OpenAI.CompletionUsage | null | undefined): Told => ({
  text: text ?? "",
  tokens: [usage?.prompt_tokens, usage?.completion_tokens],
});
