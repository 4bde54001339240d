// The tools of `/v1/responses` that OpenAI runs by itself, or that its models know by their type alone: which there are,
// what of them a client may not say, and the items that tell of them. Both readers and the encoder of this wire use it.
// https://platform.openai.com/docs/guides/tools

import { Failure } from "../../core/errors.ts";
import type { NativeBlock, Tool } from "../../core/request.ts";
import { isObject, type JsonObject, objectOf, rowOf, stringOf } from "../json.ts";

/** Where in the tool a place stands from which model-written code may reach others. */
const rules: Readonly<Record<string, readonly string[]>> = {
  web_search: [],
  web_search_2025_08_26: [],
  web_search_preview: [],
  web_search_preview_2025_03_11: [],
  file_search: [],
  code_interpreter: ["container"],
  image_generation: [],
  computer: [],
  computer_use_preview: [],
  local_shell: [],
  shell: ["environment"],
  apply_patch: [],
};

export const serverToolTypes: readonly string[] = Object.keys(rules);

export const isServerTool = (type: unknown): boolean =>
  typeof type === "string" && Object.hasOwn(rules, type);

/** Undefined where it is none of them. Throws where the client names others that would be sent data. */
export function decodeServerTool(tool: JsonObject, path: string): Tool | undefined {
  const type = stringOf(tool["type"]);
  if (type === "mcp") throw thirdParty(`${path}.type`, "a tool server of the caller's");
  const places = rowOf(rules, type);
  if (type === undefined || places === undefined) return undefined;
  for (const place of places) {
    const policy = objectOf(tool[place])?.["network_policy"];
    if (isObject(policy) && policy["type"] !== "disabled")
      throw thirdParty(`${path}.${place}.network_policy`, "a network for the model's code");
  }
  return { name: type, parameters: undefined, native: native(tool) };
}

/** A caller must never say where data goes. */
function thirdParty(path: string, what: string): Failure {
  return new Failure(
    "UNSUPPORTED_PARAMETER",
    `Unsupported tool: ${what} would be sent data that no policy let go there.`,
    {
      path,
      fix: "Offer a function tool and call the server yourself.",
    },
  );
}

export const native = (block: JsonObject): NativeBlock => ({ dialect: "responses", block });

export const nativeOf = (block: NativeBlock | undefined): JsonObject | undefined =>
  block?.dialect === "responses" ? block.block : undefined;

interface ItemRow {
  /** What the fee is called; absent where none is asked. */
  readonly billed?: string;
  /** Steps that are told of it between its beginning and its end. */
  readonly steps: readonly string[];
  /** What it has at its end alone. */
  readonly late?: string;
}

/** Items of the answer, by type. */
export const serverItems: Readonly<Record<string, ItemRow>> = {
  web_search_call: { billed: "web_search", steps: ["in_progress", "searching", "completed"] },
  file_search_call: {
    billed: "file_search",
    steps: ["in_progress", "searching", "completed"],
    late: "results",
  },
  code_interpreter_call: {
    billed: "code_interpreter",
    steps: ["in_progress", "interpreting", "completed"],
    late: "outputs",
  },
  image_generation_call: {
    billed: "image_generation",
    steps: ["in_progress", "generating", "completed"],
    late: "result",
  },
  computer_call: { steps: [] },
  local_shell_call: { steps: [] },
  shell_call: { billed: "shell", steps: [] },
  shell_call_output: { steps: [] },
  apply_patch_call: { steps: [] },
  apply_patch_call_output: { steps: [] },
};

/** Items that a client sends back with what its own side did. */
export const clientResults: readonly string[] = [
  "computer_call_output",
  "local_shell_call_output",
  "shell_call_output",
  "apply_patch_call_output",
];

/** Opening and reading pages is part of a search, and is not billed apart. */
export const isBilled = (item: JsonObject): boolean =>
  item["type"] !== "web_search_call" || (objectOf(item["action"])?.["type"] ?? "search") === "search";
