// The arguments and the required fields of one field of graph.yaml, each with its GraphQL type.
// `graph-file.ts` reads them; types are scalars alone, since values go into a prompt as they are.

import type { Node } from "yaml";
import type { Sensitivity } from "../core/sensitivity.ts";
import { suggest } from "./problems.ts";
import { entriesOf, textOf, type Entry, type YamlFile } from "./yaml-file.ts";

const scalarTypes = ["String", "ID", "Int", "Float", "Boolean"] as const;
type ScalarType = (typeof scalarTypes)[number];

export interface RequiredField {
  readonly name: string;
  /** As the subgraph that owns it declares it: `String!`. */
  readonly type: string;
  readonly data: Sensitivity;
}

export interface FieldArgument {
  readonly name: string;
  readonly type: string;
  /** As GraphQL writes it: `"plain"`. */
  readonly otherwise: string | undefined;
}

const name = /^[A-Za-z][A-Za-z0-9_]{0,79}$/;
const typeForm = new RegExp(`^(?:${scalarTypes.join("|")})!?$`);

export const scalarOf = (type: string): ScalarType => type.replace("!", "") as ScalarType;

export function readRequired(
  entry: Entry | undefined,
  path: string,
  key: Node,
  file: YamlFile,
  tagOf: (text: string) => Sensitivity | string,
): readonly RequiredField[] {
  const fields = entriesOf(entry?.value) ?? [];
  if (fields.length === 0) file.report(entry?.key ?? key, `${path} needs the fields that it requires`);
  return fields.flatMap((field) => {
    const at = partsOf(field, ["type", "data"], file);
    const type = typeAt(at("type"), field, file);
    const data = tagOf(textOf(at("data")?.value) ?? "");
    if (typeof data !== "string") return type === undefined ? [] : [{ name: field.name, type, data }];
    file.report(at("data")?.value ?? field.key, `the data of ${path}'s ${field.name}: ${data}`);
    return [];
  });
}

export function readArguments(
  entry: Entry | undefined,
  path: string,
  file: YamlFile,
): readonly FieldArgument[] {
  return (entriesOf(entry?.value) ?? []).flatMap((field) => {
    const at = partsOf(field, ["type", "default"], file);
    const type = typeAt(at("type"), field, file);
    if (type === undefined) return [];
    const text = textOf(at("default")?.value);
    const otherwise = text === undefined ? undefined : literalOf(text, scalarOf(type));
    if (text !== undefined && otherwise === undefined)
      file.report(at("default")?.value ?? field.key, `the default of ${path}'s ${field.name} is no ${type}`);
    return [{ name: field.name, type, otherwise }];
  });
}

function partsOf(
  field: Entry,
  words: readonly string[],
  file: YamlFile,
): (word: string) => Entry | undefined {
  if (!name.test(field.name)) file.report(field.key, `"${field.name}" is no name of a GraphQL field`);
  const entries = entriesOf(field.value) ?? [];
  for (const one of entries) {
    if (!words.includes(one.name))
      file.report(one.key, `unknown entry "${one.name}"`, suggest(one.name, words));
  }
  return (word) => entries.find((one) => one.name === word);
}

function typeAt(entry: Entry | undefined, field: Entry, file: YamlFile): string | undefined {
  const type = textOf(entry?.value) ?? "";
  if (typeForm.test(type)) return type;
  file.report(
    entry?.value ?? field.key,
    `the type of ${field.name} must be ${scalarTypes.join(", ")}, with ! where it is never null`,
  );
  return undefined;
}

function literalOf(text: string, type: ScalarType): string | undefined {
  if (type === "String" || type === "ID") return JSON.stringify(text);
  if (type === "Boolean") return text === "true" || text === "false" ? text : undefined;
  const fits = type === "Int" ? /^-?\d{1,9}$/ : /^-?\d{1,15}(\.\d{1,15})?$/;
  return fits.test(text) ? text : undefined;
}
