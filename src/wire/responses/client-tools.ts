// Reads the tools of `POST /v1/responses` and how they are chosen: the client's own, and those that OpenAI runs.
// Used by `client-request`. A tool by which the client itself would say where data goes is refused.

import { Failure } from "../../core/errors.ts";
import type { Tool, ToolChoice } from "../../core/request.ts";
import { type JsonObject, arrayOf, isObject } from "../json.ts";
import { notOneOf, optionalArray, requiredString, wrongType } from "../openai/client-fields.ts";
import { decodeServerTool, isServerTool, serverToolTypes } from "./server-tools.ts";
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
  const served = decodeServerTool(tool, path);
  if (served) return served;
  throw new Failure("UNSUPPORTED_PARAMETER", `Unsupported tool: '${type.slice(0, 60)}' is not known here.`, {
    path: `${path}.type`,
    fix: `Offer a function tool and run it yourself, or one of ${serverToolTypes.join(", ")}.`,
  });
}

const modes = ["none", "auto", "required"] as const;

function decodeChoice(choice: unknown): Pick<DecodedTools, "toolChoice" | "otherChoice"> {
  if (choice === undefined || choice === null) return { toolChoice: undefined, otherChoice: undefined };
  const mode = modes.find((known) => known === choice);
  if (mode) return { toolChoice: { mode }, otherChoice: undefined };
  if (!isObject(choice)) throw notOneOf(choice, "tool_choice", modes);
  if (choice["type"] === "allowed_tools") return { toolChoice: undefined, otherChoice: allowedTools(choice) };
  if (isServerTool(choice["type"])) return { toolChoice: undefined, otherChoice: choice };
  if (choice["type"] !== "function" && choice["type"] !== "custom")
    throw notOneOf(choice["type"], "tool_choice.type", ["function", "custom"]);
  const tool = requiredString(choice, "name", "tool_choice.");
  return { toolChoice: { mode: "tool", tool }, otherChoice: undefined };
}

function allowedTools({ mode, tools }: JsonObject): JsonObject {
  const named = arrayOf(tools)
    .filter(isObject)
    .map((tool) => {
      const { type, name } = tool;
      if (isServerTool(type)) return tool;
      return type === "custom" ? { type, custom: { name } } : { type: "function", function: { name } };
    });
  return { type: "allowed_tools", allowed_tools: { mode, tools: named } };
}
