// Reads graph.yaml: fields that a model answers, on types of a company's own subgraphs.
// Loading a policy checks it with the rest of the bundle; `graphql/` serves what it declares.

import {
  formatSensitivity,
  joinSensitivity,
  levels,
  parseSensitivity,
  publicData,
  type Sensitivity,
} from "../core/sensitivity.ts";
import { PolicyProblems, suggest, type PolicyProblem } from "./problems.ts";
import { readArguments, readRequired, type FieldArgument, type RequiredField } from "./graph-parts.ts";
import type { BundleFiles } from "./version-book.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { entriesOf, readYaml, textOf, type Entry, type YamlFile } from "./yaml-file.ts";

export const graphFile = "graph.yaml";

export interface EntityType {
  readonly name: string;
  /** The field that other subgraphs find it by. */
  readonly key: string;
  readonly fields: readonly EntityField[];
}

export interface EntityField {
  /** `Ticket.summary` */
  readonly path: string;
  readonly line: number;
  readonly name: string;
  readonly description: string;
  readonly arguments: readonly FieldArgument[];
  readonly requires: readonly RequiredField[];
  /** Of everything that is required, joined. */
  readonly data: Sensitivity;
  /** A route, model or deployment. */
  readonly model: string;
  readonly prompt: string;
  readonly purpose: string | undefined;
  readonly maxOutputTokens: number | undefined;
  /** How long one user's answer is kept; undefined: not at all. */
  readonly cacheSeconds: number | undefined;
}

/** Throws `PolicyProblems`. A bundle without the file has none. */
export function parseGraph(files: BundleFiles, vocabulary: Vocabulary): readonly EntityType[] {
  const { types, problems } = readGraph(files, vocabulary);
  if (problems.length > 0) throw new PolicyProblems(problems);
  return types;
}

export function readGraph(
  files: BundleFiles,
  vocabulary: Vocabulary,
): { readonly types: readonly EntityType[]; readonly problems: readonly PolicyProblem[] } {
  const text = files[graphFile];
  if (text === undefined) return { types: [], problems: [] };
  const file = readYaml(graphFile, text);
  const top = entriesOf(file.contents) ?? [];
  const [entry] = top;
  const entities = entry?.name === "entities" && top.length === 1 ? entriesOf(entry.value) : undefined;
  if (entities === undefined && file.problems.length === 0)
    file.report(undefined, "must hold one entry, entities, with each type under its name");
  const types = (entities ?? []).map((type) => readType(type, file, vocabulary));
  return { types, problems: file.problems };
}

const graphqlName = /^[A-Za-z][A-Za-z0-9_]{0,79}$/;

function readType({ name, key, value }: Entry, file: YamlFile, vocabulary: Vocabulary): EntityType {
  if (!graphqlName.test(name)) file.report(key, `"${name}" is no name of a GraphQL type`);
  const entries = known(value, key, ["key", "fields"], file);
  const keyField = textOf(entries("key")?.value) ?? "id";
  if (!graphqlName.test(keyField))
    file.report(entries("key")?.value ?? key, "key must be the name of one field");
  const fields = entriesOf(entries("fields")?.value) ?? [];
  if (fields.length === 0) file.report(key, `the type ${name} needs fields`);
  const read = fields.map((field) => readField(name, field, file, vocabulary));
  if (fields.some((field) => field.name === keyField))
    file.report(key, `${name}.${keyField} is its key already`);
  const types = new Map<string, string>();
  for (const field of read) {
    for (const required of field.requires) {
      const other = types.get(required.name) ?? required.type;
      if (
        other !== required.type ||
        required.name === keyField ||
        fields.some((one) => one.name === required.name)
      )
        file.report(
          key,
          `${name}.${required.name} is required as ${required.type} and is something else too`,
        );
      types.set(required.name, required.type);
    }
  }
  return { name, key: keyField, fields: read };
}

const fieldWords = [
  "description",
  "arguments",
  "requires",
  "model",
  "prompt",
  "purpose",
  "maxOutputTokens",
  "cache",
];

