// The official OpenAI package, any of its versions, by its responses API: `chat-client.ts` says what it must do.
// Nothing is kept between two turns, so each turn sends what was said before.

import type OpenAI from "openai";
import type { Call, ChatClient, JsonSchema, Question, Toolbox, Told, Way } from "./chat-client.ts";
import { embedded } from "./openai-chat-client.ts";

type Item = OpenAI.Responses.ResponseInputItem;
type Body = OpenAI.Responses.ResponseCreateParamsNonStreaming;

export function responses(client: OpenAI): ChatClient {
  async function turn(body: Body, way: Way, question: Question): Promise<OpenAI.Responses.Response> {
    const options = { signal: question.signal ?? null };
    if (way === "whole") return client.responses.create({ ...body, store: false }, options);
    const stream = await client.responses.create({ ...body, store: false, stream: true }, options);
    let last: OpenAI.Responses.Response | undefined;
    for await (const event of stream) {
      if (event.type === "response.output_text.delta") question.hear?.(event.delta);
      if (event.type === "response.completed" || event.type === "response.incomplete") last = event.response;
      if (event.type === "response.failed") throw new Error(event.response.error?.message);
    }
    if (!last) throw new Error("the stream ended without its end");
    return last;
  }

  return {
    async ask(question, way) {
      return told(await turn({ model: question.model, input: [said(question)] }, way, question));
    },
    async work(question, toolbox, way) {
      const input: Item[] = [said(question)];
      const calls: Call[] = [];
      for (;;) {
        const answer = await turn({ model: question.model, input, tools: toolsOf(toolbox) }, way, question);
        const asked = answer.output.filter((item) => item.type === "function_call");
        if (asked.length === 0) return { ...told(answer), calls };
        input.push(...(answer.output as Item[]));
        for (const { name, arguments: written, call_id } of asked) {
          const given: unknown = JSON.parse(written);
          calls.push({ name, arguments: given });
          input.push({ type: "function_call_output", call_id, output: toolbox[name]?.use(given) ?? "" });
        }
      }
    },
    async structured({ model, text }, schema) {
      const format = schemaFormat(schema);
      return (await client.responses.parse({ model, input: text, text: { format } })).output_parsed;
    },
    embed: (model, texts) => embedded(client, model, texts),
  };
}

function said({ text, picture, document }: Question): Item {
  const content: OpenAI.Responses.ResponseInputContent[] = [{ type: "input_text", text }];
  if (picture !== undefined)
    content.push({ type: "input_image", detail: "auto", image_url: `data:image/png;base64,${picture}` });
  if (document !== undefined) {
    const file_data = `data:application/pdf;base64,${document}`;
    content.push({ type: "input_file", filename: "report.pdf", file_data });
  }
  return { role: "user", content };
}

const toolsOf = (toolbox: Toolbox): OpenAI.Responses.Tool[] =>
  Object.entries(toolbox).map(([name, { description, parameters }]) => ({
    type: "function",
    name,
    description,
    parameters: { ...parameters },
    strict: false,
  }));

const schemaFormat = (schema: JsonSchema) => ({
  type: "json_schema" as const,
  name: "place",
  schema: { ...schema },
  strict: true,
});

/** From the items, since `output_text` is not on the wire: streams of older versions lack it. */
function told({ output, usage }: OpenAI.Responses.Response): Told {
  const parts = output.flatMap((item) => (item.type === "message" ? item.content : []));
  return {
    text: parts.map((part) => (part.type === "output_text" ? part.text : "")).join(""),
    tokens: [usage?.input_tokens, usage?.output_tokens],
  };
}
