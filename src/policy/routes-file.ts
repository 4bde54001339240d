// Reads routes.yaml: named ways to serve a request, as plain data.
// `main.ts` hands the routes to `routing/`; loading a policy checks them with the rest of the bundle.

import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from "yaml";

import { PolicyProblems, suggest, type PolicyProblem } from "./problems.ts";
import type { BundleFiles } from "./version-book.ts";
import { isName } from "./vocabulary.ts";

export const routesFile = "routes.yaml";

export interface Route {
  readonly name: string;
  readonly description: string;
  readonly pick: "cheapest";
  /** Model or deployment names, where the route does not choose among all. */
  readonly models?: readonly string[] | undefined;
}

export type ReadRoutes =
  | { readonly ok: true; readonly routes: readonly Route[] }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** Throws `PolicyProblems`. A bundle without the file has no routes. */
export function parseRoutes(files: BundleFiles): readonly Route[] {
  const read = readRoutes(files);
  if (!read.ok) throw new PolicyProblems(read.problems);
  return read.routes;
}

export function readRoutes(files: BundleFiles): ReadRoutes {
  const text = files[routesFile];
  if (text === undefined) return { ok: true, routes: [] };
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const problems: PolicyProblem[] = [];
  const report = (node: Node | null | undefined, message: string, suggestion?: string): void => {
    const { line, col } = counter.linePos(node?.range?.[0] ?? 0);
    problems.push({ file: routesFile, line, column: col, message, suggestion });
  };
  for (const error of document.errors) {
    const { line, col } = counter.linePos(error.pos[0]);
    problems.push({
      file: routesFile,
      line,
      column: col,
      message: error.message.split("\n")[0] ?? "is not YAML",
    });
  }
  const routes = problems.length > 0 ? [] : readAll(document.contents, report);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, routes };
}

type Report = (node: Node | null | undefined, message: string, suggestion?: string) => void;

const fields = ["description", "pick", "models"];

function readAll(contents: unknown, report: Report): Route[] {
  if (contents === null) return [];
  const list = isMap(contents) ? contents.get("routes", true) : undefined;
  if (!isMap(contents) || contents.items.length !== 1 || !isMap(list)) {
    report(undefined, "must hold one entry, routes, with a route under each name");
    return [];
  }
  return list.items.flatMap((item) => {
    const key = item.key as Node;
    const name = isScalar(key) ? String(key.value) : "";
    if (!isName(name))
      report(key, `"${name}" is no route name`, "use lower-case letters, digits, dots and hyphens");
    return readOne(name, key, item.value, report);
  });
}

function readOne(name: string, key: Node, value: unknown, report: Report): Route[] {
  if (!isMap(value)) {
    report(key, `the route ${name} has no description and no pick`);
    return [];
  }
  for (const item of value.items) {
    const field = String(isScalar(item.key) ? item.key.value : "");
    if (!fields.includes(field)) report(item.key as Node, `unknown field "${field}"`, suggest(field, fields));
  }
  const description: unknown = value.get("description");
  const pick: unknown = value.get("pick");
  const models = value.get("models", true);
  if (typeof description !== "string" || description.trim() === "")
    report(key, `the route ${name} needs a description`);
  if (pick !== "cheapest") report(key, `the route ${name} must say how it picks`, "write: pick: cheapest");
  const names = isSeq(models) ? models.items.map((item) => (isScalar(item) ? item.value : undefined)) : [];
  const namesAreGood = names.length > 0 && names.every((model) => typeof model === "string" && model !== "");
  if (models !== undefined && !namesAreGood)
    report(key, `models of the route ${name} must be a list of names`);
  const route = { name, description: String(description), pick: "cheapest" as const };
  return [models === undefined ? route : { ...route, models: names as string[] }];
}
