// Takes out of a request what only OpenAI's own `/v1/responses` can be told: tools that run there, and items about them.
// `in-words-of.ts` calls it for every other destination. Tools are refused by their place; what one of them did is reported.

import type { CompletionRequest, Message, Part, Tool } from "../../core/request.ts";
import type { ChangeLog } from "../change-log.ts";
import { arrayOf, isObject, type JsonObject, objectOf } from "../json.ts";
import { isServerTool, nativeOf } from "./server-tools.ts";

export function withoutServerTools(
  { words: _said, ...request }: CompletionRequest,
  dialect: string,
  log: ChangeLog,
): CompletionRequest {
  const tools = request.tools?.flatMap((tool, index) => {
    const block = nativeOf(tool.native);
    if (block === undefined) return [tool];
    const counterpart = dialect === "gemini" ? searchOf(block) : undefined;
    if (counterpart === undefined) log.refusedTool(index);
    else log.changed("mapped", `tools[${index}]`, String(block["type"]), "google_search");
    return counterpart === undefined ? [] : [counterpart];
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

/** Google's own search stands for the web's, unless it would have to keep to some pages of it. */
const searchOf = ({ type, filters }: JsonObject): Tool | undefined =>
  /^web_search(?:_2025_08_26)?$/.test(String(type)) && (filters ?? undefined) === undefined
    ? {
        name: "google_search",
        parameters: undefined,
        native: { dialect: "gemini", block: { google_search: {} } },
      }
    : undefined;

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
