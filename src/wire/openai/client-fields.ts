// Checks the fields of a client's body by hand, in the words that OpenAI's API uses for the same mistake.
// The client-side decoders read through it; null counts as absent, as in OpenAI's documentation.

import { Failure } from "../../core/errors.ts";
import { type JsonObject, isObject } from "../json.ts";

export const invalid = (message: string, path: string): Failure =>
  new Failure("INVALID_REQUEST", message, { path });

export function wrongType(value: unknown, path: string, expected: string): Failure {
  const got = value === undefined ? "nothing" : nameOf(value);
  return invalid(`Invalid type for '${path}': expected ${expected}, but got ${got} instead.`, path);
}

const missing = (path: string): Failure => invalid(`Missing required parameter: '${path}'.`, path);

export function notOneOf(value: unknown, path: string, values: readonly string[]): Failure {
  const named = values.map((known) => `'${known}'`).join(", ");
  return invalid(`Invalid value: '${shortened(value)}'. Supported values are: ${named}.`, path);
}

export function optionalString(body: JsonObject, name: string, prefix = ""): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw wrongType(value, prefix + name, "a string");
  return value;
}

export function requiredString(body: JsonObject, name: string, prefix = ""): string {
  const value = optionalString(body, name, prefix);
  if (value === undefined) throw missing(prefix + name);
  return value;
}

export function optionalBoolean(body: JsonObject, name: string, prefix = ""): boolean | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") throw wrongType(value, prefix + name, "a boolean");
  return value;
}

export function optionalNumber(body: JsonObject, name: string, least: number, most: number) {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isFinite(value)) throw wrongType(value, name, "a number");
  if (value < least) {
    throw invalid(`Invalid '${name}': expected a value >= ${least}, but got ${value} instead.`, name);
  }
  if (value > most) {
    throw invalid(`Invalid '${name}': expected a value <= ${most}, but got ${value} instead.`, name);
  }
  return value;
}

export function optionalInteger(body: JsonObject, name: string, least: number, most: number) {
  const value = body[name];
  if (value !== undefined && value !== null && !Number.isInteger(value)) {
    throw wrongType(value, name, "an integer");
  }
  return optionalNumber(body, name, least, most);
}

export function optionalObject(body: JsonObject, name: string, prefix = ""): JsonObject | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw wrongType(value, prefix + name, "an object");
  return value;
}

export function requiredObject(body: JsonObject, name: string, prefix = ""): JsonObject {
  const value = optionalObject(body, name, prefix);
  if (value === undefined) throw missing(prefix + name);
  return value;
}

export function optionalArray(body: JsonObject, name: string, most: number, prefix = "") {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw wrongType(value, prefix + name, "an array");
  if (value.length > most) {
    throw invalid(
      `Invalid '${prefix}${name}': array too long. Expected an array with maximum length ${most}, but got an array with length ${value.length} instead.`,
      prefix + name,
    );
  }
  return value as readonly unknown[];
}

export function requiredItems(body: JsonObject, name: string, most: number, prefix = ""): readonly unknown[] {
  const items = optionalArray(body, name, most, prefix);
  if (items === undefined) throw missing(prefix + name);
  if (items.length === 0) {
    throw invalid(`Invalid '${prefix}${name}': empty array. Expected at least one item.`, prefix + name);
  }
  return items;
}

/** Fields without a place of their own; undefined where there are none. */
export function fieldsBeside(body: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  let extras: Record<string, unknown> | undefined;
  for (const name in body) {
    // Assigning to `__proto__` would change what the object is, not what it holds.
    if (known.has(name) || name === "__proto__" || body[name] === null || body[name] === undefined) continue;
    (extras ??= {})[name] = body[name];
  }
  return extras;
}

function nameOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  if (typeof value === "number") return Number.isInteger(value) ? "an integer" : "a decimal";
  return `a ${typeof value}`;
}

function shortened(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
