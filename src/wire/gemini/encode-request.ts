// Writes a neutral completion request as the body of Gemini's generateContent.
// `geminiDialect` calls it. https://ai.google.dev/api/generate-content

import type { Destination, EncodedRequest } from "../../core/dialect.ts";
import type { CompletionRequest, Tool } from "../../core/request.ts";
import { createChangeLog, type ChangeLog } from "../change-log.ts";
import { isObject, type JsonObject } from "../json.ts";
import { encodeExtras } from "./encode-extras.ts";
import { encodeConversation } from "./encode-messages.ts";
import { encodeGenerationConfig } from "./generation-config.ts";

export function encodeCompletion(request: CompletionRequest, to: Destination): EncodedRequest {
  const log = createChangeLog();
  const { systemInstruction, contents } = encodeConversation(request.messages, to.upstreamModel, log);
  const extras = encodeExtras(request.extras, log);
  const generationConfig = { ...encodeGenerationConfig(request, to, log), ...extras.generationConfig };
  // Gemini takes no client's name and keeps nothing on request, so the other duties are met by nature.
  if (to.obligations.includes("zdr-routing"))
    log.refusedForGood("obligation:zdr-routing", "obligation:zdr-routing");

  const body = {
    systemInstruction,
    contents,
    ...encodeTools(request, log),
    ...(Object.keys(generationConfig).length === 0 ? {} : { generationConfig }),
    ...extras.body,
  };
  const method = request.stream ? "streamGenerateContent?alt=sse" : "generateContent";
  return {
    path: `${modelPath(to.upstreamModel)}:${method}`,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    params: log.params,
    unsupported: log.unsupported,
  };
}

/** The model's name comes from callers too: it must stay one segment of the path. */
export const modelPath = (upstreamModel: string): string =>
  `/v1beta/models/${encodeURIComponent(upstreamModel.replace(/^models\//, ""))}`;

function encodeTools(request: CompletionRequest, log: ChangeLog): JsonObject {
  const tools = request.tools ?? [];
  if (request.parallelToolCalls === false && tools.length > 0) log.refused("parallel_tool_calls", false);
  if (tools.length === 0) {
    if (request.toolChoice !== undefined) log.changed("dropped", "tool_choice", request.toolChoice.mode);
    if (request.parallelToolCalls !== undefined) {
      log.changed("dropped", "parallel_tool_calls", request.parallelToolCalls);
    }
    return {};
  }
  const own = tools.flatMap(({ native }) => (native?.dialect === "gemini" ? [native.block] : []));
  const functionDeclarations = tools.flatMap((tool, index) =>
    tool.native ? [] : [encodeTool(tool, `tools[${index}]`, log)],
  );
  if (functionDeclarations.length === 0) return { tools: own };
  return { tools: [{ functionDeclarations }, ...own], toolConfig: encodeToolChoice(request.toolChoice) };
}

function encodeTool(tool: Tool, path: string, log: ChangeLog): JsonObject {
  if (tool.strict === true) log.changed("dropped", `${path}.strict`, true);
  log.droppedExtras(tool.extras, [], `${path}.`);
  log.droppedExtras(tool.functionExtras, [], `${path}.function.`);
  const takesSomething = isObject(tool.parameters) && Object.keys(tool.parameters).length > 0;
  return {
    name: tool.name,
    description: tool.description,
    ...(takesSomething ? { parametersJsonSchema: tool.parameters } : {}),
  };
}

const modes = { auto: "AUTO", none: "NONE", required: "ANY", tool: "ANY" } as const;

function encodeToolChoice(choice: CompletionRequest["toolChoice"]): JsonObject | undefined {
  if (choice === undefined) return undefined;
  const only = choice.mode === "tool" ? { allowedFunctionNames: [choice.tool] } : {};
  return { functionCallingConfig: { mode: modes[choice.mode], ...only } };
}
