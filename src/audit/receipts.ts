// From the rows of one request to the receipt that a caller may see.
// Pure: `store/` reads the rows, and callers of `RecordBook.receipt` get what this makes of them.

import type { Receipt } from "../core/answer.ts";
import { noUsage } from "../core/events.ts";
import type { DecisionRow, SettlementRow } from "./record-book.ts";

/** `outcome` is `open` where nothing has settled the request yet. */
export function receiptOf(decision: DecisionRow, settlement: SettlementRow | undefined): Receipt {
  return {
    id: decision.requestId,
    at: decision.at,
    key: decision.key,
    user: decision.user,
    team: decision.team,
    deploymentId: settlement?.deploymentId,
    usage: settlement?.usage ?? noUsage,
    cost: settlement?.cost,
    estimated: settlement?.estimated ?? false,
    priceVersion: settlement?.priceVersion,
    attempts: settlement?.attempts ?? [],
    params: settlement?.params ?? [],
    sensitivity: decision.sensitivity,
    policyVersion: decision.policyVersion,
    rule: settlement?.rule,
    breakGlass: decision.breakGlass,
    safety: settlement?.safety ?? { classifiers: [], notRun: [], categories: [] },
    route: settlement?.route,
    arm: settlement?.arm,
    rehearsed: decision.rehearsed,
    outcome: settlement?.outcome ?? "open",
  };
}

/** Closes a request whose process died: nobody knows what it used, so nothing is claimed. */
export function interruptionOf(decision: DecisionRow, at: Date): SettlementRow {
  return {
    requestId: decision.requestId,
    at,
    key: decision.key,
    user: decision.user,
    team: decision.team,
    outcome: "interrupted",
    deploymentId: undefined,
    model: undefined,
    rule: undefined,
    usage: noUsage,
    cost: undefined,
    estimated: false,
    priceVersion: undefined,
    attempts: [],
    params: [],
    safety: { classifiers: [], notRun: [], categories: [] },
    rehearsed: decision.rehearsed,
    milliseconds: Math.max(0, at.getTime() - decision.at.getTime()),
    firstTokenMilliseconds: undefined,
    answerHash: undefined,
    answerCharacters: 0,
  };
}

/** Reads back what `row-text.ts` wrote: only dates and undefined keys changed form. */
export function readDecision(body: string): DecisionRow {
  const row = JSON.parse(body) as DecisionRow;
  return { ...row, at: new Date(row.at) };
}

export function readSettlement(body: string): SettlementRow {
  const row = JSON.parse(body) as SettlementRow;
  return { ...row, at: new Date(row.at) };
}
