// What changed in routes.yaml between two versions: entry by entry, field by field, as it is written.
// Publishing and `portcullis policy diff` show it beside what the rows open and close.

import { routesFile } from "./routes-file.ts";
import type { BundleFiles } from "./version-book.ts";
import { entriesOf, readYaml, textOf, type Entry } from "./yaml-file.ts";
import { isScalar, stringify, type Node } from "yaml";

export interface RouteChange {
  /** As `routes.auto`, `groups.fast` or `breaker`. */
  readonly entry: string;
  readonly kind: "added" | "removed" | "changed";
  readonly sentence: string;
}

export function diffRoutes(before: BundleFiles, after: BundleFiles): readonly RouteChange[] {
  const [was, is] = [entriesIn(before), entriesIn(after)];
  const names = [...new Set([...was.keys(), ...is.keys()])].sort();
  return names.flatMap((entry): readonly RouteChange[] => {
    const [old, now] = [was.get(entry), is.get(entry)];
    if (old === undefined) return [{ entry, kind: "added", sentence: `${entry} is new.` }];
    if (now === undefined) return [{ entry, kind: "removed", sentence: `${entry} is gone.` }];
    const fields = changedFields(old, now);
    if (fields.length === 0) return [];
    return [{ entry, kind: "changed", sentence: `${entry}: ${fields.join("; ")}.` }];
  });
}

/** Every route, group, tier and limit by its name, and the breaker. */
function entriesIn(files: BundleFiles): ReadonlyMap<string, Node | undefined> {
  const top = entriesOf(readYaml(routesFile, files[routesFile] ?? "").contents) ?? [];
  return new Map(
    top.flatMap(({ name, value }): (readonly [string, Node | undefined])[] => {
      if (name === "breaker") return [[name, value]];
      return (entriesOf(value) ?? []).map((entry) => [`${name}.${entry.name}`, entry.value]);
    }),
  );
}

function changedFields(before: Node | undefined, after: Node | undefined): readonly string[] {
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  if (old === undefined || now === undefined)
    return written(before) === written(after) ? [] : [`was ${written(before)}, is ${written(after)}`];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((field) => {
    const [was, is] = [old.get(field), now.get(field)];
    if (was === is) return [];
    if (was === undefined) return [`${field} is ${is ?? ""}`];
    return is === undefined ? [`${field} is no longer ${was}`] : [`${field} was ${was}, is ${is}`];
  });
}

const fieldsOf = (node: Node | undefined): ReadonlyMap<string, string> | undefined => {
  const entries: readonly Entry[] | undefined = entriesOf(node);
  return entries && new Map(entries.map(({ name, value }) => [name, written(value)]));
};

/** On one line, whatever the layout. */
function written(node: Node | undefined): string {
  if (node === undefined) return "nothing";
  if (isScalar(node)) return textOf(node) ?? "nothing";
  return stringify(node, { collectionStyle: "flow", lineWidth: 0 }).trim();
}
