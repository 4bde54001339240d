// What a field of a catalog row may hold, as small total checks: each answers what is wrong, or nothing.
// `check.ts` runs them over every row at load; written by hand because a schema library starts too slowly.

import { capabilities, modalities } from "../core/deployment.ts";

/** Undefined where the value is right; else what was expected. */
export type Check = (value: unknown) => string | undefined;

export type Shape = Readonly<Record<string, Check>>;

/** Every field right, none missing that is needed, none unknown: `[field, problem]` for each that is not. */
export function* problemsOf(row: unknown, shape: Shape): Generator<readonly [string, string]> {
  if (!isRecord(row)) {
    yield ["row", "must be an object"];
    return;
  }
  for (const field in shape) {
    const problem = shape[field]?.(row[field]);
    if (problem !== undefined) yield [field, problem];
  }
  for (const field in row) {
    if (!(field in shape)) yield [field, "is not a field of this table"];
  }
}

export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value);

export const text: Check = (value) =>
  typeof value === "string" && value.trim() === value && value !== "" && value.length <= 300
    ? undefined
    : "must be a text that is neither empty nor padded";

/** Slashes, dots, colons and more occur in ids; spaces and control characters do not. */
const idPattern = /^[\w~][\w./:@+~-]{0,199}$/;
export const isId = (value: unknown): value is string => typeof value === "string" && idPattern.test(value);
export const id: Check = (value) =>
  isId(value) ? undefined : "must be an id of letters, digits and . / : @ + ~ _ -";

export const slug: Check = (value) =>
  typeof value === "string" && /^[a-z0-9][a-z0-9-]*$/.test(value)
    ? undefined
    : "must be lower case letters, digits and -";

export const flag: Check = (value) => (typeof value === "boolean" ? undefined : "must be true or false");

const tokens: Check = (value) =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) <= 1e9
    ? undefined
    : "must be a whole number of tokens above zero";

/** Dollars per million tokens; nobody charges ten thousand. */
const usd: Check = (value) =>
  typeof value === "number" && value >= 0 && value < 10_000
    ? undefined
    : "must be dollars per million tokens, from 0 to below 10000";

const usdForOne: Check = (value) =>
  typeof value === "number" && value >= 0 && value < 100
    ? undefined
    : "must be dollars for one, from 0 to below 100";

const datePattern = /^\d{4}-\d{2}-\d{2}$/;
export const date: Check = (value) =>
  typeof value === "string" && datePattern.test(value) && isDay(value)
    ? undefined
    : "must be a date as 2026-06-30";

/** `2024`, `2024-10` or `2024-10-01`: sources are not always exact. */
const looseDate: Check = (value) =>
  typeof value === "string" && /^\d{4}(-\d{2}(-\d{2})?)?$/.test(value) && isDay(value)
    ? undefined
    : "must be a date as 2024, 2024-10 or 2024-10-01";

const isDay = (value: string): boolean => {
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
};

export const httpsUrl: Check = (value) =>
  typeof value === "string" && /^https:\/\/[^\s@]+$/.test(value) && URL.canParse(value)
    ? undefined
    : "must be an https URL";

export const oneOf =
  (words: readonly string[]): Check =>
  (value) =>
    typeof value === "string" && words.includes(value) ? undefined : `must be one of ${words.join(", ")}`;

export const listOf =
  (check: Check, atLeast = 0): Check =>
  (value) => {
    if (!Array.isArray(value) || value.length < atLeast) return `must be a list of ${atLeast} or more`;
    if (new Set(value).size < value.length) return "must not hold anything twice";
    for (const entry of value) {
      const problem = check(entry);
      if (problem !== undefined) return `each ${problem}`;
    }
    return undefined;
  };

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const tier: Shape = {
  aboveInputTokens: tokens,
  inputUsdPerMillion: usd,
  outputUsdPerMillion: usd,
  cachedInputUsdPerMillion: optional(usd),
  cacheWriteUsdPerMillion: optional(usd),
};

export const price: Shape = {
  inputUsdPerMillion: usd,
  outputUsdPerMillion: usd,
  cachedInputUsdPerMillion: optional(usd),
  cacheWriteUsdPerMillion: optional(usd),
  audioInputUsdPerMillion: optional(usd),
  audioOutputUsdPerMillion: optional(usd),
  reasoningUsdPerMillion: optional(usd),
  imageUsd: optional(usdForOne),
  tiers: optional((value) => {
    if (!Array.isArray(value)) return "must be a list";
    let last = 0;
    for (const entry of value as unknown[]) {
      for (const [field, problem] of problemsOf(entry, tier)) return `${field} ${problem}`;
      const above = (entry as { aboveInputTokens: number }).aboveInputTokens;
      if (above <= last) return "must rise";
      last = above;
    }
    return undefined;
  }),
};

/** The facts of a model, wherever they come from. */
export const facts: Shape = {
  name: text,
  vendor: slug,
  family: optional(text),
  capabilities: listOf(oneOf(capabilities)),
  inputModalities: listOf(oneOf(modalities), 1),
  outputModalities: listOf(oneOf(modalities), 1),
  contextTokens: optional(tokens),
  maxOutputTokens: optional(tokens),
  knowledge: optional(looseDate),
  released: optional(looseDate),
  status: oneOf(["active", "preview", "deprecated"]),
  openWeights: flag,
};
