// Writes tools and the choice among them in Converse's form.
// The request encoder calls it. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html

import type { CompletionRequest, Tool, ToolChoice } from "../../core/request.ts";
import type { ChangeLog } from "../change-log.ts";
import { isObject, type JsonObject } from "../json.ts";
import { cachePoint } from "./encode-parts.ts";
import type { FamilyTraits } from "./model-traits.ts";

export function encodeTools(request: CompletionRequest, family: FamilyTraits, log: ChangeLog): JsonObject {
  const tools = request.tools ?? [];
  const { toolChoice, parallelToolCalls } = request;
  if (tools.length === 0) {
    if (toolChoice !== undefined) log.changed("dropped", "tool_choice", toolChoice.mode);
    if (parallelToolCalls !== undefined) log.changed("dropped", "parallel_tool_calls", parallelToolCalls);
    return {};
  }
  if (parallelToolCalls === false) log.refused("parallel_tool_calls", false);
  // There is no "none": without tools nobody calls one, as long as none was called before.
  const called = request.messages.some(
    (message) => message.role === "tool" || (message.role === "assistant" && message.toolCalls.length > 0),
  );
  if (toolChoice?.mode === "none" && !called) {
    log.changed("mapped", "tool_choice", "none", "toolConfig (left out)");
    return {};
  }
  return {
    toolConfig: {
      tools: tools.flatMap((tool, index) => encodeTool(tool, `tools[${index}]`, log)),
      toolChoice: encodeChoice(toolChoice, family, log),
    },
  };
}

function encodeTool(tool: Tool, path: string, log: ChangeLog): readonly JsonObject[] {
  log.droppedExtras(tool.extras, ["cache_control"], `${path}.`);
  const toolSpec = {
    name: tool.name,
    description: tool.description,
    inputSchema: { json: inputSchema(tool.parameters) },
    ...(tool.strict === true ? { strict: true } : {}),
  };
  return [{ toolSpec }, ...cachePoint(tool.extras)];
}

/** The API wants an object schema, also where a tool takes nothing. */
function inputSchema(parameters: unknown): JsonObject {
  if (!isObject(parameters)) return { type: "object", properties: {} };
  return parameters["type"] === undefined ? { type: "object", ...parameters } : parameters;
}

function encodeChoice(
  choice: ToolChoice | undefined,
  { toolChoices }: FamilyTraits,
  log: ChangeLog,
): JsonObject | undefined {
  if (choice === undefined || choice.mode === "auto") return choice && { auto: {} };
  if (choice.mode === "none" || !toolChoices.includes(choice.mode)) {
    log.refused("tool_choice", choice.mode);
    return undefined;
  }
  return choice.mode === "tool" ? { tool: { name: choice.tool } } : { any: {} };
}
