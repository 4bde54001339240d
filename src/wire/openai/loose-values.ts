// Readings of single values that providers of this dialect are careless with.
// The decoders of this folder use them beside `../json.ts`; they never throw.

import { objectOf } from "../json.ts";

/** A string that says something. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/** More than any answer has: such a count is a mistake, and would be billed. */
const mostCounted = 1e9;

/** A whole number of things: anything else counts as none known. */
export const countOf = (value: unknown): number | undefined =>
  typeof value === "number" && value >= 0 && value <= mostCounted ? Math.round(value) : undefined;

/** What Azure's content filter stopped, of all that it looked for. */
export const filteredOf = (results: unknown): readonly string[] =>
  Object.entries(objectOf(results) ?? {})
    .filter(([, result]) => objectOf(result)?.["filtered"] === true)
    .map(([name]) => `provider.${name}`);
