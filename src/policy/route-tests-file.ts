// Reads `routes` of tests.yaml: what a request is like, and what its route must come to.
// `app/bundle-tests.ts` runs what this reads. Prices and health play no part, so that no test of a
// bundle breaks by a new price.

import type { RouteFacts } from "../core/route.ts";
import { parseSensitivity } from "../core/sensitivity.ts";
import { suggest, type PolicyProblem } from "./problems.ts";
import { testsFile } from "./tests-file.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { fieldsOf, type Fields } from "./yaml-fields.ts";
import { entriesOf, itemsOf, readYaml, textOf, type Entry, type YamlFile } from "./yaml-file.ts";

export interface RouteTest {
  readonly name: string;
  readonly line: number;
  readonly route: string;
  readonly facts: RouteFacts;
  /** Another route's name, or the models that would be asked for, as routes.yaml writes them. */
  readonly expect: string | readonly string[];
}

export interface RouteTests {
  readonly tests: readonly RouteTest[];
  readonly problems: readonly PolicyProblem[];
}

export function readRouteTests(text: string, vocabulary: Vocabulary, routes: readonly string[]): RouteTests {
  const file = readYaml(testsFile, text);
  const section = entriesOf(file.contents)?.find(({ name }) => name === "routes");
  if (section === undefined) return { tests: [], problems: [] };
  const items = itemsOf(section.value);
  if (items === undefined) file.report(section.key, "routes must be a list of cases");
  const tests = (items ?? []).flatMap((item) => {
    const [named, ...more] = entriesOf(item) ?? [];
    if (named !== undefined && more.length === 0) return readTest(file, named, vocabulary, routes);
    file.report(item, "a case is a sentence, a colon, and {route, …, expect}");
    return [];
  });
  return { tests, problems: file.problems };
}

const known = [
  "route",
  "who",
  "data",
  "purpose",
  "task",
  "prompt-tokens",
  "messages",
  "streamed",
  "at",
  "expect",
];

function readTest(
  file: YamlFile,
  entry: Entry,
  vocabulary: Vocabulary,
  routes: readonly string[],
): readonly RouteTest[] {
  const fields = fieldsOf(file, { ...entry, name: "the case" }, known);
  if (fields === undefined) return [];
  const route = fields.text("route") ?? "";
  if (!routes.includes(route)) fields.report("route", `there is no route "${route}"`, suggest(route, routes));
  const expectation = fields.entry("expect")?.value;
  const expect = itemsOf(expectation)?.map((item) => textOf(item) ?? "") ?? textOf(expectation);
  if (expect === undefined) fields.report("expect", "expect must be a route, or a list of models");
  else if (typeof expect === "string" && !routes.includes(expect))
    fields.report("expect", `there is no route "${expect}"`, suggest(expect, routes));
  const facts = readFacts(fields, vocabulary);
  if (expect === undefined || facts === undefined) return [];
  return [{ name: entry.name, line: file.lineOf(entry.key), route, facts, expect }];
}

function readFacts(fields: Fields, vocabulary: Vocabulary): RouteFacts | undefined {
  const data = parseSensitivity(fields.text("data") ?? "public", vocabulary.labels);
  if (!data.ok) fields.report("data", `data ${data.problem}`);
  const at = fields.text("at");
  const moment = at === undefined ? Date.now() : Date.parse(at);
  if (Number.isNaN(moment)) fields.report("at", "at must be a time, as 2026-12-31T23:00:00Z");
  const who = textOf(fields.entry("who")?.value)?.split(/\s+/) ?? fields.list("who") ?? [];
  const unfit = who.find((id) => !/^(team|role|key):[^\s:]+$/.test(id));
  if (unfit !== undefined) fields.report("who", `"${unfit}" must be role:, team: or key: and a name`);
  if (!data.ok) return undefined;
  const named = (kind: string): readonly string[] => who.filter((id) => id.startsWith(`${kind}:`));
  return {
    promptTokens: fields.number("prompt-tokens", 0, 1e9) ?? 100,
    messageCount: fields.number("messages", 0, 1e6) ?? 1,
    streamed: fields.flag("streamed") ?? false,
    task: fields.text("task"),
    purpose: fields.text("purpose"),
    key: named("key")[0] ?? "key:nobody",
    team: named("team")[0] ?? "team:nobody",
    roles: named("role"),
    level: data.value.level,
    labels: data.value.labels,
    sessionId: undefined,
    at: moment,
  };
}
