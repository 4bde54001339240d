// Reads a client's tools and how it wants them chosen, the deprecated functions included.
// Used by `client-settings`.

import type { Tool, ToolChoice } from "../../core/request.ts";
import { decodeFormat } from "../freeform.ts";
import { type JsonObject, isObject } from "../json.ts";
import {
  fieldsBeside,
  invalid,
  notOneOf,
  optionalArray,
  optionalBoolean,
  optionalObject,
  optionalString,
  requiredObject,
  requiredString,
  wrongType,
} from "./client-fields.ts";

export interface DecodedTools {
  readonly tools: readonly Tool[] | undefined;
  readonly toolChoice: ToolChoice | undefined;
  /** A choice that has no neutral form, as OpenAI's `allowed_tools`. */
  readonly otherChoice: unknown;
}

const most = 1000;

export function decodeTools(body: JsonObject): DecodedTools {
  const tools = optionalArray(body, "tools", most)?.map((tool, index) => decodeTool(tool, `tools[${index}]`));
  const functions = optionalArray(body, "functions", most)?.map((tool, index) => {
    if (!isObject(tool)) throw wrongType(tool, `functions[${index}]`, "an object");
    return decodeFunction(tool, `functions[${index}].`);
  });
  if (tools && functions) throw invalid("'functions' and 'tools' cannot be used together.", "functions");
  const choice = decodeChoice(body["tool_choice"] ?? functionChoice(body["function_call"]));
  return { tools: tools ?? functions, ...choice };
}

function decodeTool(tool: unknown, path: string): Tool {
  if (!isObject(tool)) throw wrongType(tool, path, "an object");
  // Some clients leave the type out, as their own providers let them.
  const type = tool["type"] ?? (isObject(tool["function"]) ? "function" : undefined);
  const extras = fieldsBeside(tool, placed);
  if (type === "custom") {
    const decoded = decodeCustom(requiredObject(tool, "custom", `${path}.`), `${path}.custom.`);
    return extras === undefined ? decoded : { ...decoded, extras };
  }
  if (type !== "function") throw notOneOf(type, `${path}.type`, ["function", "custom"]);
  const decoded = decodeFunction(requiredObject(tool, "function", `${path}.`), `${path}.function.`);
  return extras === undefined ? decoded : { ...decoded, extras };
}

const placed: ReadonlySet<string> = new Set(["type", "function", "custom"]);

/** Also the flat form of `/v1/responses`. */
export function decodeCustom({ format, ...described }: JsonObject, prefix: string): Tool {
  return { ...decodeFunction(described, prefix), parameters: undefined, freeform: decodeFormat(format) };
}

/** Also the flat form of `/v1/responses`, whose type stands beside the name. */
export function decodeFunction(described: JsonObject, prefix: string): Tool {
  const name = requiredString(described, "name", prefix);
  if (name === "" || name.length > 256) {
    throw invalid(`Invalid '${prefix}name': expected 1 to 256 characters.`, `${prefix}name`);
  }
  const description = optionalString(described, "description", prefix);
  const strict = optionalBoolean(described, "strict", prefix);
  const functionExtras = fieldsBeside(described, placedInFunction);
  return {
    name,
    ...(description === undefined ? {} : { description }),
    parameters: optionalObject(described, "parameters", prefix),
    ...(strict === undefined ? {} : { strict }),
    ...(functionExtras === undefined ? {} : { functionExtras }),
  };
}

const placedInFunction: ReadonlySet<string> = new Set([
  "type",
  "name",
  "description",
  "parameters",
  "strict",
]);

function functionChoice(choice: unknown): unknown {
  return isObject(choice) ? { type: "function", function: choice } : choice;
}

const modes = ["none", "auto", "required"] as const;

function decodeChoice(choice: unknown): Pick<DecodedTools, "toolChoice" | "otherChoice"> {
  if (choice === undefined || choice === null) return { toolChoice: undefined, otherChoice: undefined };
  const mode = modes.find((known) => known === choice);
  if (mode) return { toolChoice: { mode }, otherChoice: undefined };
  if (!isObject(choice)) throw notOneOf(choice, "tool_choice", modes);
  if (choice["type"] === "allowed_tools") return { toolChoice: undefined, otherChoice: choice };
  const kind = choice["type"] === "custom" ? "custom" : "function";
  if (choice["type"] !== kind) throw notOneOf(choice["type"], "tool_choice.type", ["function", "custom"]);
  const chosen = requiredObject(choice, kind, "tool_choice.");
  const tool = requiredString(chosen, "name", `tool_choice.${kind}.`);
  return { toolChoice: { mode: "tool", tool }, otherChoice: undefined };
}
