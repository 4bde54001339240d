// The canonical text of a row, written at once: what `canonicalJson` says of the same row, at a fraction of its cost.
// `store/records.ts` calls it for each row. A field that the rows gain stands here too, in the order of the names.

import type { ParamChange, SafetySummary, SafetyVerdict } from "../core/answer.ts";
import type { Attempt, Consideration, SensitivityReport } from "../core/errors.ts";
import type { TokenUsage } from "../core/events.ts";
import { isoTime, quoted, quotedName } from "../core/json-text.ts";
import type { Sensitivity } from "../core/sensitivity.ts";
import { canonicalJson } from "./canonical.ts";
import type { DecisionRow, SettlementRow } from "./record-book.ts";

export const decisionText = (row: DecisionRow): string =>
  inOnePiece(
    `{"action":${quotedName(row.action)},"at":"${isoTime(row.at.getTime())}"${optional(',"breakGlass":', row.breakGlass, quotedName)},` +
      `"considered":${list(row.considered, considerationText)},"key":${quotedName(row.key)},"model":${quotedName(row.model)},` +
      `"policyHash":${quotedName(row.policyHash)},"policyVersion":${exact(row.policyVersion)},` +
      `"promptBytes":${exact(row.promptBytes)},"promptHash":${quoted(row.promptHash)}${optional(',"purpose":', row.purpose, quotedName)}` +
      `${optional(',"rehearsed":', row.rehearsed, quotedName)},"requestId":${quoted(row.requestId)}${optional(',"roles":', row.roles, namesText)},` +
      `"sensitivity":${reportText(row.sensitivity)},"team":${quotedName(row.team)}${optional(',"user":', row.user, quotedName)}}`,
  );

export const settlementText = (row: SettlementRow): string =>
  inOnePiece(
    `{"answerCharacters":${exact(row.answerCharacters)}${optional(',"answerHash":', row.answerHash, quoted)}` +
      `${optional(',"arm":', row.arm, quotedName)},"at":"${isoTime(row.at.getTime())}","attempts":${list(row.attempts, attemptText)}` +
      `${optional(',"cost":', row.cost, exact)}${optional(',"deploymentId":', row.deploymentId, quotedName)},"estimated":${row.estimated}` +
      `${optional(',"firstTokenMilliseconds":', row.firstTokenMilliseconds, exact)},"key":${quotedName(row.key)},` +
      `"milliseconds":${exact(row.milliseconds)}${optional(',"model":', row.model, quotedName)},"outcome":${quotedName(row.outcome)},` +
      `"params":${list(row.params, paramText)}${optional(',"priceVersion":', row.priceVersion, quotedName)}` +
      `${optional(',"rehearsed":', row.rehearsed, quotedName)},"requestId":${quoted(row.requestId)}${optional(',"route":', row.route, quotedName)}` +
      `${optional(',"rule":', row.rule, quotedName)},"safety":${safetyText(row.safety)},"team":${quotedName(row.team)},` +
      `"usage":${usageText(row.usage)}${optional(',"user":', row.user, quotedName)}}`,
  );

/**
 * What was put together stays a tree of its hundred pieces until somebody reads a character of it. A row waits for others, is hashed
 * and is sent: as a tree it would be three times as large, and walked twice.
 */
function inOnePiece(text: string): string {
  if (text.charCodeAt(0) !== 0x7b) throw new TypeError("a row is an object");
  return text;
}

/** The policy answers with the same objects as long as its answer is the same. */
const considerations = new WeakMap<Consideration, string>();

function considerationText(consideration: Consideration): string {
  let known = considerations.get(consideration);
  if (known === undefined) considerations.set(consideration, (known = canonicalJson(consideration)));
  return known;
}

const reportText = ({ declared, detected, effective, session, underDeclared }: SensitivityReport): string =>
  `{${leading('"declared":', declared, sensitivityText)}` +
  `"detected":${list(detected, canonicalJson)},"effective":${sensitivityText(effective)},` +
  `${leading('"session":', session, sensitivityText)}"underDeclared":${underDeclared}}`;

const sensitivityText = ({ labels, level }: Sensitivity): string =>
  `{"labels":${namesText(labels)},"level":"${level}"}`;

const attemptText = ({ because, cost, deploymentId, milliseconds, outcome, rehearsed }: Attempt): string =>
  `{${leading('"because":', because, quoted)}${leading('"cost":', cost, exact)}` +
  `"deploymentId":${quotedName(deploymentId)},"milliseconds":${exact(milliseconds)},"outcome":${quotedName(outcome)}` +
  `${optional(',"rehearsed":', rehearsed, quotedName)}}`;

const paramText = ({ action, from, param, to }: ParamChange): string =>
  `{"action":"${action}"${optional(',"from":', from, valueText)},"param":${quotedName(param)}${optional(',"to":', to, valueText)}}`;

const valueText = (value: unknown): string =>
  typeof value === "string" ? quoted(value) : canonicalJson(value);

const safetyText = ({ categories, classifiers, notRun, verdicts }: SafetySummary): string =>
  `{"categories":${namesText(categories)},"classifiers":${namesText(classifiers)},` +
  `"notRun":${namesText(notRun)}${optional(',"verdicts":', verdicts, verdictsText)}}`;

const verdictText = (verdict: SafetyVerdict): string =>
  `{${leading('"action":', verdict.action, quotedName)}` +
  `"categories":${namesText(verdict.categories)}${optional(',"channel":', verdict.channel, quotedName)},` +
  `"checkedFrom":${exact(verdict.checkedFrom)},"checkedTo":${exact(verdict.checkedTo)}` +
  `${optional(',"choice":', verdict.choice, exact)},"classifier":${quotedName(verdict.classifier)},"kind":"${verdict.kind}",` +
  `"milliseconds":${exact(verdict.milliseconds)},"outcome":"${verdict.outcome}","phase":"${verdict.phase}",` +
  `"retroactive":${verdict.retroactive},"windows":${exact(verdict.windows)}}`;

const usageText = (usage: TokenUsage): string =>
  `{${leading('"audioInput":', usage.audioInput, exact)}${leading('"audioOutput":', usage.audioOutput, exact)}` +
  `"cacheWrite":${exact(usage.cacheWrite)},"cachedInput":${exact(usage.cachedInput)}` +
  `${optional(',"chargedUsd":', usage.chargedUsd, exact)}${optional(',"images":', usage.images, exact)},"input":${exact(usage.input)},` +
  `"output":${exact(usage.output)},"reasoning":${exact(usage.reasoning)}${optional(',"toolUses":', usage.toolUses, canonicalJson)}}`;

const namesText = (names: readonly string[]): string => list(names, quotedName);
const verdictsText = (verdicts: readonly SafetyVerdict[]): string => list(verdicts, verdictText);

/** Nothing for a field that is not there: `name` is spelled with all that stands around it. */
const optional = <Value>(name: string, value: Value | undefined, textOf: (value: Value) => string): string =>
  value === undefined ? "" : name + textOf(value);

/** The same before whatever is always there. */
const leading = <Value>(name: string, value: Value | undefined, textOf: (value: Value) => string): string =>
  value === undefined ? "" : `${name}${textOf(value)},`;

function exact(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical form`);
  return `${value}`;
}

function list<Item>(items: readonly Item[], textOf: (item: Item) => string): string {
  if (items.length === 0) return "[]";
  let all = "";
  for (const item of items) all += all === "" ? textOf(item) : `,${textOf(item)}`;
  return `[${all}]`;
}
