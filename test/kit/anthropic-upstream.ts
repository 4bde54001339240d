// A provider on loopback that speaks Anthropic's wire: whole or streamed, as the request asks, block by block.
// Tests of the Messages door say which blocks it answers with; what it was asked is in `upstream.ts`'s `seen`.

import type { Behaviour } from "./upstream.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface AnthropicAnswer {
  readonly content: readonly Fields[];
  readonly stop_reason?: string;
  readonly stop_sequence?: string | null;
  readonly stop_details?: Fields;
  readonly usage?: Fields;
}

const usage = {
  input_tokens: 7,
  output_tokens: 1,
  cache_read_input_tokens: 0,
  cache_creation_input_tokens: 0,
};

export function answerAnthropic(answer: AnthropicAnswer): Behaviour {
  const { content, stop_reason = "end_turn", stop_sequence = null, stop_details = null } = answer;
  const counted = { ...usage, output_tokens: 3, ...answer.usage };
  return (request, response) => {
    const message = { id: "msg_up", type: "message", role: "assistant", model: request.body["model"] };
    const ending = { stop_reason, stop_sequence, stop_details };
    if (request.body["stream"] !== true) {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ ...message, content, ...ending, usage: counted }));
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    const write = (type: string, fields: Fields): void =>
      void response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
    const begun = { ...counted, output_tokens: 1 };
    write("message_start", { message: { ...message, content: [], stop_reason: null, usage: begun } });
    write("ping", {});
    for (const [index, block] of content.entries()) {
      const { start, deltas } = inDeltas(block);
      write("content_block_start", { index, content_block: start });
      for (const delta of deltas) write("content_block_delta", { index, delta });
      write("content_block_stop", { index });
    }
    write("message_delta", { delta: ending, usage: counted });
    write("message_stop", {});
    response.end();
  };
}

function inDeltas(block: Fields): { start: Fields; deltas: readonly Fields[] } {
  const { type } = block;
  if (type === "text") {
    const cited = Array.isArray(block["citations"]) ? (block["citations"] as readonly unknown[]) : [];
    return {
      start: { type, text: "" },
      deltas: [
        ...halves(block["text"]).map((text) => ({ type: "text_delta", text })),
        ...cited.map((citation) => ({ type: "citations_delta", citation })),
      ],
    };
  }
  if (type === "thinking") {
    return {
      start: { type, thinking: "", signature: "" },
      deltas: [
        ...halves(block["thinking"]).map((thinking) => ({ type: "thinking_delta", thinking })),
        { type: "signature_delta", signature: block["signature"] },
      ],
    };
  }
  if (type === "tool_use" || type === "server_tool_use") {
    const json = JSON.stringify(block["input"]);
    const pieces = json === "{}" ? [""] : halves(json);
    return {
      start: { ...block, input: {} },
      deltas: pieces.map((partial_json) => ({ type: "input_json_delta", partial_json })),
    };
  }
  return { start: block, deltas: [] };
}

function halves(text: unknown): readonly string[] {
  const whole = String(text);
  const middle = Math.ceil(whole.length / 2);
  return [whole.slice(0, middle), whole.slice(middle)].filter((piece) => piece !== "");
}
