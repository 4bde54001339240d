// Finds out all that can be said about one decision, from the rows themselves and without a cache.
// `Policy.explain` and the hypothetical questions of `portcullis policy explain` are answered here.

import type { Deployment } from "../core/deployment.ts";
import type { Weighed } from "../core/stages.ts";
import type { GrantQuestion } from "./casbin-engine.ts";
import { applies, failingColumns } from "./compiled.ts";
import { pointOf } from "./deployment-point.ts";
import { explainRefusal, nearestGrant } from "./explain.ts";
import { featuresOf } from "./features.ts";
import { ownRows } from "./own-rows.ts";
import type { Explanation, TickedColumn, TickedGrant } from "./explanation.ts";
import type { PermitParts } from "./permit.ts";
import type { BreakGlass } from "./policy.ts";
import type { GrantRow } from "./rows.ts";
import { ruleView } from "./rule-view.ts";
import { makeSubjects, notMinted } from "./subjects.ts";
import { whyMissing } from "./why-missing.ts";

type ExplainParts = Omit<PermitParts, "version" | "hash">;

export function makeExplain(parts: ExplainParts) {
  const subjectsOf = makeSubjects(parts.rows.grants, parts.engine.teams);

  return (weighed: Weighed, deployment: Deployment, breakGlass?: BreakGlass): Explanation => {
    const now = parts.now();
    const subjects = subjectsOf(weighed.caller);
    const { provider } = deployment;
    if (subjects === undefined) return refusedOutright(notMinted);
    if (!provider.enabled) return refusedOutright(provider.disabledReason ?? `${provider.name} is off`);
    const features = featuresOf(weighed.request);
    const { point } = pointOf(deployment, features, now, parts.engine.guarantees);
    const explanation = explainQuestion(parts, {
      subjects,
      action: weighed.request.action,
      data: weighed.sensitivity.effective,
      deployment: point,
      circumstances: {
        purpose: weighed.purpose,
        environment: parts.environment,
        now,
        breakGlass: breakGlass !== undefined && breakGlass.until > now,
      },
    });
    const lacks = explanation.allowed ? [] : whyMissing(deployment, features, explanation.missing);
    return {
      ...explanation,
      because: [explanation.because, ...lacks].join(" "),
      needs: [explanation.needs, ...lacks].join(" "),
    };
  };
}

export function explainQuestion(
  { rows, engine }: Pick<ExplainParts, "rows" | "engine">,
  question: GrantQuestion,
): Explanation {
  const own = ownRows(rows.grants, question, engine.teams);
  const applying = own.all.filter((row) => applies(row, question));
  const denial = applying.find((row) => row.effect === "deny");
  const grant = applying.find((row) => row.effect === "allow");
  if (grant !== undefined && denial === undefined) {
    return {
      allowed: true,
      decidedBy: ruleView(grant),
      nearest: ticked(grant, question, true),
      failed: undefined,
      because: `Allowed by ${grant.id}: ${grant.because}.`,
      needs: "The policy permits it.",
      missing: [],
    };
  }
  // Where no permission speaks of this caller at all, the nearest is one for somebody else.
  const mine = nearestGrant(own, question);
  const others = mine ?? nearestGrant({ all: rows.grants, about: [] }, question);
  const nearest = others && ticked(others.row, question, mine !== undefined);
  return {
    allowed: false,
    decidedBy: denial && ruleView(denial),
    nearest,
    failed: nearest?.ticks.find(({ ok }) => !ok)?.column,
    ...explainRefusal(own, denial, question),
  };
}

const refusedOutright = (why: string): Explanation => ({
  allowed: false,
  decidedBy: undefined,
  nearest: undefined,
  failed: undefined,
  because: why,
  needs: why,
  missing: [],
});

/** Where each column stands among the cells of a `p` row. */
const cellOf: Readonly<Record<TickedColumn, number>> = { who: 2, does: 3, data: 4, provider: 5, when: 6 };

function ticked(row: GrantRow, question: GrantQuestion, isForCaller: boolean): TickedGrant {
  const fails: readonly TickedColumn[] = [
    ...(isForCaller ? [] : (["who"] as const)),
    ...failingColumns(row, question),
  ];
  const columns = Object.keys(cellOf) as TickedColumn[];
  return {
    ...ruleView(row),
    ticks: columns.map((column) => ({
      column,
      ok: !fails.includes(column),
      asks: row.cells[cellOf[column]] ?? "",
    })),
  };
}
