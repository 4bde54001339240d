// Which model a provider's name means: the same model at several providers is one model here.
// What is not plain by rule or by table stays a model of its own. `models-dev.ts` asks for every row it reads.

export interface Identity {
  /** The model's id in the catalog. */
  readonly model: string;
  readonly vendor: string;
}

/** `has` says whether a provider serves a name: a vendor's own offer gives the model its id. */
export function identify(
  providerId: string,
  upstreamModel: string,
  has: (providerId: string, upstreamModel: string) => boolean,
): Identity {
  const known = sameModels[`${providerId}/${upstreamModel}`];
  const own = vendors.find((row) => row.provider === providerId);
  if (own) return { model: known ?? undated(upstreamModel, own, has), vendor: own.vendor };

  const [prefix, name] = splitName(providerId, upstreamModel);
  const row = vendors.find(({ prefixes }) => prefixes.includes(prefix));
  const vendor = row?.vendor ?? prefix;
  if (known !== undefined) return { model: known, vendor };
  if (row?.provider === undefined) return { model: `${row?.prefixes[0] ?? prefix}/${name}`, vendor };
  const spelled = row.spell?.(name) ?? name;
  // A prefix that is also a provider id would read as that provider's own deployment, so it is left out.
  return {
    model:
      has(row.provider, spelled) || row.prefixes[0] === row.provider ? spelled : `${row.prefixes[0]}/${name}`,
    vendor,
  };
}

/** Of a name that nobody listed: whose it seems to be, or `unknown`. */
export function vendorOf(providerId: string, upstreamModel: string): string {
  const { vendor } = identify(providerId, upstreamModel, () => false);
  return vendor === providerId && !vendors.some((row) => row.provider === providerId) ? "unknown" : vendor;
}

/** True for a dated name of a model that has an undated one: it serves only those who ask for it. */
export const isSnapshot = (upstreamModel: string, model: string): boolean =>
  /-\d{8}$/.test(upstreamModel) && !upstreamModel.endsWith(model);

interface VendorRow {
  readonly vendor: string;
  /** As hosts spell it before the slash; the first is ours. */
  readonly prefixes: readonly string[];
  /** The provider that is the vendor itself. */
  readonly provider?: string;
  /** Turns a host's spelling of a name into the vendor's. */
  readonly spell?: (name: string) => string;
  /** True where `name-20250929` is the same model as `name`. */
  readonly dated?: true;
}

/** Hosts that serve other vendors' models under those vendors' own names. */
const vendorOfHost: Readonly<Record<string, string>> = { "azure-openai": "openai" };

const vendors: readonly VendorRow[] = [
  { vendor: "openai", prefixes: ["openai"], provider: "openai" },
  {
    vendor: "anthropic",
    prefixes: ["anthropic"],
    provider: "anthropic",
    spell: (name) => name.replaceAll(".", "-"),
    dated: true,
  },
  { vendor: "google", prefixes: ["google"], provider: "gemini" },
  { vendor: "mistral", prefixes: ["mistralai"], provider: "mistral" },
  { vendor: "deepseek", prefixes: ["deepseek", "deepseek-ai"], provider: "deepseek" },
  { vendor: "alibaba", prefixes: ["qwen"], provider: "qwen" },
  { vendor: "xai", prefixes: ["x-ai"], provider: "xai" },
  { vendor: "meta", prefixes: ["meta-llama"] },
  { vendor: "moonshotai", prefixes: ["moonshotai"] },
  { vendor: "zai", prefixes: ["z-ai", "zai-org"] },
  { vendor: "minimax", prefixes: ["minimax", "minimaxai"] },
  { vendor: "liquid", prefixes: ["liquid", "liquidai"] },
];

