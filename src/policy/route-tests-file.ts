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
  /** The arm that the request is taken to be in; absent: the one that it draws. */
  readonly arm: string | undefined;
  readonly expect: RouteExpectation;
}

/** Each that is there must hold. */
export interface RouteExpectation {
  /** Another route's name. */
  readonly route?: string | undefined;
  readonly arm?: string | undefined;
  /** As routes.yaml writes them. */
  readonly models?: readonly string[] | undefined;
  /** What those come to in the catalog, floors that never move included, in any order. */
  readonly deployments?: readonly string[] | undefined;
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
  "session",
  "arm",
  "expect",
  "deployments",
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
  const expect = readExpectation(fields, routes);
  const facts = readFacts(fields, vocabulary);
  if (expect === undefined || facts === undefined) return [];
  return [{ name: entry.name, line: file.lineOf(entry.key), route, facts, arm: fields.text("arm"), expect }];
}

const armMark = "arm ";

function readExpectation(fields: Fields, routes: readonly string[]): RouteExpectation | undefined {
  const deployments = fields.list("deployments");
  const value = fields.entry("expect")?.value;
  const models = itemsOf(value)?.map((item) => textOf(item) ?? "");
  if (models) return { models, deployments };
  const word = textOf(value)?.trim();
  if (word === undefined || word === "") {
    if (deployments) return { deployments };
    fields.report("expect", "expect must be a route, an arm as `arm new`, or a list of models");
    return undefined;
  }
  if (word.startsWith(armMark)) return { arm: word.slice(armMark.length).trim(), deployments };
  if (!routes.includes(word)) fields.report("expect", `there is no route "${word}"`, suggest(word, routes));
  return { route: word, deployments };
}

function readFacts(fields: Fields, vocabulary: Vocabulary): RouteFacts | undefined {
  const data = parseSensitivity(fields.text("data") ?? "public", vocabulary.labels);
  if (!data.ok) fields.report("data", `data ${data.problem}`);
  const at = fields.text("at");
  const moment = at === undefined ? Date.now() : Date.parse(at);
  if (Number.isNaN(moment)) fields.report("at", "at must be a time, as 2026-12-31T23:00:00Z");
  const who = textOf(fields.entry("who")?.value)?.split(/\s+/) ?? fields.list("who") ?? [];
  const unfit = who.find((id) => !/^(team|role|key|user):[^\s:]+$/.test(id));
  if (unfit !== undefined) fields.report("who", `"${unfit}" must be role:, team:, key: or user: and a name`);
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
    user: named("user")[0],
    roles: named("role"),
    level: data.value.level,
    labels: data.value.labels,
    sessionId: fields.text("session"),
    at: moment,
  };
}
