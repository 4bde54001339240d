// Whole decision and settlement rows for tests that care about a few of their fields.

import type { DecisionRow, SettlementRow } from "../../src/audit/record-book.ts";

export function decisionRow(requestId: string, fields: Partial<DecisionRow> = {}): DecisionRow {
  return {
    requestId,
    at: new Date("2026-11-20T10:00:00.000Z"),
    key: "key:one",
    team: "team:blue",
    action: "complete",
    model: "demo/echo",
    purpose: undefined,
    sensitivity: { effective: { level: "internal", labels: [] }, detected: [], underDeclared: false },
    policyVersion: 3,
    policyHash: "ab".repeat(32),
    considered: [{ deploymentId: "demo/echo", allowed: true, because: "a demo", missing: [] }],
    promptHash: "cd".repeat(32),
    promptBytes: 120,
    ...fields,
  };
}

export function settlementRow(requestId: string, fields: Partial<SettlementRow> = {}): SettlementRow {
  return {
    requestId,
    at: new Date("2026-11-20T10:00:01.500Z"),
    key: "key:one",
    team: "team:blue",
    outcome: "ok",
    deploymentId: "demo/echo",
    model: "echo",
    rule: "p, role:admin, complete",
    usage: { input: 12, cachedInput: 2, cacheWrite: 0, output: 30, reasoning: 0 },
    cost: 1_234_000_001,
    estimated: false,
    priceVersion: "2026-11-01",
    attempts: [{ deploymentId: "demo/echo", outcome: "ok", milliseconds: 40 }],
    params: [{ param: "seed", action: "dropped" }],
    safety: { classifiers: ["deterministic"], notRun: [], categories: [] },
    milliseconds: 1_500,
    firstTokenMilliseconds: 20,
    answerHash: "ef".repeat(32),
    answerCharacters: 90,
    ...fields,
  };
}
