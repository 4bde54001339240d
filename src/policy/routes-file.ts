// Reads routes.yaml: named ways to serve a request, groups of equals, tiers of callers, the breaker and limits.
// Loading a policy checks it with the rest of the bundle; the snapshot hands the routes to `routing/`.

import {
  usualBreaker,
  type BreakerSettings,
  type Route,
  type SlotLimit,
  type SlotLimits,
} from "../core/route.ts";
import { PolicyProblems, suggest, type PolicyProblem } from "./problems.ts";
import type { Tiers } from "./route-condition.ts";
import { checkReferences } from "./route-references.ts";
import type { Groups } from "./route-models.ts";
import { readRoute } from "./route-reader.ts";
import type { BundleFiles } from "./version-book.ts";
import { isName } from "./vocabulary.ts";
import { fieldsOf } from "./yaml-fields.ts";
import { entriesOf, itemsOf, readYaml, textOf, type Entry, type YamlFile } from "./yaml-file.ts";

export const routesFile = "routes.yaml";

export interface RouteBook {
  readonly routes: readonly Route[];
  readonly groups: Groups;
  readonly breaker: BreakerSettings;
  readonly limits: SlotLimits;
  /** Where each route and limit begins in the file. */
  readonly lines: ReadonlyMap<string, number>;
}

export type ReadRoutes =
  | { readonly ok: true; readonly book: RouteBook }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** Throws `PolicyProblems`. A bundle without the file has no routes. */
export function parseRoutes(files: BundleFiles): RouteBook {
  const read = readRoutes(files);
  if (!read.ok) throw new PolicyProblems(read.problems);
  return read.book;
}

export function readRoutes(files: BundleFiles): ReadRoutes {
  const text = files[routesFile];
  if (text === undefined) return { ok: true, book: nothing };
  const file = readYaml(routesFile, text);
  const book = file.contents === undefined ? nothing : readAll(file);
  return file.problems.length > 0 ? { ok: false, problems: file.problems } : { ok: true, book };
}

const topEntries = ["routes", "groups", "tiers", "breaker", "limits"];

const nothing: RouteBook = {
  routes: [],
  groups: new Map(),
  breaker: usualBreaker,
  limits: new Map(),
  lines: new Map(),
};

function readAll(file: YamlFile): RouteBook {
  const top = entriesOf(file.contents) ?? [];
  for (const { name, key } of top)
    if (!topEntries.includes(name)) file.report(key, `unknown entry "${name}"`, suggest(name, topEntries));
  const find = (name: string): Entry | undefined => top.find((entry) => entry.name === name);
  const entries = entriesOf(find("routes")?.value);
  if (entries === undefined) {
    file.report(find("routes")?.key, "must hold an entry routes, with each route under its name");
    return nothing;
  }
  const groups = readNamed(file, find("groups"), readGroup);
  const tiers: Tiers = readNamed(file, find("tiers"), readTier);
  const limits = entriesIn(file, find("limits")).flatMap((entry) => {
    const limit = readLimit(file, entry);
    return limit ? [{ limit, entry }] : [];
  });
  const routes = entries.flatMap((entry) => {
    checkName(file, entry, "route");
    const route = readRoute(file, entry, { groups, tiers });
    return route ? [{ route, entry }] : [];
  });
  checkReferences(file, routes);
  return {
    routes: routes.map(({ route }) => route),
    groups,
    breaker: readBreaker(file, find("breaker")),
    limits: new Map(limits.map(({ limit, entry }) => [entry.name, limit])),
    lines: new Map([
      ...limits.map(({ entry }) => [limitOf(entry.name), file.lineOf(entry.key)] as const),
      ...routes.map(({ route, entry }) => [route.name, file.lineOf(entry.key)] as const),
    ]),
  };
}

function checkName(file: YamlFile, { name, key }: Entry, what: string): void {
  if (!isName(name))
    file.report(key, `"${name}" is no ${what} name`, "use lower-case letters, digits, dots and hyphens");
}

function readNamed<T>(
  file: YamlFile,
  section: Entry | undefined,
  read: (file: YamlFile, entry: Entry) => T | undefined,
): ReadonlyMap<string, T> {
  return new Map(
    entriesIn(file, section).flatMap((entry) => {
      checkName(file, entry, section?.name.replace(/s$/, "") ?? "");
      const value = read(file, entry);
      return value === undefined ? [] : [[entry.name, value] as const];
    }),
  );
}

function entriesIn(file: YamlFile, section: Entry | undefined): readonly Entry[] {
  const entries = entriesOf(section?.value);
  if (section !== undefined && entries === undefined)
    file.report(section.key, `${section.name} must hold names`);
  return entries ?? [];
}

function readGroup(file: YamlFile, entry: Entry): readonly string[] | undefined {
  const { name } = entry;
  const fields = fieldsOf(file, { ...entry, name: `the group ${name}` }, ["description", "models"]);
  if (fields && fields.text("description") === undefined)
    file.report(entry.key, `the group ${name} needs a description`);
  const models = fields?.list("models");
  if (fields && models === undefined && fields.entry("models") === undefined)
    file.report(entry.key, `the group ${name} needs models`);
  return models;
}

function readTier(file: YamlFile, { name, key, value }: Entry): readonly string[] | undefined {
  const members = itemsOf(value)?.map((item) => textOf(item) ?? "");
  const unfit = members?.find((id) => !/^(team|role|key|user):[^\s:]+$/.test(id));
  if (members === undefined || members.length === 0 || unfit !== undefined) {
    file.report(value ?? key, `the tier ${name} must be a list of team:, role:, key: or user: and a name`);
    return undefined;
  }
  return members;
}

function readBreaker(file: YamlFile, entry: Entry | undefined): BreakerSettings {
  if (entry === undefined) return usualBreaker;
  const known = ["rate-limits", "errors", "at-least", "within", "cooldown"];
  const fields = fieldsOf(file, entry, known);
  return {
    rateLimits: fields?.number("rate-limits", 1, 1_000) ?? usualBreaker.rateLimits,
    errors: fields?.share("errors") ?? usualBreaker.errors,
    atLeast: fields?.number("at-least", 1, 10_000) ?? usualBreaker.atLeast,
    within: fields?.duration("within") ?? usualBreaker.within,
    cooldown: fields?.duration("cooldown") ?? usualBreaker.cooldown,
  };
}

/** Where the line of a limit stands among those of routes. */
export const limitOf = (name: string): string => `limits:${name}`;

const usualQueue = 100;
const usualWaitMilliseconds = 10_000;
/** Who waits is looked through at every turn. */
const longestQueue = 1_000;

function readLimit(file: YamlFile, entry: Entry): SlotLimit | undefined {
  const known = ["concurrent", "queue", "wait", "checks"];
  const fields = fieldsOf(file, { ...entry, name: `the limit of ${entry.name}` }, known);
  const concurrent = fields?.number("concurrent", 1, 10_000);
  if (fields?.entry("concurrent") === undefined)
    fields?.report(undefined, `the limit of ${entry.name} needs concurrent: how many calls may run at once`);
  if (fields === undefined || concurrent === undefined) return undefined;
  return {
    concurrent: Math.floor(concurrent),
    queue: Math.floor(fields.number("queue", 0, longestQueue) ?? usualQueue),
    wait: fields.duration("wait") ?? usualWaitMilliseconds,
    checks: fields.number("checks", 1, concurrent - 1),
  };
}
