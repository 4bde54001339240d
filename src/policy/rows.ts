// The rows of policy.csv once they are read and checked: plain values, nothing half-known in them.
// `parse-policy.ts` makes them; Casbin, the compiled form and the sentences are all fed from these.

import type { DataCell } from "./cells/data.ts";
import type { DoesCell } from "./cells/does.ts";
import type { ProviderCell } from "./cells/provider.ts";
import type { WhenCell } from "./cells/when.ts";
import type { SafetyAction } from "./policy.ts";
import type { Effect, RegimeWord, Vocabulary, WordKind } from "./vocabulary.ts";

interface RowBase {
  /** Where it stands in policy.csv, from 1. */
  readonly line: number;
  /** As written, white space tidied: what Casbin is given, without the row type. */
  readonly cells: readonly string[];
}

/** `p`: who may, or may not, do what with which data at which provider. */
export interface GrantRow extends RowBase {
  readonly type: "p";
  readonly id: string;
  readonly effect: Effect;
  readonly who: string;
  readonly does: DoesCell;
  readonly data: DataCell;
  readonly provider: ProviderCell;
  readonly when: WhenCell;
  readonly because: string;
}

interface P2Row<Action> extends RowBase {
  readonly type: "p2";
  readonly id: string;
  readonly action: Action;
  readonly who: string;
  readonly data: DataCell;
  /** A category, a group of categories, or `anything`. */
  readonly category: string;
  readonly because: string;
}

/** `p2` with `block`, `redact` or `flag`: what happens to an answer in which a category was found. */
export type SafetyRow = P2Row<SafetyAction>;

/** `p2` with any other word: when answers are judged, by whom, and what happens where nobody can. */
export type RegimeRow = P2Row<RegimeWord>;

/** `p3`: findings of these kinds are reported for a team, but do not raise its data yet. */
export interface ObserveRow extends RowBase {
  readonly type: "p3";
  readonly id: string;
  readonly team: string;
  readonly kinds: readonly string[];
  /** The first moment at which it no longer holds. */
  readonly until: number;
  readonly because: string;
}

/** `g` team → role, `g2` guarantee → one it implies, `g3` category → group. */
export interface LinkRow extends RowBase {
  readonly type: "g" | "g2" | "g3";
  readonly from: string;
  readonly to: string;
}

/** `word`: a label, guarantee or category of the customer's own. */
export interface WordRow extends RowBase {
  readonly type: "word";
  readonly kind: WordKind;
  readonly name: string;
  readonly because: string;
}

export type PolicyRow = GrantRow | SafetyRow | RegimeRow | ObserveRow | LinkRow | WordRow;

export interface PolicyRows {
  readonly vocabulary: Vocabulary;
  /** All rows, in the order of the file. */
  readonly all: readonly PolicyRow[];
  readonly grants: readonly GrantRow[];
  readonly safety: readonly SafetyRow[];
  readonly regime: readonly RegimeRow[];
  readonly observe: readonly ObserveRow[];
  readonly links: readonly LinkRow[];
}

export const ruleId = (row: PolicyRow): string | undefined => ("id" in row ? row.id : undefined);
