// Reads one route of routes.yaml into plain data, or says what is wrong with it and where.
// `routes-file.ts` calls it for each; which fields a route may have depends on how it picks.

import { capabilities, type Capability } from "../core/deployment.ts";
import {
  orders,
  picks,
  type Floors,
  type Pick,
  type Route,
  type RouteCase,
  type RouteWebhook,
} from "../core/route.ts";
import { suggest } from "./problems.ts";
import { readArms, readTasks } from "./route-branches.ts";
import { readCondition, type Tiers } from "./route-condition.ts";
import { readEscalation, readFailover, readHedge } from "./route-behaviour.ts";
import { readModels, type Groups } from "./route-models.ts";
import { fieldsOf, type Fields } from "./yaml-fields.ts";
import { entriesOf, itemsOf, textOf, type Entry, type YamlFile } from "./yaml-file.ts";

interface RouteContext {
  readonly groups: Groups;
  readonly tiers: Tiers;
}

const always = ["description", "pick"];
const ofCandidates = ["models", "floors", "max-usd", "failover", "affinity", "hedge", "escalate"];

/** What each pick takes besides. */
const fieldsOfPick: Readonly<Record<Pick, readonly string[]>> = {
  cheapest: ofCandidates,
  fastest: ofCandidates,
  best: ofCandidates,
  "in-order": ofCandidates,
  weighted: ofCandidates,
  balanced: ofCandidates,
  "by-task": [...ofCandidates, "tasks", "otherwise"],
  "by-condition": ["cases", "otherwise"],
  experiment: ["arms", "sticky", ...ofCandidates.filter((name) => name !== "models")],
  webhook: [...ofCandidates, "webhook", "otherwise"],
};

export function readRoute(file: YamlFile, entry: Entry, context: RouteContext): Route | undefined {
  const { name, key } = entry;
  const before = file.problems.length;
  const pick = pickOf(file, entry);
  const known = [
    ...always,
    ...(pick === undefined ? Object.values(fieldsOfPick).flat() : fieldsOfPick[pick]),
  ];
  const fields = fieldsOf(file, { ...entry, name: `the route ${name}` }, [...new Set(known)]);
  if (fields === undefined || pick === undefined) return undefined;
  const description = fields.entry("description") && fields.text("description");
  if (description === undefined) file.report(key, `the route ${name} needs a description`);
  const otherwise = readOtherwise(fields, pick);
  const models = fields.entry("models") && readModels(file, fields, name, context.groups);
  const route: Route = {
    name,
    description: description ?? "",
    pick,
    ...(models && { models: models.names }),
    ...(models && models.settings.size > 0 && { settings: models.settings }),
    ...(fields.entry("floors") && { floors: readFloors(fields) }),
    ...(fields.entry("max-usd") && { maxCost: fields.dollars("max-usd") }),
    ...(fields.entry("failover") && { failover: readFailover(fields) }),
    ...(fields.entry("hedge") && { hedge: { after: readHedge(fields) } }),
    ...(fields.entry("escalate") && { escalate: readEscalation(fields) }),
    ...(fields.entry("affinity") && { affinity: fields.flag("affinity") }),
    ...(pick === "by-task" && { tasks: readTasks(file, fields, name, context.groups) }),
    ...(pick === "by-condition" && { cases: readCases(file, fields, name, context.tiers) }),
    ...(pick === "experiment" && {
      arms: readArms(file, fields, name, context.groups),
      sticky: fields.oneOf("sticky", ["session", "user", "key", "team"] as const) ?? "session",
    }),
    ...(pick === "webhook" && { webhook: readWebhook(fields, name) }),
    ...(otherwise !== undefined && { otherwise }),
  };
  if ((pick === "in-order" || pick === "weighted") && route.models === undefined)
    fields.report(undefined, `the route ${name} needs models, since it picks ${pick}`);
  return file.problems.length > before ? undefined : route;
}

function pickOf(file: YamlFile, { name, key, value }: Entry): Pick | undefined {
  const entry = entriesOf(value)?.find((one) => one.name === "pick");
  const text = textOf(entry?.value) ?? "";
  const pick = picks.find((one) => one === text);
  if (pick === undefined && entriesOf(value) !== undefined)
    file.report(
      entry?.value ?? key,
      entry === undefined ? `the route ${name} must say how it picks` : `unknown pick "${text}"`,
      suggest(text, picks),
    );
  return pick;
}

function readOtherwise(fields: Fields, pick: Pick): string | undefined {
  if (pick !== "by-condition") return fields.oneOf("otherwise", orders);
  if (fields.entry("otherwise") === undefined)
    fields.report(undefined, "a route by-condition needs otherwise: the route where no case holds");
  return fields.text("otherwise");
}

function readFloors(fields: Fields): Floors {
  const known = [
    "first-token-p50",
    "first-token-p95",
    "tokens-per-second",
    "errors",
    "score",
    "input-usd",
    "output-usd",
    "context",
    "capabilities",
  ];
  const floors = fields.map("floors", known);
  const named = floors?.list("capabilities");
  for (const word of named ?? [])
    if (!capabilities.some((one) => one === word))
      floors?.report("capabilities", `unknown capability "${word}"`, suggest(word, capabilities));
  return {
    firstTokenP50: floors?.duration("first-token-p50"),
    firstTokenP95: floors?.duration("first-token-p95"),
    tokensPerSecond: floors?.number("tokens-per-second", 0, 1e6),
    errors: floors?.share("errors"),
    score: floors?.number("score", 0, 1e6),
    inputUsd: floors?.number("input-usd", 0, 1e6),
    outputUsd: floors?.number("output-usd", 0, 1e6),
    context: floors?.number("context", 1, 1e9),
    capabilities: named as readonly Capability[] | undefined,
  };
}

function readCases(file: YamlFile, fields: Fields, route: string, tiers: Tiers): readonly RouteCase[] {
  const items = itemsOf(fields.entry("cases")?.value);
  if (items === undefined || items.length === 0) {
    fields.report("cases", `the route ${route} needs cases: a list of {when, use}`);
    return [];
  }
  return items.flatMap((item): readonly RouteCase[] => {
    const one = fieldsOf(file, { name: "a case", key: item, value: item }, ["when", "use"]);
    const use = one?.text("use");
    const when = one?.text("when");
    if (one && (use === undefined || when === undefined)) one.report(undefined, "a case needs when and use");
    if (one === undefined || use === undefined || when === undefined) return [];
    const read = readCondition(when, tiers);
    if (read.ok) return [{ when: read.condition, use }];
    one.report("when", read.problem, read.suggestion);
    return [];
  });
}

const usualWebhookMilliseconds = 300;

function readWebhook(fields: Fields, route: string): RouteWebhook {
  const webhook = fields.map("webhook", ["url", "timeout"]);
  const text = webhook?.text("url") ?? "";
  const url = URL.parse(text);
  const loopback = url !== null && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  if (!url || (url.protocol !== "https:" && !(url.protocol === "http:" && loopback)) || url.username !== "")
    (webhook ?? fields).report(
      webhook ? "url" : undefined,
      `the route ${route} needs webhook: {url: https://…}`,
    );
  return { url: text, timeout: webhook?.duration("timeout") ?? usualWebhookMilliseconds };
}
