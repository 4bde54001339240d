// Reads the tools of `POST /v1/responses` and how they are chosen: functions that the client runs itself.
// Used by `client-request`. Tools that a provider runs on its own would carry data where no policy looked.

import { Failure } from "../../core/errors.ts";
import type { Tool, ToolChoice } from "../../core/request.ts";
import { type JsonObject, arrayOf, isObject } from "../json.ts";
import { notOneOf, optionalArray, requiredString, wrongType } from "../openai/client-fields.ts";
import { decodeCustom, decodeFunction } from "../openai/client-tools.ts";

export interface DecodedTools {
  readonly tools: readonly Tool[] | undefined;
  readonly toolChoice: ToolChoice | undefined;
  /** `allowed_tools`, in the form that the chat wire has for it. */
  readonly otherChoice: unknown;
}

export function decodeTools(body: JsonObject): DecodedTools {
  const tools = optionalArray(body, "tools", 1000)?.map(decodeTool);
  return { tools, ...decodeChoice(body["tool_choice"]) };
}

function decodeTool(tool: unknown, index: number): Tool {
  const path = `tools[${index}]`;
  if (!isObject(tool)) throw wrongType(tool, path, "an object");
  const type = requiredString(tool, "type", `${path}.`);
  if (type === "function") return decodeFunction(tool, `${path}.`);
  if (type === "custom") return decodeCustom(tool, `${path}.`);
  throw new Failure("UNSUPPORTED_PARAMETER", `Unsupported tool: '${type.slice(0, 60)}' is not run here.`, {
    path: `${path}.type`,
    fix: "Offer a function tool and run it yourself: a provider's own tools send data where no policy looked.",
  });
}

const modes = ["none", "auto", "required"] as const;

function decodeChoice(choice: unknown): Pick<DecodedTools, "toolChoice" | "otherChoice"> {
  if (choice === undefined || choice === null) return { toolChoice: undefined, otherChoice: undefined };
  const mode = modes.find((known) => known === choice);
  if (mode) return { toolChoice: { mode }, otherChoice: undefined };
  if (!isObject(choice)) throw notOneOf(choice, "tool_choice", modes);
  if (choice["type"] === "allowed_tools") return { toolChoice: undefined, otherChoice: allowedTools(choice) };
  if (choice["type"] !== "function" && choice["type"] !== "custom")
    throw notOneOf(choice["type"], "tool_choice.type", ["function", "custom"]);
  const tool = requiredString(choice, "name", "tool_choice.");
  return { toolChoice: { mode: "tool", tool }, otherChoice: undefined };
}

function allowedTools({ mode, tools }: JsonObject): JsonObject {
  const named = arrayOf(tools)
    .filter(isObject)
    .map(({ type, name }) =>
      type === "custom" ? { type, custom: { name } } : { type: "function", function: { name } },
    );
  return { type: "allowed_tools", allowed_tools: { mode, tools: named } };
}
