// What a request asks for besides an answer that makes a provider keep, or pass on, its data.
// A table: each feature, how it is seen in a request, and the guarantees that it drops.

import type { Extras, ModelRequest, Part } from "../core/request.ts";

interface Feature {
  readonly name: string;
  /** In a sentence: "<words> drops zero retention". */
  readonly words: string;
  readonly drops: (guarantee: string) => boolean;
  readonly seen: (request: ModelRequest) => boolean;
}

/** The deployment that was decided on may then not be the one that answers. */
const upstreamChoice = "upstream-choice";

const storing = ["zero-retention", "retention-30"];
const leaving = ["zero-retention", "retention-30", "baa", "dpa", "self-hosted"];

const features: readonly Feature[] = [
  {
    name: "stored",
    words: "storing the answer (store: true)",
    drops: (guarantee) => storing.includes(guarantee),
    seen: ({ extras }) => isOn(extras["store"]),
  },
  {
    name: "background",
    words: "running in the background",
    drops: (guarantee) => storing.includes(guarantee),
    seen: ({ extras }) => isOn(extras["background"]),
  },
  {
    name: "long-cache",
    words: "a prompt cache of a day",
    drops: (guarantee) => storing.includes(guarantee),
    seen: ({ extras }) =>
      extras["prompt_cache_retention"] !== undefined && extras["prompt_cache_retention"] !== "in_memory",
  },
  {
    name: "uploaded-files",
    words: "a file stored at the provider",
    drops: (guarantee) => storing.includes(guarantee),
    seen: (request) => hasStoredFile(request) || isOn(request.extras["container"]),
  },
  {
    name: "server-tools",
    words: "a tool that runs at the provider, as web search",
    drops: (guarantee) => leaving.includes(guarantee) || guarantee.startsWith("region:"),
    seen: (request) =>
      groundingFields.some((field) => isOn(request.extras[field])) ||
      hasServerTool(request.extras["tools"]) ||
      hasServerTool(typedTools(request)),
  },
  {
    name: "shared-data",
    words: "letting the provider collect the data",
    drops: (guarantee) => guarantee === "no-training" || storing.includes(guarantee),
    seen: ({ extras }) => field(extras["provider"], "data_collection") === "allow",
  },
  {
    name: upstreamChoice,
    words: "letting the provider choose another model or host",
    drops: () => true,
    seen: ({ extras }) =>
      choosingFields.some((name) => isOn(extras[name])) || choosesHost(extras["provider"]),
  },
];

/** Bits of the features a request uses, for a cache key; 0 for almost every request. */
export function featuresOf(request: ModelRequest): number {
  if (isPlain(request)) return 0;
  let bits = 0;
  features.forEach((feature, index) => {
    if (feature.seen(request)) bits |= 1 << index;
  });
  return bits;
}

/** Nothing beside text and settings that every provider knows: no feature can be seen in it. */
function isPlain(request: ModelRequest): boolean {
  if (!isEmpty(request.extras)) return false;
  if (request.action !== "complete") return true;
  return request.tools === undefined && request.messages.every(({ parts }) => parts.every(isText));
}

function isEmpty(extras: Extras): boolean {
  for (const name in extras) if (Object.hasOwn(extras, name)) return false;
  return true;
}

const isText = ({ type }: Part): boolean => type === "text";

export const dropsGuarantee = (bits: number, guarantee: string): boolean =>
  bits !== 0 && features.some((feature, index) => (bits & (1 << index)) !== 0 && feature.drops(guarantee));

/** Which of the request's features are to blame for a guarantee that is missing. */
export const featuresThatDrop = (bits: number, guarantee: string): readonly string[] =>
  features
    .filter((feature, index) => (bits & (1 << index)) !== 0 && feature.drops(guarantee))
    .map((feature) => feature.words);

/** True where whom the request reaches is not ours to say: then no row may be sure of its identity. */
export const choosesUpstream = (bits: number): boolean =>
  (bits & (1 << features.findIndex((feature) => feature.name === upstreamChoice))) !== 0;

/** Switches for search and the like, of every dialect we know. */
const groundingFields = [
  "web_search_options",
  "web_search",
  "search_parameters",
  "google_search",
  "googleSearch",
  "mcp_servers",
  "plugins",
  "enable_search",
];

/** OpenRouter's and LiteLLM's ways to name others that may answer instead. */
const choosingFields = ["models", "route", "fallbacks", "context_window_fallbacks"];

/** Tools of these types run at the caller; any other type in `tools` runs at the provider. */
const callersTools =
  /^(function|custom|local_shell|apply_patch|computer|computer_use_preview|bash_\d+|text_editor_\d+|computer_\d+|memory_\d+)$/;

function hasServerTool(tools: unknown): boolean {
  if (!Array.isArray(tools)) return false;
  return tools.some((tool: unknown) => {
    const type = field(tool, "type");
    if (type !== undefined) return typeof type !== "string" || !callersTools.test(type);
    // Gemini names a tool by its only field.
    return (
      typeof tool === "object" && tool !== null && !("functionDeclarations" in tool) && !("name" in tool)
    );
  });
}

/** Tools that a client named by their type alone, as Anthropic's and those of `/v1/responses`. */
function typedTools(request: ModelRequest): readonly Extras[] | undefined {
  if (request.action !== "complete") return undefined;
  return request.tools?.flatMap(({ extras, native }) =>
    native ? [native.block] : extras?.["type"] === undefined ? [] : [extras],
  );
}

function choosesHost(provider: unknown): boolean {
  return ["order", "only", "allow_fallbacks", "sort"].some((name) => isOn(field(provider, name)));
}

function hasStoredFile(request: ModelRequest): boolean {
  if (request.action !== "complete") return false;
  return request.messages.some((message) =>
    message.parts.some((part: Part) => part.type !== "text" && isStored(part.extras)),
  );
}

const isStored = (extras: Extras | undefined): boolean =>
  extras !== undefined &&
  (["file_id", "fileId", "fileUri"].some((name) => isOn(extras[name])) ||
    isOn(field(extras["file"], "file_id")));

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Extras)[name]
    : undefined;

const isOn = (value: unknown): boolean => value !== undefined && value !== null && value !== false;
