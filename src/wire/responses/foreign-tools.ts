// Takes out of a request what only OpenAI's own `/v1/responses` can be told: tools that run there, and items about them.
// `in-words-of.ts` calls it for every other destination. Tools are refused by their place; what one of them did is reported.

import type { CompletionRequest, Message, Part } from "../../core/request.ts";
import type { ChangeLog } from "../change-log.ts";
import { arrayOf, isObject, objectOf } from "../json.ts";
import { isServerTool, nativeOf } from "./server-tools.ts";

export function withoutServerTools(
  { words: _said, ...request }: CompletionRequest,
  log: ChangeLog,
): CompletionRequest {
  const tools = request.tools?.filter((tool, index) => {
    if (nativeOf(tool.native)) log.refusedTool(index);
    return nativeOf(tool.native) === undefined;
  });
  const { include: _told, tool_choice: choice, ...extras } = request.extras;
  const lost = namesServerTool(choice);
  if (lost) log.refused("tool_choice");
  const { tools: _all, ...others } = request;
  return {
    ...others,
    ...(tools === undefined || tools.length === 0 ? {} : { tools }),
    messages: request.messages.flatMap((message, index) => readable(message, `messages[${index}]`, log)),
    extras: lost || choice === undefined ? extras : { ...extras, tool_choice: choice },
  };
}

function namesServerTool(choice: unknown): boolean {
  if (!isObject(choice)) return false;
  const allowed = arrayOf(objectOf(choice["allowed_tools"])?.["tools"]).filter(isObject);
  return isServerTool(choice["type"]) || allowed.some(({ type }) => isServerTool(type));
}

const isNative = (part: Part): boolean => part.type === "text" && nativeOf(part.native) !== undefined;

function readable(message: Message, path: string, log: ChangeLog): readonly Message[] {
  if (!message.parts.some(isNative)) return [message];
  if (message.role === "tool") {
    log.refusedForGood("messages", path);
    return [];
  }
  if (message.role !== "assistant") return [message];
  const parts = message.parts.filter((part, index) => {
    if (isNative(part)) log.changed("dropped", `${path}.parts[${index}]`);
    return !isNative(part);
  });
  const { toolCalls, reasoning, refusal } = message;
  const isEmpty = parts.length + toolCalls.length + reasoning.length === 0 && refusal === undefined;
  return isEmpty ? [] : [{ ...message, parts }];
}
