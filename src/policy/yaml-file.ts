// Reads a YAML file of a bundle to plain data, with the place of everything in it.
// The readers of tests.yaml and routes.yaml use it, so that each problem has its line and column.

import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node, type YAMLMap } from "yaml";

import type { PolicyProblem } from "./problems.ts";

export interface YamlFile {
  /** Undefined where the text is empty or no YAML. */
  readonly contents: Node | undefined;
  readonly problems: PolicyProblem[];
  /** Notes a problem where the node stands. */
  report(at: Node | undefined, message: string, suggestion?: string): void;
  lineOf(node: Node | undefined): number;
}

export function readYaml(file: string, text: string): YamlFile {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const problems: PolicyProblem[] = [];
  const note = (offset: number, message: string, suggestion?: string): void => {
    const { line, col } = counter.linePos(offset);
    problems.push({ file, line, column: col, message, suggestion });
  };
  for (const error of document.errors) note(error.pos[0], error.message.split("\n")[0] ?? "is no YAML");
  return {
    contents: problems.length > 0 ? undefined : (document.contents ?? undefined),
    problems,
    report: (at, message, suggestion) => note(at?.range?.[0] ?? 0, message, suggestion),
    lineOf: (node) => counter.linePos(node?.range?.[0] ?? 0).line,
  };
}

export interface Entry {
  readonly name: string;
  readonly key: Node;
  readonly value: Node | undefined;
}

/** Undefined where the node is no map. */
export function entriesOf(node: unknown): readonly Entry[] | undefined {
  if (!isMap(node)) return undefined;
  return (node as YAMLMap<Node, Node | null>).items.map(({ key, value }) => ({
    name: isScalar(key) ? String(key.value) : "",
    key,
    value: value ?? undefined,
  }));
}

/** Undefined where the node is no list. */
export const itemsOf = (node: unknown): readonly Node[] | undefined =>
  isSeq(node) ? (node.items as Node[]) : undefined;

/** Undefined where the node is no text. Words such as `true` or `3` count as they are written. */
export function textOf(node: unknown): string | undefined {
  if (!isScalar(node)) return undefined;
  const { value, source } = node;
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? (source ?? `${value}`) : undefined;
}
