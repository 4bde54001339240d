// Reads routes.yaml: named ways to serve a request, as plain data.
// `main.ts` hands the routes to `routing/`; loading a policy checks them with the rest of the bundle.

import { PolicyProblems, suggest, type PolicyProblem } from "./problems.ts";
import type { BundleFiles } from "./version-book.ts";
import { isName } from "./vocabulary.ts";
import { entriesOf, itemsOf, readYaml, textOf, type Entry, type YamlFile } from "./yaml-file.ts";

const routesFile = "routes.yaml";

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
  const file = readYaml(routesFile, text);
  const routes = file.contents === undefined ? [] : readAll(file);
  return file.problems.length > 0 ? { ok: false, problems: file.problems } : { ok: true, routes };
}

function readAll(file: YamlFile): readonly Route[] {
  const top = entriesOf(file.contents) ?? [];
  const [entry] = top;
  const routes = entry?.name === "routes" && top.length === 1 ? entriesOf(entry.value) : undefined;
  if (routes === undefined) {
    file.report(undefined, "must hold one entry, routes, with each route under its name");
    return [];
  }
  return routes.flatMap((route) => readOne(route, file));
}

const fields = ["description", "pick", "models"];

function readOne({ name, key, value }: Entry, file: YamlFile): readonly Route[] {
  if (!isName(name))
    file.report(key, `"${name}" is no route name`, "use lower-case letters, digits, dots and hyphens");
  const entries = entriesOf(value) ?? [];
  for (const entry of entries) {
    if (!fields.includes(entry.name))
      file.report(entry.key, `unknown field "${entry.name}"`, suggest(entry.name, fields));
  }
  const find = (field: string): Entry | undefined => entries.find((entry) => entry.name === field);
  const description = textOf(find("description")?.value)?.trim() ?? "";
  if (description === "") file.report(key, `the route ${name} needs a description`);
  if (textOf(find("pick")?.value) !== "cheapest") {
    file.report(
      find("pick")?.value ?? key,
      `the route ${name} must say how it picks`,
      "write: pick: cheapest",
    );
  }
  const route = { name, description, pick: "cheapest" as const };
  const models = find("models");
  if (models === undefined) return [route];
  const names = (itemsOf(models.value) ?? []).flatMap((item) => textOf(item) ?? []);
  if (names.length === 0 || names.length !== itemsOf(models.value)?.length) {
    file.report(models.key, `models of the route ${name} must be a list of names`);
  }
  return [{ ...route, models: names }];
}
