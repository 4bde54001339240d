// The chain that makes records tamper-evident: each hash covers its row and the hash before it.
// `store/` writes links and reads them back; whoever changes a row breaks every link after it.

import { hash } from "node:crypto";
import { quotedName } from "../core/json-text.ts";

export interface ChainHead {
  /** 0 before the first row. */
  readonly sequence: number;
  readonly hash: string;
}

export interface ChainRow {
  readonly replica: string;
  readonly sequence: number;
  readonly kind: "decision" | "settlement";
  readonly requestId: string;
  readonly at: Date;
  /** Canonical JSON. */
  readonly body: string;
  readonly previousHash: string;
  readonly hash: string;
}

export const genesis: ChainHead = { sequence: 0, hash: "0".repeat(64) };

/** The hash that the row must have; line breaks part the fields, since none of them can hold one. */
export function linkHash(row: Omit<ChainRow, "hash" | "at" | "requestId">): string {
  const text = `${row.previousHash}\n${quotedName(row.replica)}\n${row.sequence}\n${row.kind}\n${row.body}`;
  return hash("sha256", text, "hex");
}

/** What is wrong with the row that should follow `head`, in words; undefined where nothing is. */
export function faultOf(row: ChainRow, head: ChainHead): string | undefined {
  if (row.sequence !== head.sequence + 1)
    return `rows ${head.sequence + 1} to ${row.sequence - 1} are missing`;
  if (row.previousHash !== head.hash) return "it does not continue the row before it";
  if (linkHash(row) !== row.hash) return "its content is not what was hashed";
  return columnsDiffer(row) ? "its columns do not say what its content says" : undefined;
}

/** Columns beside the hashed body exist to be searched; altering one must show too. */
function columnsDiffer(row: ChainRow): boolean {
  const body = JSON.parse(row.body) as { requestId?: unknown; at?: unknown };
  return body.requestId !== row.requestId || body.at !== row.at.toISOString();
}
