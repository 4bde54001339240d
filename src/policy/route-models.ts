// Reads `models` of a route: a list of names, some with settings of their own, or names with weights.
// A group stands for its members. `route-reader.ts` and the readers of tasks and arms use it.

import type { CandidateSettings, RouteTimeouts } from "../core/route.ts";
import { suggest } from "./problems.ts";
import { fieldsOf, type Fields } from "./yaml-fields.ts";
import { entriesOf, itemsOf, textOf, type Entry, type YamlFile } from "./yaml-file.ts";

/** Members by the name of their group. */
export type Groups = ReadonlyMap<string, readonly string[]>;

interface ReadModels {
  readonly names: readonly string[];
  readonly settings: ReadonlyMap<string, CandidateSettings>;
}

export function readModels(
  file: YamlFile,
  fields: Fields,
  route: string,
  groups: Groups,
): ReadModels | undefined {
  const entry = fields.entry("models");
  const items = itemsOf(entry?.value);
  const weighted = entriesOf(entry?.value);
  const settings = new Map<string, CandidateSettings>();
  const keep = (names: readonly string[], given: CandidateSettings | undefined): readonly string[] => {
    if (given) for (const name of names) settings.set(name, given);
    return names;
  };
  let names: readonly string[] = [];
  if (items !== undefined) {
    names = items.flatMap((item) => {
      const plain = textOf(item);
      if (plain !== undefined) return namesIn(file, { name: plain, key: item, value: item }, groups);
      const [named, ...more] = entriesOf(item) ?? [];
      if (named === undefined || more.length > 0) {
        file.report(item, "a model is a name, or a name, a colon and {weight, max-usd, timeouts}");
        return [];
      }
      return keep(namesIn(file, named, groups), readSettings(file, named));
    });
  } else if (weighted !== undefined) {
    names = weighted.flatMap((one) => {
      const weight = weightOf(file, one);
      return keep(namesIn(file, one, groups), weight === undefined ? undefined : { weight });
    });
  }
  if (names.length > 0) return { names: [...new Set(names)], settings };
  fields.report("models", `models of the route ${route} must be a list of names`);
  return undefined;
}

/** `group:fast` → its members; any other name → itself. */
export function namesIn(file: YamlFile, { name, key }: Entry, groups: Groups): readonly string[] {
  if (!name.startsWith("group:")) return name.trim() === "" ? [] : [name.trim()];
  const members = groups.get(name.slice("group:".length));
  if (members !== undefined) return members;
  const known = [...groups.keys()].map((group) => `group:${group}`);
  file.report(key, `there is no ${name}`, suggest(name, known));
  return [];
}

function weightOf(file: YamlFile, { name, key, value }: Entry): number | undefined {
  const weight = Number(textOf(value));
  if (weight > 0 && weight <= 1e6) return weight;
  file.report(value ?? key, `the weight of ${name} must be a number above 0`);
  return undefined;
}

function readSettings(file: YamlFile, entry: Entry): CandidateSettings | undefined {
  const fields = fieldsOf(file, entry, ["weight", "max-usd", "timeouts"]);
  return (
    fields && {
      weight: fields.number("weight", 0.001, 1e6),
      maxCost: fields.dollars("max-usd"),
      timeouts: fields.entry("timeouts") && readTimeouts(fields),
    }
  );
}

export function readTimeouts(fields: Fields | undefined): RouteTimeouts {
  const timeouts = fields?.map("timeouts", ["connect", "first-token", "idle", "total"]);
  return {
    connect: timeouts?.duration("connect"),
    firstToken: timeouts?.duration("first-token"),
    idle: timeouts?.duration("idle"),
    total: timeouts?.duration("total"),
  };
}
