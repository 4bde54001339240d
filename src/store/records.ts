// The record book: decisions and settlements, acknowledged only when they are durable.
// The gateway decides and settles; a row, once written, is never changed and never deleted.

import type { DecisionRow, RecordBook, SettlementRow } from "../audit/record-book.ts";
import { readDecision, readSettlement, receiptOf } from "../audit/receipts.ts";
import { decisionText, settlementText } from "../audit/row-text.ts";
import { Failure } from "../core/errors.ts";
import { sqlState } from "./database.ts";
import type { Database } from "./database.ts";
import { groupCommit } from "./group-commit.ts";
import { ledgerEntryOf } from "./ledger.ts";
import { openRecordWriter } from "./record-writer.ts";
import type { PendingRow } from "./record-writer.ts";
import { verifyChains } from "./verification.ts";
import type { ChainReport } from "./verification.ts";

export interface Records extends RecordBook {
  /** False while the database does not confirm rows; then there is room for no request. */
  readonly healthy: boolean;
  /** Rows that are not durable yet. */
  readonly waiting: number;
  /** What the policy was asked and answered; undefined where nothing is recorded of the request. */
  decision(requestId: string): Promise<DecisionRow | undefined>;
  /** Reads every row of every replica: slow, and made for auditors. */
  verify(): Promise<ChainReport>;
}

export interface OpenedRecords extends Records {
  /** Waits so long for rows to become durable, then takes no more. */
  stop(milliseconds: number): Promise<void>;
}

const mostWaitingDecisions = 2_000;

export async function openRecords(
  database: Database,
  replicaId: string,
  onFault: (error: unknown) => void,
  onSettled: (row: SettlementRow) => void = () => undefined,
): Promise<OpenedRecords> {
  const writer = await openRecordWriter(database, replicaId);
  const queue = groupCommit<PendingRow>({ write: (rows) => writer.write(rows), isRowFault, onFault });

  return {
    requireRoom() {
      if (!queue.healthy || queue.waiting >= mostWaitingDecisions)
        throw new Failure("OVERLOADED", "The record store does not keep up.");
    },

    decide(row, leavesWhole = false) {
      const { requestId, at } = row;
      const pending = { kind: "decision", requestId, at, body: decisionText(row), entry: undefined } as const;
      return queue.push(pending, leavesWhole);
    },

    settle(row) {
      const { requestId, at } = row;
      const entry = ledgerEntryOf(row);
      onSettled(row);
      return queue.push({ kind: "settlement", requestId, at, body: settlementText(row), entry });
    },

    receipt: (requestId) => readReceipt(database, requestId),
    async decision(requestId) {
      const { decision } = await readRows(database, requestId);
      return decision && readDecision(decision.body);
    },
    verify: () => verifyChains(database),
    stop: (milliseconds) => queue.stop(milliseconds),
    get healthy() {
      return queue.healthy;
    },
    get waiting() {
      return queue.waiting;
    },
  };
}

/** Classes 22 (data), 23 (constraints) and 54 (limits): the row is at fault, not the connection. */
function isRowFault(error: unknown): boolean {
  return /^(22|23|54)/.test(sqlState(error) ?? "");
}

async function readReceipt(database: Database, requestId: string) {
  const { decision, settlement } = await readRows(database, requestId);
  if (!decision) return undefined;
  return receiptOf(readDecision(decision.body), settlement && readSettlement(settlement.body));
}

async function readRows(database: Database, requestId: string) {
  const rows = await database.query<{ kind: "decision" | "settlement"; body: string }>(
    `select "kind", "body" from "record" where "request_id" = $1::text order by "at", "sequence"`,
    [requestId],
  );
  return {
    decision: rows.findLast(({ kind }) => kind === "decision"),
    settlement: rows.findLast(({ kind }) => kind === "settlement"),
  };
}
