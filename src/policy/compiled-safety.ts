// The `p2` rows in a form that answers without Casbin, narrowed once for a reader: the diff, the matrix and the
// explanations ask it, since they ask too often. It must agree with Casbin always; a test compares thousands.

import type { Sensitivity } from "../core/sensitivity.ts";
import { coversData } from "./cells/data.ts";
import type { SafetyAction, SafetyRegime } from "./policy.ts";
import type { PolicyRows, RegimeRow, SafetyRow } from "./rows.ts";
import { safetyLinks } from "./safety-points.ts";
import { regimeFrom } from "./safety-regime.ts";
import { safetyActions } from "./vocabulary.ts";

export interface CompiledSafety {
  /** Without a row it is blocked. */
  finding(category: string, data: Sensitivity): CompiledFinding;
  /** With the rows behind it. */
  regime(data: Sensitivity): CompiledRegime;
}

interface CompiledFinding {
  readonly action: SafetyAction;
  readonly row: SafetyRow | undefined;
}

export interface CompiledRegime extends SafetyRegime {
  readonly rows: readonly RegimeRow[];
}

/** `subjects` are the reader's ids, joined by one blank; none is anybody whom no row names. */
export function compileSafety(rows: PolicyRows, subjects: string): CompiledSafety {
  const { teams, categories } = safetyLinks(rows);
  const isOwn = (row: SafetyRow | RegimeRow): boolean =>
    row.who === "anyone" || teams.syncedHasLink(subjects, row.who);
  const safety = rows.safety.filter(isOwn);
  const regime = rows.regime.filter(isOwn);
  const byCategory = new Map<string, readonly SafetyRow[]>();

  function speakingOf(category: string): readonly SafetyRow[] {
    const known = byCategory.get(category);
    if (known !== undefined) return known;
    const reached = categories.reach(category);
    const speaking = safety.filter((row) => row.category === "anything" || reached.has(row.category));
    byCategory.set(category, speaking);
    return speaking;
  }

  return {
    finding(category, data) {
      const inForce = speakingOf(category).filter((row) => coversData(row.data, data));
      const action = safetyActions.find((one) => inForce.some((row) => row.action === one)) ?? "block";
      return { action, row: inForce.find((row) => row.action === action) };
    },
    regime(data) {
      const inForce = regime.filter((row) => coversData(row.data, data));
      const answer = regimeFrom((word) => inForce.find((row) => row.action === word));
      return { ...answer, rows: inForce.filter((row) => answer.rules.includes(row.id)) };
    },
  };
}
