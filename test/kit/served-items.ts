// An answer of OpenAI's `/v1/responses` in which every kind of tool that it runs did something, whole or in events.
// Tests of server tools let a stand-in for the provider's machines say it.

import type { ServerResponse } from "node:http";
import type { Behaviour } from "./upstream.ts";

type Body = Readonly<Record<string, unknown>>;

const picture = "iVBORw0KGgo".repeat(40);
export const searchItem = (id: string, action: Body) => ({
  id,
  type: "web_search_call",
  status: "completed",
  action,
});
export const servedItems: readonly Body[] = [
  searchItem("ws_1", {
    type: "search",
    query: "Bern",
    sources: [{ type: "url", url: "https://bern.example/" }],
  }),
  searchItem("ws_2", { type: "open_page", url: "https://bern.example/" }),
  { id: "fs_1", type: "file_search_call", status: "completed", queries: ["Bern"], results: null },
  {
    id: "ci_1",
    type: "code_interpreter_call",
    status: "completed",
    container_id: "cntr_1",
    code: "print(1)",
    outputs: [{ type: "logs", logs: "1" }],
  },
  { id: "ig_1", type: "image_generation_call", status: "completed", result: picture },
  {
    id: "msg_1",
    type: "message",
    status: "completed",
    role: "assistant",
    content: [
      {
        type: "output_text",
        text: "Bern is the capital.",
        logprobs: [],
        annotations: [
          { type: "url_citation", url: "https://bern.example/", title: "Bern", start_index: 0, end_index: 4 },
        ],
      },
    ],
  },
];
const usage = { input_tokens: 1_000, output_tokens: 100, total_tokens: 1_100 };

export const sendJson = (response: ServerResponse, body: unknown): void => {
  response.setHeader("content-type", "application/json").end(JSON.stringify(body));
};

/** As OpenAI answers with these items, whole or in events; the text comes in pieces. */
export const answeringItems =
  (items: readonly Body[], tools: readonly Body[] = []): Behaviour =>
  ({ body }, response) => {
    const whole = {
      id: "resp_1",
      object: "response",
      status: "completed",
      model: "gpt-4.1",
      output: items,
      tools,
      usage,
    };
    if (body["stream"] !== true) {
      sendJson(response, whole);
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = (event: object): void => void response.write(`data: ${JSON.stringify(event)}\n\n`);
    send({ type: "response.created", response: { ...whole, status: "in_progress", output: [] } });
    for (const [index, item] of items.entries()) {
      const place = { output_index: index, item_id: item["id"] };
      send({
        type: "response.output_item.added",
        output_index: index,
        item: { ...item, status: "in_progress" },
      });
      if (item["type"] === "message") {
        for (const delta of ["Bern is ", "the capital."])
          send({ type: "response.output_text.delta", ...place, content_index: 0, delta });
      } else send({ type: `response.${String(item["type"])}.in_progress`, ...place });
      send({ type: "response.output_item.done", output_index: index, item });
    }
    send({ type: "response.completed", response: whole });
    response.end();
  };
