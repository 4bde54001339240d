// Writes tools and the choice among them in Anthropic's form.
// The request encoder calls it. https://platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools

import type { CompletionRequest, Tool, ToolChoice } from "../../core/request.ts";
import type { ChangeLog } from "../change-log.ts";
import { isObject, type JsonObject } from "../json.ts";
import { pickExtras } from "./encode-parts.ts";
import type { ModelTraits } from "./model-traits.ts";

export function encodeTools(request: CompletionRequest, traits: ModelTraits, log: ChangeLog): JsonObject {
  const tools = request.tools ?? [];
  if (tools.length === 0) {
    if (request.toolChoice !== undefined) log.changed("dropped", "tool_choice", request.toolChoice.mode);
    if (request.parallelToolCalls !== undefined) {
      log.changed("dropped", "parallel_tool_calls", request.parallelToolCalls);
    }
    return {};
  }
  return {
    tools: tools.map((tool, index) => encodeTool(tool, `tools[${index}]`, traits, log)),
    tool_choice: encodeToolChoice(request, log),
  };
}

/** A tool with a type has its schema from Anthropic, and may run there. */
function encodeTool(tool: Tool, path: string, traits: ModelTraits, log: ChangeLog): JsonObject {
  if (tool.extras?.["type"] !== undefined) return { ...tool.extras, name: tool.name };
  const strict = tool.strict === true && traits.structuredOutput;
  if (tool.strict === true && !strict) log.changed("dropped", `${path}.strict`, true);
  log.droppedExtras(tool.functionExtras, [], `${path}.function.`);
  return {
    name: tool.name,
    description: tool.description,
    input_schema: inputSchema(tool.parameters),
    ...(strict ? { strict } : {}),
    ...pickExtras(tool.extras, toolFields, path, log),
  };
}

const toolFields: readonly string[] = [
  "cache_control",
  "defer_loading",
  "allowed_callers",
  "eager_input_streaming",
  "input_examples",
];

/** The API wants an object schema, also where a tool takes nothing. */
function inputSchema(parameters: unknown): JsonObject {
  if (!isObject(parameters)) return { type: "object", properties: {} };
  return parameters["type"] === undefined ? { type: "object", ...parameters } : parameters;
}

const modes: Readonly<Record<ToolChoice["mode"], string>> = {
  auto: "auto",
  required: "any",
  tool: "tool",
  none: "none",
};

function encodeToolChoice({ toolChoice, parallelToolCalls }: CompletionRequest, log: ChangeLog) {
  const oneAtATime = parallelToolCalls === false && toolChoice?.mode !== "none";
  if (oneAtATime) {
    log.changed("mapped", "parallel_tool_calls", false, "tool_choice.disable_parallel_tool_use=true");
  }
  if (toolChoice === undefined && !oneAtATime) return undefined;
  return {
    type: modes[toolChoice?.mode ?? "auto"],
    ...(toolChoice?.mode === "tool" ? { name: toolChoice.tool } : {}),
    ...(oneAtATime ? { disable_parallel_tool_use: true } : {}),
  };
}
