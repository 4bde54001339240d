// What changes between two versions of graph.yaml, in sentences. `app/policy-desk.ts` shows it with the
// rest of a diff: a field that is new or reads more sends data that went nowhere before.

import { sayField, type EntityField, type EntityType } from "./graph-file.ts";

export function diffGraph(before: readonly EntityType[], after: readonly EntityType[]): readonly string[] {
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  const paths = [...new Set([...was.keys(), ...is.keys()])].sort();
  return paths.flatMap((path) => {
    const [old, now] = [was.get(path), is.get(path)];
    if (old === undefined) return now ? [`New: ${sayField(now)}.`] : [];
    if (now === undefined) return [`Gone: ${path}.`];
    const changed = changedParts(old, now);
    return changed.length === 0 ? [] : [`Changed: ${sayField(now)} (${changed.join(", ")}).`];
  });
}

const fieldsOf = (types: readonly EntityType[]): ReadonlyMap<string, EntityField> =>
  new Map(types.flatMap((type) => type.fields.map((field) => [field.path, field])));

const looked: readonly (keyof EntityField)[] = [
  "requires",
  "arguments",
  "model",
  "prompt",
  "purpose",
  "maxOutputTokens",
  "cacheSeconds",
  "description",
];

const changedParts = (old: EntityField, now: EntityField): readonly string[] =>
  looked.filter((part) => JSON.stringify(old[part]) !== JSON.stringify(now[part]));
