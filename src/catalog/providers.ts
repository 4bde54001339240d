// The providers that Portcullis knows: one row each; a provider of a known dialect is only a row here.
// `config.ts` reads the settings of `providerIds`; `build.ts` makes providers of rows and settings.

import type { DialectName } from "../core/deployment.ts";

export interface ProviderRow {
  readonly id: string;
  readonly name: string;
  readonly dialect: DialectName;
  /** What precedes `/chat/completions`, `/v1/messages` or `/v1beta/models/`. Absent: the operator sets it. */
  readonly baseUrl?: string;
  /** At its own origin it answers nobody without a key. */
  readonly needsKey: boolean;
  /** Models that answer in another dialect alone, by their names. */
  readonly otherwise?: readonly [RegExp, DialectName];
  /** Passes requests on to other companies, so its own address says nothing about where data goes. */
  readonly relay?: true;
  /** Where its own origin keeps data, as far as it is known. */
  readonly region?: string;
  /** Its own https hosts, where each customer has one; `region` names a group in it. Elsewhere no guarantee holds. */
  readonly hosts?: RegExp;
  /** How a model's name says where it runs, in the group `region`; one that fits without it runs anywhere. */
  readonly modelRegion?: RegExp;
  /** From which regions of its hosts a model that runs there can be called. */
  readonly callableFrom?: Readonly<Record<string, RegExp>>;
  /** The one vendor whose models it serves. Absent: several. */
  readonly vendor?: string;
  /** Absent for what runs in this process. */
  readonly docs?: string;
}

/** These answer at /v1/responses alone: https://platform.openai.com/docs/models, read 2026-11-21. */
const responsesOnly = /^(?:gpt|o\d).*(?:codex|-pro\b|deep-research)|^codex-|^computer-use/;

/** The order matters: a model's facts come from the first provider here that serves it. */
export const providers: readonly ProviderRow[] = [
  {
    id: "openai",
    name: "OpenAI",
    dialect: "openai",
    baseUrl: "https://api.openai.com/v1",
    otherwise: [responsesOnly, "responses"],
    needsKey: true,
    vendor: "openai",
    docs: "https://platform.openai.com/docs/models",
  },
  {
    id: "azure-openai",
    name: "Azure OpenAI",
    dialect: "azure",
    otherwise: [responsesOnly, "azure-responses"],
    hosts: /^[a-z0-9-]+\.(?:openai\.azure\.com|services\.ai\.azure\.com|cognitiveservices\.azure\.com)$/,
    needsKey: true,
    docs: "https://learn.microsoft.com/azure/foundry/openai/latest",
  },
  {
    id: "anthropic",
    name: "Anthropic",
    dialect: "anthropic",
    baseUrl: "https://api.anthropic.com",
    needsKey: true,
    vendor: "anthropic",
    docs: "https://docs.anthropic.com/en/docs/about-claude/models",
  },
  {
    id: "gemini",
    name: "Google Gemini",
    dialect: "gemini",
    baseUrl: "https://generativelanguage.googleapis.com",
    needsKey: true,
    vendor: "google",
    docs: "https://ai.google.dev/gemini-api/docs/models",
  },
  {
    id: "mistral",
    name: "Mistral",
    dialect: "openai",
    baseUrl: "https://api.mistral.ai/v1",
    needsKey: true,
    vendor: "mistral",
    docs: "https://docs.mistral.ai/getting-started/models/",
  },
  {
    id: "deepseek",
    name: "DeepSeek",
    dialect: "openai",
    baseUrl: "https://api.deepseek.com",
    needsKey: true,
    region: "cn",
    vendor: "deepseek",
    docs: "https://api-docs.deepseek.com/quick_start/pricing",
  },
  {
    id: "qwen",
    name: "Qwen (Alibaba Cloud Model Studio)",
    dialect: "openai",
    baseUrl: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    needsKey: true,
    vendor: "alibaba",
    docs: "https://www.alibabacloud.com/help/en/model-studio/models",
  },
  {
    id: "xai",
    name: "xAI",
    dialect: "openai",
    baseUrl: "https://api.x.ai/v1",
    needsKey: true,
    vendor: "xai",
    docs: "https://docs.x.ai/docs/models",
  },
  {
    id: "groq",
    name: "Groq",
    dialect: "openai",
    baseUrl: "https://api.groq.com/openai/v1",
    needsKey: true,
    docs: "https://console.groq.com/docs/models",
  },
  {
    id: "together",
    name: "Together AI",
    dialect: "openai",
    baseUrl: "https://api.together.xyz/v1",
    needsKey: true,
    docs: "https://docs.together.ai/docs/serverless-models",
  },
  {
    id: "fireworks",
    name: "Fireworks AI",
    dialect: "openai",
    baseUrl: "https://api.fireworks.ai/inference/v1",
    needsKey: true,
    docs: "https://fireworks.ai/docs/",
  },
  {
    id: "openrouter",
    name: "OpenRouter",
    dialect: "openai",
    baseUrl: "https://openrouter.ai/api/v1",
    needsKey: true,
    relay: true,
    docs: "https://openrouter.ai/models",
  },
  {
    id: "tokenmix",
    name: "TokenMix",
    dialect: "openai",
    baseUrl: "https://api.tokenmix.ai/v1",
    needsKey: true,
    relay: true,
    docs: "https://tokenmix.ai/docs",
  },
  {
    id: "bedrock",
    name: "Amazon Bedrock",
    dialect: "bedrock",
    baseUrl: "https://bedrock-runtime.us-east-1.amazonaws.com",
    hosts: /^bedrock-runtime(?:-fips)?\.(?<region>[a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com$/,
    modelRegion: /^(?:(?<region>us|eu|apac|au|jp)|global)\./,
    callableFrom: {
      us: /^(?:us|ca)-/,
      eu: /^eu-/,
      apac: /^ap-/,
      au: /^ap-southeast-[24]$/,
      jp: /^ap-northeast-[13]$/,
    },
    needsKey: true,
    docs: "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html",
  },
  {
    id: "litellm",
    name: "LiteLLM",
    dialect: "openai",
    needsKey: false,
    relay: true,
    docs: "https://docs.litellm.ai/docs/simple_proxy",
  },
  {
    id: "portkey",
    name: "Portkey",
    dialect: "openai",
    needsKey: false,
    relay: true,
    docs: "https://portkey.ai/docs",
  },
  {
    id: "ollama",
    name: "Ollama",
    dialect: "openai",
    needsKey: false,
    docs: "https://docs.ollama.com/openai",
  },
  {
    id: "vllm",
    name: "vLLM",
    dialect: "openai",
    needsKey: false,
    docs: "https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html",
  },
  {
    id: "demo",
    name: "Demo (local, deterministic)",
    dialect: "demo",
    needsKey: false,
    vendor: "portcullis",
  },
];

/** Those that take `<ID>_API_KEY` and `<ID>_BASE_URL`: all but the demo, which is in the process. */
export const providerIds: readonly string[] = providers
  .filter((row) => row.dialect !== "demo")
  .map((row) => row.id);

/** `OPENAI`, as in `OPENAI_API_KEY`. */
export const variablePrefix = (providerId: string): string => providerId.toUpperCase().replaceAll("-", "_");
