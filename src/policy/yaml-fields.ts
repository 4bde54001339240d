// Reads the fields of one YAML map strictly: every unknown name and every unfit value becomes a problem
// with its place and the nearest right word. The readers of routes.yaml use it; it knows no route.

import { parseUsd, type Picodollars } from "../core/money.ts";
import { suggest } from "./problems.ts";
import { entriesOf, itemsOf, textOf, type Entry, type YamlFile } from "./yaml-file.ts";

/** Every getter answers undefined where the field is absent, or unfit and reported. */
export interface Fields {
  entry(name: string): Entry | undefined;
  text(name: string): string | undefined;
  oneOf<T extends string>(name: string, choices: readonly T[]): T | undefined;
  flag(name: string): boolean | undefined;
  number(name: string, low: number, high: number): number | undefined;
  /** Milliseconds, of `300ms`, `2s`, `5m`. */
  duration(name: string): number | undefined;
  /** From 0 to 1, of `5%`. */
  share(name: string): number | undefined;
  dollars(name: string): Picodollars | undefined;
  /** A list of words, none empty. */
  list(name: string): readonly string[] | undefined;
  map(name: string, known: readonly string[]): Fields | undefined;
  /** At the field, or where the map begins. */
  report(name: string | undefined, message: string, suggestion?: string): void;
}

/** `at` is where problems of the whole map are told. Undefined where it is no map. */
export function fieldsOf(
  file: YamlFile,
  { key, value, name: what }: Entry,
  known: readonly string[],
): Fields | undefined {
  const entries = entriesOf(value);
  if (entries === undefined) {
    file.report(value ?? key, `${what} must hold fields`, `of these: ${known.join(", ")}`);
    return undefined;
  }
  for (const entry of entries) {
    if (!known.includes(entry.name))
      file.report(entry.key, `unknown field "${entry.name}"`, suggest(entry.name, known));
  }
  const find = (name: string): Entry | undefined => entries.find((entry) => entry.name === name);
  const report = (name: string | undefined, message: string, suggestion?: string): void => {
    const found = name === undefined ? undefined : find(name);
    file.report(found?.value ?? found?.key ?? key, message, suggestion);
  };

  /** Reads a scalar by `parse`; what it cannot read is reported with what was expected. */
  function scalar<T>(name: string, parse: (text: string) => T | undefined, expected: string): T | undefined {
    const entry = find(name);
    if (entry === undefined) return undefined;
    const text = textOf(entry.value)?.trim();
    const parsed = text === undefined || text === "" ? undefined : parse(text);
    if (parsed === undefined) report(name, `${name} of ${what} must be ${expected}`);
    return parsed;
  }

  return {
    entry: find,
    report,
    text: (name) => scalar(name, (text) => text, "a text"),
    oneOf(name, choices) {
      const entry = find(name);
      const text = textOf(entry?.value) ?? "";
      const choice = choices.find((one) => one === text);
      if (entry !== undefined && choice === undefined)
        report(name, `unknown ${name} "${text}"`, suggest(text, choices));
      return choice;
    },
    flag: (name) => scalar(name, (text) => ({ true: true, false: false })[text], "true or false"),
    number: (name, low, high) =>
      scalar(name, (text) => numberIn(text, low, high), `a number from ${low} to ${high}`),
    duration: (name) => scalar(name, readDuration, "a time such as 300ms, 2s or 5m"),
    share: (name) => scalar(name, readShare, "a share such as 5%"),
    dollars: (name) => scalar(name, parseUsd, "US dollars such as 0.05"),
    list(name) {
      const entry = find(name);
      if (entry === undefined) return undefined;
      const words = itemsOf(entry.value)?.map((item) => textOf(item)?.trim() ?? "");
      if (words !== undefined && words.length > 0 && words.every((word) => word !== "")) return words;
      report(name, `${name} of ${what} must be a list of names`);
      return undefined;
    },
    map(name, knownInside) {
      const entry = find(name);
      return entry && fieldsOf(file, { ...entry, name: `${name} of ${what}` }, knownInside);
    },
  };
}

function numberIn(text: string, low: number, high: number): number | undefined {
  const number = Number(text);
  return /^\d+(\.\d+)?$/.test(text) && number >= low && number <= high ? number : undefined;
}

const unitMilliseconds = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const longestMilliseconds = 24 * 3_600_000;

function readDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  if (!match) return undefined;
  const milliseconds = Number(match[1]) * unitMilliseconds[match[2] as keyof typeof unitMilliseconds];
  return milliseconds >= 1 && milliseconds <= longestMilliseconds ? milliseconds : undefined;
}

function readShare(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text);
  const share = Number(match?.[1]) / 100;
  return match && share <= 1 ? share : undefined;
}
