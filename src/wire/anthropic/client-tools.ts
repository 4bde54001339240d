// Reads a client's tools and how it wants them chosen.
// Used by `client-request`. Tools that Anthropic defines or runs keep their type in their extras.

import type { Tool, ToolChoice } from "../../core/request.ts";
import { type JsonObject, isObject, rowOf } from "../json.ts";
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
} from "../openai/client-fields.ts";

export interface DecodedTools {
  readonly tools: readonly Tool[] | undefined;
  readonly toolChoice: ToolChoice | undefined;
  readonly parallelToolCalls: boolean | undefined;
}

const most = 1000;
const mostCharactersInName = 256;

export function decodeTools(body: JsonObject): DecodedTools {
  const tools = optionalArray(body, "tools", most)?.map((tool, index) => decodeTool(tool, `tools[${index}]`));
  const choice = optionalObject(body, "tool_choice");
  const oneAtATime = optionalBoolean(choice ?? {}, "disable_parallel_tool_use", "tool_choice.") === true;
  return {
    tools,
    toolChoice: choice && decodeChoice(choice),
    parallelToolCalls: oneAtATime ? false : undefined,
  };
}

function decodeTool(tool: unknown, path: string): Tool {
  if (!isObject(tool)) throw wrongType(tool, path, "an object");
  const type = optionalString(tool, "type", `${path}.`) ?? "custom";
  const name = requiredString(tool, "name", `${path}.`);
  if (name === "" || name.length > mostCharactersInName) {
    throw invalid(
      `Invalid '${path}.name': expected 1 to ${mostCharactersInName} characters.`,
      `${path}.name`,
    );
  }
  // It has no schema: the model knows it by its type.
  if (type !== "custom") return { name, parameters: undefined, extras: beside(tool, ["name"]) };
  const description = optionalString(tool, "description", `${path}.`);
  const strict = optionalBoolean(tool, "strict", `${path}.`);
  const extras = beside(tool, ["type", "name", "description", "input_schema", "strict"]);
  return {
    name,
    ...(description === undefined ? {} : { description }),
    parameters: requiredObject(tool, "input_schema", `${path}.`),
    ...(strict === undefined ? {} : { strict }),
    ...(extras === undefined ? {} : { extras }),
  };
}

const beside = (tool: JsonObject, placed: readonly string[]) => fieldsBeside(tool, new Set(placed));

const choices: Readonly<Record<string, (choice: JsonObject) => ToolChoice>> = {
  auto: () => ({ mode: "auto" }),
  any: () => ({ mode: "required" }),
  none: () => ({ mode: "none" }),
  tool: (choice) => ({ mode: "tool", tool: requiredString(choice, "name", "tool_choice.") }),
};

function decodeChoice(choice: JsonObject): ToolChoice {
  const type = requiredString(choice, "type", "tool_choice.");
  const decode = rowOf(choices, type);
  if (!decode) throw notOneOf(type, "tool_choice.type", Object.keys(choices));
  return decode(choice);
}
