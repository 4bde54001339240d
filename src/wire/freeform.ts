// Custom tools, whose input is any text instead of JSON: OpenAI's two wires write them differently, and no other
// dialect has them. Readers and encoders of both wires use it; for whoever has none they are refused by their place.

import type { CompletionRequest, Freeform, Message, Tool } from "../core/request.ts";
import type { ChangeLog } from "./change-log.ts";
import { isObject, type JsonObject } from "./json.ts";

/** From the one word flat, and nested under its own name in the other. */
export function decodeFormat(format: unknown): Freeform {
  if (!isObject(format) || format["type"] !== "grammar") return { format };
  const { grammar, ...flat } = format;
  return { format: isObject(grammar) ? { ...flat, ...grammar } : format };
}

export function nestedFormat({ format }: Freeform): unknown {
  if (!isObject(format) || format["type"] !== "grammar") return format;
  const { type, ...grammar } = format;
  return { type, grammar };
}

export const usesFreeform = (tools: readonly Tool[] | undefined, messages: readonly Message[]): boolean =>
  tools?.some(({ freeform }) => freeform !== undefined) === true || messages.some(callsFreely);

const callsFreely = (message: Message): boolean =>
  message.role === "assistant" && message.toolCalls.some(({ freeform }) => freeform === true);

/** Whether the choice names a custom tool: that is said in other words. */
export const isFreeform = (tools: readonly Tool[] | undefined, name: string): boolean =>
  tools?.some((tool) => tool.name === name && tool.freeform !== undefined) === true;

/** For a destination without them: what was called is told as JSON, what could be called is refused. */
export function withoutFreeform(
  { freeform: _told, ...request }: CompletionRequest,
  log: ChangeLog,
): CompletionRequest {
  const { toolChoice: choice } = request;
  const lost = choice?.mode === "tool" && isFreeform(request.tools, choice.tool);
  const tools = request.tools?.filter(({ freeform }, index) => {
    if (freeform !== undefined) log.refusedTool(index);
    return freeform === undefined;
  });
  if (lost) log.refused("tool_choice");
  const { toolChoice: _lost, tools: _all, ...others } = request;
  return {
    ...others,
    ...(tools === undefined || tools.length === 0 ? {} : { tools }),
    ...(lost || choice === undefined ? {} : { toolChoice: choice }),
    messages: request.messages.map((message, index) => callsAsJson(message, `messages[${index}]`, log)),
  };
}

function callsAsJson(message: Message, path: string, log: ChangeLog): Message {
  if (message.role !== "assistant" || !message.toolCalls.some(({ freeform }) => freeform)) return message;
  return {
    ...message,
    toolCalls: message.toolCalls.map(({ freeform, ...call }, index) => {
      if (freeform !== true) return call;
      log.changed("mapped", `${path}.toolCalls[${index}].arguments`, "text", "JSON");
      return { ...call, arguments: inputAsJson(call.arguments) };
    }),
  };
}

const inputAsJson = (input: string): string => JSON.stringify({ input } satisfies JsonObject);
