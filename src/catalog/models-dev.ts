// Reads a document of models.dev's shape into what each of our providers offers, or says what is wrong with it.
// `sync.ts` compares the offers with the catalog; the shipped rows were read by the same rules.
// Shape: https://models.dev/api.json

import { identify } from "./identity.ts";
import { readFacts, readPrice, words } from "./models-dev-row.ts";
import { facts, isId, isRecord, price, problemsOf } from "./shapes.ts";
import type { ModelFacts, SyncedPrice } from "./synced.ts";

export type OfferedPrice = Omit<SyncedPrice, "deploymentId" | "version" | "source" | "validFrom">;

export interface Offer {
  readonly deploymentId: string;
  readonly providerId: string;
  readonly facts: ModelFacts;
  readonly price: OfferedPrice | undefined;
}

export interface DocumentProblem {
  /** As `openai.models.gpt-5.cost.input`. */
  readonly path: string;
  readonly problem: string;
}

export type Offers =
  | { readonly ok: true; readonly offers: readonly Offer[]; readonly providers: ReadonlySet<string> }
  | { readonly ok: false; readonly problems: readonly DocumentProblem[] };

/** Their name for a provider → ours. Providers that are not here are passed over. */
const providerNames: Readonly<Record<string, string>> = {
  openai: "openai",
  anthropic: "anthropic",
  google: "gemini",
  mistral: "mistral",
  deepseek: "deepseek",
  alibaba: "qwen",
  xai: "xai",
  groq: "groq",
  togetherai: "together",
  "fireworks-ai": "fireworks",
  openrouter: "openrouter",
  azure: "azure-openai",
  "amazon-bedrock": "bedrock",
};

/** All of the document or none of it: one bad row and there are no offers. */
export function readModelsDev(document: unknown): Offers {
  const problems: DocumentProblem[] = [];
  const tables = new Map<string, Readonly<Record<string, unknown>>>();
  const root = isRecord(document) && isRecord(document["providers"]) ? document["providers"] : document;
  if (!isRecord(root))
    return { ok: false, problems: [{ path: "", problem: "must be an object of providers" }] };
  for (const [theirs, providerId] of Object.entries(providerNames)) {
    if (!(theirs in root)) continue;
    const provider = root[theirs];
    const models = isRecord(provider) ? provider["models"] : undefined;
    if (isRecord(models) && Object.keys(models).length > 0) tables.set(providerId, models);
    else problems.push({ path: `${theirs}.models`, problem: "must be an object with at least one model" });
  }
  if (tables.size === 0 && problems.length === 0) {
    problems.push({
      path: "",
      problem: `must hold at least one of ${Object.keys(providerNames).join(", ")}`,
    });
  }

  const has = (providerId: string, name: string): boolean =>
    Object.hasOwn(tables.get(providerId) ?? {}, name);
  const offers: Offer[] = [];
  for (const [providerId, models] of tables) {
    for (const [name, row] of Object.entries(models)) {
      const offer = readRow(providerId, name, row, has, (path, problem) => {
        problems.push({ path: `${providerId}.models.${name}${path}`, problem });
      });
      if (offer) offers.push(offer);
    }
  }
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, offers, providers: new Set(tables.keys()) };
}

type Report = (path: string, problem: string) => void;

function readRow(
  providerId: string,
  name: string,
  row: unknown,
  has: (providerId: string, name: string) => boolean,
  report: Report,
): Offer | undefined {
  if (!isId(name)) return refuse(report, "is not a well-formed model id");
  if (!isRecord(row)) return refuse(report, "must be an object");
  for (const field of ["limit", "modalities"]) {
    if (row[field] !== undefined && !isRecord(row[field])) report(`.${field}`, "must be an object");
  }
  if (!isServable(providerId, name, row)) return undefined;
  const { model, vendor } = identify(providerId, name, has);
  const read = { ...readFacts(name, row), vendor };
  for (const [field, problem] of problemsOf(read, facts)) report(`.${field}`, problem);
  const cost = row["cost"] === undefined ? undefined : readPrice(row["cost"]);
  if (cost) for (const [field, problem] of problemsOf(cost, price)) report(`.cost.${field}`, problem);
  return {
    deploymentId: `${providerId}/${name}`,
    providerId,
    facts: { model, upstreamModel: name, ...(read as Omit<ModelFacts, "model" | "upstreamModel">) },
    price: cost as OfferedPrice | undefined,
  };
}

function refuse(report: Report, problem: string): undefined {
  report("", problem);
  return undefined;
}

/** Left out: what neither completes nor embeds nor draws, what is long retired, what is no model of its own. */
function isServable(providerId: string, name: string, row: Readonly<Record<string, unknown>>): boolean {
  const outputs = words(row["modalities"], "output");
  if (outputs.length > 0 && !outputs.includes("text") && !outputs.includes("image")) return false;
  if (/realtime|-tts|-asr|whisper|orpheus|livetranslate/.test(name)) return false;
  if (row["status"] === "deprecated" && String(row["release_date"]) < "2025-06") return false;
  return !(notServed[providerId]?.test(name) ?? false);
}

const notServed: Readonly<Record<string, RegExp>> = {
  // Other companies' models there have addresses, terms or an API of their own.
  "azure-openai": /^(?!gpt-|o\d|text-embedding)|^gpt-3|o1-mini|-32k|vision/,
  // Converse serves none of these: they speak OpenAI's API at another endpoint.
  bedrock: /^openai\.gpt-\d|^openai\.gpt-oss-\d+b$|^xai\./,
  // Routers and moving names that stand for other rows; variants under terms of their own.
  openrouter: /^~|^openrouter\/|:|^deepseek\/deepseek-chat$/,
};