function readField(
  type: string,
  { name, key, value }: Entry,
  file: YamlFile,
  vocabulary: Vocabulary,
): EntityField {
  const path = `${type}.${name}`;
  if (!graphqlName.test(name)) file.report(key, `"${name}" is no name of a GraphQL field`);
  const at = known(value, key, fieldWords, file);
  const needed = (word: string): string => {
    const text = textOf(at(word)?.value)?.trim() ?? "";
    if (text === "") file.report(at(word)?.value ?? key, `${path} needs a ${word}`);
    return text;
  };
  const requires = readRequired(at("requires"), path, key, file, (text) => tagOf(text, vocabulary));
  const given = readArguments(at("arguments"), path, file);
  const names = [...requires, ...given].map((one) => one.name);
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  if (twice !== undefined) file.report(key, `${path} has ${twice} as an argument and as a required field`);
  const prompt = needed("prompt");
  for (const [, mentioned = ""] of prompt.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g)) {
    if (!names.includes(mentioned))
      file.report(
        at("prompt")?.value ?? key,
        `the prompt names {{${mentioned}}}, which ${path} neither requires nor takes`,
        suggest(mentioned, names),
      );
  }
  return {
    path,
    line: file.lineOf(key),
    name,
    description: needed("description"),
    arguments: given,
    requires,
    data: requires.map((one) => one.data).reduce(joinSensitivity, publicData),
    model: needed("model"),
    prompt,
    purpose: textOf(at("purpose")?.value),
    maxOutputTokens: numberAt(at("maxOutputTokens"), 1, 100_000, file),
    cacheSeconds: secondsAt(at("cache"), file),
  };
}

/** What stands under a name, if it is one of these; anything else is told. */
function known(
  value: Entry["value"],
  key: Entry["key"],
  words: readonly string[],
  file: YamlFile,
): (word: string) => Entry | undefined {
  const entries = entriesOf(value);
  if (entries === undefined) file.report(value ?? key, `expected ${words.join(", ")}`);
  for (const entry of entries ?? []) {
    if (!words.includes(entry.name))
      file.report(entry.key, `unknown entry "${entry.name}"`, suggest(entry.name, words));
  }
  return (word) => entries?.find((entry) => entry.name === word);
}

/** A tag, or labels alone: `contact` is what its floor makes of it. */
function tagOf(text: string, { labels }: Vocabulary): Sensitivity | string {
  const parsed = parseSensitivity(text, labels);
  if (parsed.ok) return parsed.value;
  const asLabels = parseSensitivity(`public+${text}`, labels);
  if (asLabels.ok) return asLabels.value;
  const near = suggest(text, [...labels, ...levels]);
  return `"${text}" is no tag and no label that the policy knows${near?.startsWith("did") ? `; ${near}` : ""}`;
}

function numberAt(entry: Entry | undefined, least: number, most: number, file: YamlFile): number | undefined {
  if (entry === undefined) return undefined;
  const number = Number(textOf(entry.value));
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  file.report(entry.value ?? entry.key, `${entry.name} must be a whole number from ${least} to ${most}`);
  return undefined;
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };
const longestCacheSeconds = 3_600;

function secondsAt(entry: Entry | undefined, file: YamlFile): number | undefined {
  if (entry === undefined) return undefined;
  const [, count = "", unit = ""] = /^(\d{1,5})([smh])$/.exec(textOf(entry.value) ?? "") ?? [];
  const seconds = Number(count) * (unitSeconds[unit] ?? 0);
  if (seconds >= 1 && seconds <= longestCacheSeconds) return seconds;
  file.report(entry.value ?? entry.key, "cache must be a time of at most an hour, as 30s, 10m or 1h");
  return undefined;
}

/** In words, for who reviews a change. */
export const sayField = ({ path, data, model }: EntityField): string =>
  `${path} sends data that counts as ${formatSensitivity(data)} to ${model}`;
