// Says each row as a sentence, so that reviewers read and compare sentences instead of cells.
// The formatter, the explainer and the CLI call it. It must say all that a row says.

import { byKind, type ByKind } from "./cells/cell.ts";
import type { DataCell } from "./cells/data.ts";
import type { ProviderCell } from "./cells/provider.ts";
import type { Condition } from "./cells/when.ts";
import { formatSensitivity, type Level } from "../core/sensitivity.ts";
import type { GrantRow, LinkRow, ObserveRow, PolicyRow, RegimeRow, SafetyRow, WordRow } from "./rows.ts";
import { actions, guaranteeNames, type RegimeWord } from "./vocabulary.ts";

export function describeRow(row: PolicyRow): string {
  return (sentences[row.type] as (row: PolicyRow) => string)(row);
}

/** A link row is told by its type; the other types have a shape of their own. */
const sentences: { [T in PolicyRow["type"]]: (row: RowOf<T>) => string } = {
  p: (row) => (row.effect === "allow" ? grantSentence(row) : denySentence(row)),
  p2: safetySentence,
  p3: observeSentence,
  g: (row) => `${whoWords(row.from)} has the role ${nameOf(row.to)}.`,
  g2: (row) => `Where there is ${guaranteeWords(row.from)}, there is ${guaranteeWords(row.to)} too.`,
  g3: (row: LinkRow) => `The category ${row.from} belongs to ${row.to}.`,
  word: (row: WordRow) => `This company has a ${row.kind} of its own: ${row.name}.`,
};

type RowOf<T extends PolicyRow["type"]> = T extends LinkRow["type"]
  ? LinkRow
  : Extract<PolicyRow, { type: T }>;

function grantSentence(row: GrantRow): string {
  return `${whoWords(row.who)} may ${doesWords(row)} with ${dataWords(row.data)}${byKind(whereSaid, row.provider)}${whenWords(row)}.`;
}

const whereSaid: ByKind<ProviderCell, [], string> = {
  anywhere: () => " anywhere",
  with: ({ words }) => ` where there is ${joinWords(words.map(guaranteeWords), "and")}`,
  unless: ({ words }) => ` unless there is ${joinWords(words.map(guaranteeWords), "or")}`,
  if: ({ words }) =>
    ` at ${joinWords(
      words.map((word) => word.replace(":", " ")),
      "or",
    )}`,
};

function denySentence(row: GrantRow): string {
  const subject = row.who === "anyone" ? "Nobody may" : `${whoWords(row.who)} may not`;
  const where = byKind(whereSaid, row.provider);
  return `${subject} ${doesWords(row)} with ${dataWords(row.data)}${where}${whenWords(row)}.`;
}

const safetyVerbs = { block: "are blocked", redact: "are cut out", flag: "are shown and flagged" } as const;

function safetySentence(row: SafetyRow | RegimeRow): string {
  if (!isFinding(row)) return `${regimeSaid[row.action](dataWords(row.data))}${readerWords(row.who)}.`;
  const what = row.category === "anything" ? "Findings of any kind" : `Findings of ${row.category}`;
  return `${what} in answers about ${dataWords(row.data)} ${safetyVerbs[row.action]}${readerWords(row.who)}.`;
}

const isFinding = (row: SafetyRow | RegimeRow): row is SafetyRow => Object.hasOwn(safetyVerbs, row.action);

const readerWords = (who: string): string => (who === "anyone" ? "" : ` for ${lower(whoWords(who))}`);

const regimeSaid: Readonly<Record<RegimeWord, (data: string) => string>> = {
  complete: (data) => `Answers about ${data} are judged whole before any of it is shown`,
  hold: (data) => `Each part of an answer about ${data} is judged before it is shown`,
  lookahead: (data) => `Answers about ${data} may be shown before they are judged, and taken back after`,
  "check-first": (data) => `Input with ${data} is judged before any of it is sent`,
  demand: (data) => `No answer about ${data} is given without a semantic classifier`,
  "fail-open": (data) => `Answers about ${data} are shown unjudged where the classifiers fail`,
};

function observeSentence(row: ObserveRow): string {
  const last = new Date(row.until - 1).toISOString().slice(0, 10);
  return `For ${lower(whoWords(row.team))}, ${joinWords(row.kinds, "and")} is reported but does not raise the data, up to and including ${last}.`;
}

const subjectWords: Readonly<Record<string, (name: string) => string>> = {
  role: (name) => `${capital(name)} staff`,
  team: (name) => `Team ${name}`,
  key: (name) => `The key ${name}`,
  user: (name) => `The user ${name}`,
};

function whoWords(who: string): string {
  if (who === "anyone") return "Anyone";
  return subjectWords[who.split(":")[0] ?? ""]?.(nameOf(who)) ?? who;
}

function doesWords(row: GrantRow): string {
  if (row.cells[3] === "anything") return "do anything";
  const verbs: Readonly<Record<(typeof actions)[number], string>> = {
    complete: "complete",
    embed: "embed",
    image: "make images",
    moderate: "moderate",
  };
  return joinWords(
    row.does.actions.map((action) => verbs[action]),
    "and",
  );
}

const dataSaid: ByKind<DataCell, [], string> = {
  ceiling: ({ ceiling }) => {
    const said = formatSensitivity(ceiling);
    return said === "public" ? "public data" : `data up to ${said}`;
  },
  label: ({ label }) => `any ${label} data`,
  floor: ({ level }) => floorWords[level],
};

const floorWords: Readonly<Record<Level, string>> = {
  public: "any data",
  internal: "data that is internal or above",
  confidential: "data that is confidential or above",
  restricted: "restricted data",
};

export const dataWords = (cell: DataCell): string => byKind(dataSaid, cell);

export const guaranteeWords = (guarantee: string): string =>
  guaranteeNames[guarantee] ??
  (guarantee.startsWith("region:") ? `the region ${nameOf(guarantee)}` : guarantee);

function whenWords(row: GrantRow): string {
  const lifted = row.when.conditions.some((condition) => condition.kind === "unless-break-glass");
  const rest = row.when.conditions.filter((condition) => condition.kind !== "unless-break-glass");
  const words = rest.length === 0 ? "" : `, ${joinWords(rest.map(conditionWords), "and")}`;
  return `${words}${lifted ? ", save under break-glass" : ""}`;
}

const conditionSaid: ByKind<Condition, [], string> = {
  purpose: ({ purpose }) => `for the purpose ${purpose}`,
  hours: ({ hours }) => `during the hours ${hours.text.replace("@", " of ")}`,
  env: ({ environment }) => `in ${environment}`,
  before: ({ date }) => `before ${date}`,
  "unless-break-glass": () => "without break-glass",
};

export const conditionWords = (condition: Condition): string => byKind(conditionSaid, condition);

export function joinWords(words: readonly string[], joint: "and" | "or"): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${joint} ${words.at(-1)}`;
}

const nameOf = (prefixed: string): string => prefixed.slice(prefixed.indexOf(":") + 1);
const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
const lower = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);
