// Asks `/v1/responses` of a running gateway with OpenAI's packages, and reads what came as `Said`.
// Tests of that wire call it; every event and every body is handed back for them to check.

import type OpenAI from "openai";
import type { Said } from "./expected-answer.ts";

export interface ResponseReading {
  readonly said: Said;
  readonly refusal: string;
  readonly response: OpenAI.Responses.Response;
  /** In order; empty where it was read whole. */
  readonly events: readonly OpenAI.Responses.ResponseStreamEvent[];
}

export type ResponseBody = OpenAI.Responses.ResponseCreateParamsNonStreaming;

export async function readWholeResponse(client: OpenAI, body: ResponseBody): Promise<ResponseReading> {
  const response = await client.responses.create(body);
  return { ...readingOf(response), response, events: [] };
}

/** Through the package's own accumulator, which is strict about order and places. */
export async function readStreamedResponse(client: OpenAI, body: ResponseBody): Promise<ResponseReading> {
  const events: OpenAI.Responses.ResponseStreamEvent[] = [];
  const stream = client.responses.stream(body as Parameters<OpenAI["responses"]["stream"]>[0]);
  for await (const event of stream) events.push(event);
  const last = events.at(-1);
  if (last === undefined || !("response" in last)) throw new Error("the stream ended without its response");
  await stream.finalResponse();
  return { ...readingOf(last.response), response: last.response, events };
}

function readingOf(response: OpenAI.Responses.Response): Pick<ResponseReading, "said" | "refusal"> {
  const parts = response.output.flatMap((item) => (item.type === "message" ? item.content : []));
  const calls = response.output.filter((item) => item.type === "function_call");
  const { usage } = response;
  return {
    said: {
      text: parts.map((part) => (part.type === "output_text" ? part.text : "")).join(""),
      reasoning: response.output
        .flatMap((item) => (item.type === "reasoning" ? item.summary : []))
        .map(({ text }) => text)
        .join(""),
      calls: calls.map((call) => ({ id: call.call_id, name: call.name, arguments: call.arguments })),
      finish: finishOf(response, calls.length > 0),
      usage: {
        input: usage?.input_tokens ?? -1,
        cachedInput: usage?.input_tokens_details.cached_tokens ?? -1,
        output: usage?.output_tokens ?? -1,
        reasoning: usage?.output_tokens_details.reasoning_tokens ?? -1,
      },
    },
    refusal: parts.map((part) => (part.type === "refusal" ? part.refusal : "")).join(""),
  };
}

function finishOf(
  { status, incomplete_details: details }: OpenAI.Responses.Response,
  called: boolean,
): string {
  if (status === "completed") return called ? "tool_calls" : "stop";
  return details?.reason === "content_filter" ? "content_filter" : "length";
}
