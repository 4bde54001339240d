// Reads the branches of a route: models by task, and the arms of an experiment with their shares.
// Only `route-reader.ts` calls it.

import type { Arm } from "../core/route.ts";
import { namesIn, type Groups } from "./route-models.ts";
import { isName } from "./vocabulary.ts";
import { fieldsOf, type Fields } from "./yaml-fields.ts";
import { entriesOf, itemsOf, textOf, type YamlFile } from "./yaml-file.ts";

export function readTasks(
  file: YamlFile,
  fields: Fields,
  route: string,
  groups: Groups,
): ReadonlyMap<string, readonly string[] | "best"> {
  const entries = entriesOf(fields.entry("tasks")?.value) ?? [];
  if (entries.length === 0) fields.report("tasks", `the route ${route} needs tasks, each with its models`);
  return new Map<string, readonly string[] | "best">(
    entries.map((entry) => {
      if (textOf(entry.value) === "best") return [entry.name, "best"] as const;
      const names = itemsOf(entry.value)?.flatMap((item) =>
        namesIn(file, { name: textOf(item) ?? "", key: item, value: item }, groups),
      );
      if (names === undefined || names.length === 0)
        file.report(entry.key, `the task ${entry.name} needs a list of models, or best`);
      return [entry.name, names ?? []] as const;
    }),
  );
}

/** Shares are often thirds: a hundredth may be missing. */
const shareSlack = 0.011;

export function readArms(file: YamlFile, fields: Fields, route: string, groups: Groups): readonly Arm[] {
  const entries = entriesOf(fields.entry("arms")?.value) ?? [];
  const arms = entries.flatMap((entry): readonly Arm[] => {
    if (!isName(entry.name)) file.report(entry.key, `"${entry.name}" is no name of an arm`);
    const one = fieldsOf(file, { ...entry, name: `the arm ${entry.name}` }, ["models", "share"]);
    const share = one?.share("share");
    const models = one?.list("models")?.flatMap((name) => namesIn(file, { ...entry, name }, groups));
    if (one && (one.entry("share") === undefined || one.entry("models") === undefined))
      one.report(undefined, `the arm ${entry.name} needs models and share`);
    return share === undefined || models === undefined ? [] : [{ name: entry.name, share, models }];
  });
  const sum = arms.reduce((total, { share }) => total + share, 0);
  if (entries.length < 2) fields.report("arms", `the experiment ${route} needs at least two arms`);
  else if (arms.length === entries.length && Math.abs(sum - 1) > shareSlack)
    fields.report("arms", `the shares of the experiment ${route} make ${Math.round(sum * 100)}%, not 100%`);
  return arms;
}