/** Deployment → model, where no rule says it. */
const sameModels: Readonly<Record<string, string>> = {
  "anthropic/claude-opus-4-20250514": "claude-opus-4-0",
  "anthropic/claude-sonnet-4-20250514": "claude-sonnet-4-0",
  "openrouter/anthropic/claude-opus-4": "claude-opus-4-0",
  "openrouter/anthropic/claude-sonnet-4": "claude-sonnet-4-0",
  "openrouter/openai/gpt-5-chat": "gpt-5-chat-latest",
  "openrouter/openai/gpt-5.1-chat": "gpt-5.1-chat-latest",
  "openrouter/openai/gpt-5.2-chat": "gpt-5.2-chat-latest",
  "openrouter/openai/gpt-5.3-chat": "gpt-5.3-chat-latest",
  "azure-openai/gpt-5-chat": "gpt-5-chat-latest",
  "azure-openai/gpt-5.1-chat": "gpt-5.1-chat-latest",
  "azure-openai/gpt-5.2-chat": "gpt-5.2-chat-latest",
  "azure-openai/gpt-5.3-chat": "gpt-5.3-chat-latest",
  "bedrock/amazon.nova-2-lite-v1:0": "amazon/nova-2-lite-v1",
  "bedrock/amazon.nova-lite-v1:0": "amazon/nova-lite-v1",
  "bedrock/amazon.nova-micro-v1:0": "amazon/nova-micro-v1",
  "bedrock/amazon.nova-pro-v1:0": "amazon/nova-pro-v1",
  "bedrock/deepseek.v3.2": "deepseek-v3.2",
  "bedrock/deepseek.v3-v1:0": "deepseek-v3-1",
  "bedrock/meta.llama3-1-70b-instruct-v1:0": "meta-llama/llama-3.1-70b-instruct",
  "bedrock/meta.llama3-1-8b-instruct-v1:0": "meta-llama/llama-3.1-8b-instruct",
  "bedrock/meta.llama3-3-70b-instruct-v1:0": "meta-llama/llama-3.3-70b-instruct",
  "bedrock/meta.llama4-maverick-17b-instruct-v1:0": "meta-llama/llama-4-maverick",
  "bedrock/meta.llama4-scout-17b-instruct-v1:0": "meta-llama/llama-4-scout",
  "bedrock/us.meta.llama4-maverick-17b-instruct-v1:0": "meta-llama/llama-4-maverick",
  "bedrock/us.meta.llama4-scout-17b-instruct-v1:0": "meta-llama/llama-4-scout",
  "bedrock/openai.gpt-oss-120b-1:0": "openai/gpt-oss-120b",
  "bedrock/openai.gpt-oss-20b-1:0": "openai/gpt-oss-20b",
  "bedrock/openai.gpt-oss-safeguard-20b": "openai/gpt-oss-safeguard-20b",
  "openrouter/mistralai/mistral-medium-3": "mistral-medium-2505",
  "openrouter/mistralai/mistral-medium-3.1": "mistral-medium-2508",
  "openrouter/mistralai/mistral-medium-3-5": "mistral-medium-2604",
  "groq/openai/gpt-oss-120b": "openai/gpt-oss-120b",
  "groq/openai/gpt-oss-20b": "openai/gpt-oss-20b",
  "groq/openai/gpt-oss-safeguard-20b": "openai/gpt-oss-safeguard-20b",
  "together/openai/gpt-oss-120b": "openai/gpt-oss-120b",
  "together/openai/gpt-oss-20b": "openai/gpt-oss-20b",
  "fireworks/accounts/fireworks/models/gpt-oss-120b": "openai/gpt-oss-120b",
  "fireworks/accounts/fireworks/models/gpt-oss-20b": "openai/gpt-oss-20b",
  "openrouter/openai/gpt-oss-120b": "openai/gpt-oss-120b",
  "openrouter/openai/gpt-oss-20b": "openai/gpt-oss-20b",
  "openrouter/openai/gpt-oss-safeguard-20b": "openai/gpt-oss-safeguard-20b",
  "groq/llama-3.1-8b-instant": "meta-llama/llama-3.1-8b-instruct",
  "groq/llama-3.3-70b-versatile": "meta-llama/llama-3.3-70b-instruct",
  "groq/meta-llama/llama-4-scout-17b-16e-instruct": "meta-llama/llama-4-scout",
  "together/meta-llama/Llama-3.3-70B-Instruct-Turbo": "meta-llama/llama-3.3-70b-instruct",
  "together/Qwen/Qwen3-235B-A22B-Instruct-2507-tput": "qwen3-235b-a22b-2507",
  "together/LiquidAI/LFM2-24B-A2B": "liquid/lfm-2-24b-a2b",
  "together/deepcogito/cogito-v2-1-671b": "deepcogito/cogito-v2.1-671b",
};

function undated(name: string, own: VendorRow, has: (providerId: string, name: string) => boolean): string {
  const base = own.dated ? name.replace(/-\d{8}$/, "") : name;
  return own.provider !== undefined && has(own.provider, base) ? base : name;
}

/** Hosts that name models without their vendor: what the name begins with says whose it is. */
const vendorByName: readonly (readonly [RegExp, string])[] = [
  [/^kimi/, "moonshotai"],
  [/^glm/, "z-ai"],
  [/^minimax/, "minimax"],
  [/^qwen/, "qwen"],
  [/^deepseek/, "deepseek"],
  [/^gpt/, "openai"],
  [/^llama/, "meta-llama"],
  [/^(mi[ns]tral|codestral|devstral|magistral|pixtral)/, "mistralai"],
  [/^gemma/, "google"],
];

/** `eu.anthropic.claude-sonnet-4-5-20250929-v1:0`: where it runs, whose it is, its name, date and version. */
const bedrockName = /^(?:(?:us|eu|apac|au|jp|global)\.)?([a-z0-9]+)\.(.+?)(?:-\d{8})?(?:-v\d)?(?::\d)?$/;

const bedrockVendors: Readonly<Record<string, string>> = {
  meta: "meta-llama",
  mistral: "mistralai",
  moonshot: "moonshotai",
  zai: "z-ai",
};

/** `[vendor prefix, name]`, lower case. Fireworks writes `kimi-k2p6` for `kimi-k2.6`. */
function splitName(providerId: string, upstreamModel: string): readonly [string, string] {
  const lower = upstreamModel.toLowerCase();
  const fireworks = /^accounts\/fireworks\/(?:models|routers)\/(.+)$/.exec(lower)?.[1];
  const name = fireworks?.replaceAll(/(\d)p(\d)/g, "$1.$2") ?? lower;
  const host = vendorOfHost[providerId];
  if (host !== undefined) return [host, name];
  const bedrock = providerId === "bedrock" ? bedrockName.exec(lower) : null;
  if (bedrock) return [bedrockVendors[bedrock[1] ?? ""] ?? bedrock[1] ?? "", bedrock[2] ?? ""];
  const slash = name.indexOf("/");
  if (slash > 0) return [name.slice(0, slash), name.slice(slash + 1)];
  return [vendorByName.find(([pattern]) => pattern.test(name))?.[1] ?? providerId, name];
}
