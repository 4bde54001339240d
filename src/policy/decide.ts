// One decision: which rows apply, what Casbin says to them, and why. Pure and uncached.
// `permit.ts` calls it where its cache has no answer; the self-check calls it to compare with all rows.

import type { CasbinEngine, GrantQuestion } from "./casbin-engine.ts";
import { nextChange } from "./cells/when.ts";
import { applies } from "./compiled.ts";
import { explainRefusal } from "./explain.ts";
import type { OwnRows } from "./own-rows.ts";
import type { GrantRow } from "./rows.ts";

export interface Decision {
  readonly allowed: boolean;
  /** The row that decided; undefined where no row grants. */
  readonly row: GrantRow | undefined;
  readonly because: string;
  readonly missing: readonly string[];
  /** When a row that looks at the clock could answer otherwise. */
  readonly validUntil: number;
}

/** Of each effect. More cannot change an answer: one denial denies, one grant grants. */
const mostRows = 4;

const enforcersKept = 1_000;

export type Decide = (rows: OwnRows, question: GrantQuestion) => Decision;

export function makeDecide(engine: CasbinEngine): Decide {
  const enforcers = new Map<string, (question: GrantQuestion) => boolean>();

  // The matcher is a conjunction, so leaving out rows of which a column fails leaves the answer as it
  // is, and makes its cost independent of the number of rows.
  const enforcerOver = (rows: readonly GrantRow[]): ((question: GrantQuestion) => boolean) => {
    const key = rows.map((row) => row.line).join(" ");
    let enforcer = enforcers.get(key);
    if (enforcer === undefined) {
      if (enforcers.size >= enforcersKept) enforcers.clear();
      enforcer = engine.over(rows);
      enforcers.set(key, enforcer);
    }
    return enforcer;
  };

  return (rows, question) => {
    const applying = rows.about.filter((row) => applies(row, question));
    const denials = applying.filter((row) => row.effect === "deny");
    const grants = applying.filter((row) => row.effect === "allow");
    const allowed =
      applying.length > 0 &&
      enforcerOver([...denials.slice(0, mostRows), ...grants.slice(0, mostRows)])(question);
    const validUntil = nextChangeOf(rows.about, question.circumstances.now);
    const [grant] = grants;
    if (allowed && grant !== undefined) {
      return {
        allowed,
        row: grant,
        because: `Allowed by ${grant.id}: ${grant.because}.`,
        missing: [],
        validUntil,
      };
    }
    return { allowed: false, row: denials[0], ...explainRefusal(rows, denials[0], question), validUntil };
  };
}

function nextChangeOf(rows: readonly GrantRow[], now: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (row.when.conditions.length > 0) next = Math.min(next, nextChange(row.when, now));
  }
  return next;
}
