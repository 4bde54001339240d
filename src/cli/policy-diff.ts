// `portcullis policy diff A B`: what opens and what closes between two versions, or a folder and what is
// in force, in sentences, with the rows behind each. Publishing shows the same.

import { readArguments } from "./arguments.ts";
import { CommandError, type Command } from "./command.ts";
import { withConnection } from "./connect.ts";
import { sideOf } from "./policy-folder.ts";

interface Change {
  readonly sentence: string;
  readonly rows: readonly {
    readonly version: "before" | "after";
    readonly rule: string;
    readonly line: number;
    readonly csv: string;
  }[];
}

export interface Diff {
  readonly opens: readonly Change[];
  readonly closes: readonly Change[];
  /** What changes in graph.yaml, in sentences. */
  readonly fields: readonly string[];
  /** In words.csv. */
  readonly words: readonly string[];
  /** The same of what happens to answers. */
  readonly loosens: readonly Change[];
  readonly tightens: readonly Change[];
  readonly routes: readonly { readonly sentence: string }[];
}

const changeFields = "{ sentence who actions data provider rows { version rule line csv } }";
const safetyFields = "{ sentence who categories from upTo before after rows { version rule line csv } }";
export const diffFields = `opens ${changeFields} closes ${changeFields} fields words loosens ${safetyFields} tightens ${safetyFields} routes { entry kind sentence }`;

const usage = "policy diff A [B] [--fail-on opens|changes] [--json]   (each a version, a folder or live)";

export const diff: Command = {
  name: "policy diff",
  usage: usage.slice("policy diff ".length),
  summary: "show what opens and closes from A to B; one folder alone is compared with what is in force",
  async run(args, { env, print }) {
    const read = readArguments(args, { "fail-on": "one", json: "flag" }, { least: 1, most: 2, usage });
    const failOn = read.one("fail-on");
    if (failOn !== undefined && failOn !== "opens" && failOn !== "changes")
      throw new CommandError("--fail-on: expected opens or changes");
    const [first = "live", second] = read.words;
    const [before, after] = second === undefined ? ["live", first] : [first, second];
    const variables = { before: await sideOf(before), after: await sideOf(after) };
    const query = `query ($before: PolicySideInput, $after: PolicySideInput) { policyDiff(before: $before, after: $after) { ${diffFields} } }`;
    const { policyDiff: found } = await withConnection(env, (connection) =>
      connection.ask<{ policyDiff: Diff }>(query, variables),
    );
    if (read.flag("json")) print(JSON.stringify(found, null, 2));
    else for (const line of changeLines(found)) print(line);
    const opened = [
      ...found.opens,
      ...found.loosens,
      ...found.fields.filter(reachesMore),
      ...found.words.filter(findsLess),
    ];
    const others = [...found.closes, ...found.tightens, ...found.routes, ...found.fields, ...found.words];
    const counted = failOn === "opens" ? opened : [...opened, ...others];
    return failOn !== undefined && counted.length > 0 ? 1 : 0;
  },
};

/** One that is gone sends nothing any more. */
const reachesMore = (sentence: string): boolean => !sentence.startsWith("Gone");

/** What is listed no more, or counts as something else. */
const findsLess = (sentence: string): boolean => !sentence.startsWith("New");

export function changeLines({
  opens,
  closes,
  fields,
  words,
  loosens,
  tightens,
  routes,
}: Diff): readonly string[] {
  const grants = opens.length + closes.length;
  const safety = loosens.length + tightens.length;
  return [
    ...(grants === 0 ? ["Nothing opens and nothing closes."] : []),
    ...(grants === 0 ? [] : [...section("Opens", opens), ...section("Closes", closes)]),
    ...(fields.length === 0 ? [] : ["Fields of graph.yaml:", ...fields.map((line) => `  ${line}`)]),
    ...(words.length === 0 ? [] : ["Words:", ...words.map((line) => `  ${line}`)]),
    ...(safety === 0 ? [] : [...section("Loosens", loosens), ...section("Tightens", tightens)]),
    ...(routes.length === 0 ? [] : ["Routes:", ...routes.map(({ sentence }) => `  ${sentence}`)]),
  ];
}

function section(title: string, changes: readonly Change[]): readonly string[] {
  if (changes.length === 0) return [`${title}: nothing.`];
  const lines = changes.flatMap(({ sentence, rows }) => [
    `  ${sentence}`,
    ...rows.map(({ version, line, csv }) => `    ${version === "after" ? "+" : "-"} line ${line}: ${csv}`),
  ]);
  return [`${title}:`, ...lines];
}
