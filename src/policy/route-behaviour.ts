// Reads how a route behaves once candidates are called: failover, a race, and escalation.
// Only `route-reader.ts` calls it.

import type { Escalation, FailoverSettings } from "../core/route.ts";
import { readTimeouts } from "./route-models.ts";
import type { Fields } from "./yaml-fields.ts";
import { textOf } from "./yaml-file.ts";

export function readFailover(fields: Fields): FailoverSettings {
  const failover = fields.map("failover", ["retries", "on-refused-content", "within", "timeouts"]);
  return {
    retries: failover?.number("retries", 0, 5) ?? 0,
    onRefusedContent: failover?.flag("on-refused-content") ?? false,
    within: failover?.duration("within"),
    timeouts: readTimeouts(failover),
  };
}

export function readHedge(fields: Fields): number | "p95" {
  const hedge = fields.map("hedge", ["after"]);
  if (hedge?.entry("after") === undefined)
    fields.report("hedge", "hedge needs after: p95, or a time such as 800ms");
  if (textOf(hedge?.entry("after")?.value) === "p95") return "p95";
  return hedge?.duration("after") ?? "p95";
}

const reasons = ["mean-logprob-below", "schema", "refused", "judge"];

export function readEscalation(fields: Fields): Escalation {
  const own = fields.map("escalate", ["when", "streams", "within", "max-usd", "learn"]);
  const when = own?.map("when", reasons);
  if (own && !reasons.some((name) => when?.entry(name)))
    own.report("when", `escalate needs when: one of ${reasons.join(", ")}`);
  const judge = when?.map("judge", ["model", "below"]);
  const [model, below] = [judge?.text("model"), judge?.number("below", 0, 10)];
  if (judge && (model === undefined || below === undefined))
    judge.report(undefined, "judge needs model, and below: a grade from 0 to 10");
  return {
    when: {
      meanLogprobBelow: readLogprob(when),
      schema: when?.flag("schema") ?? false,
      refused: when?.flag("refused") ?? false,
      judge: model === undefined || below === undefined ? undefined : { model, below },
    },
    streams: own?.oneOf("streams", ["hold", "skip"] as const) ?? "hold",
    within: own?.duration("within"),
    maxCost: own?.dollars("max-usd"),
    learn: own?.flag("learn") ?? false,
  };
}

function readLogprob(when: Fields | undefined): number | undefined {
  const entry = when?.entry("mean-logprob-below");
  if (entry === undefined) return undefined;
  const value = Number(textOf(entry.value));
  if (value < 0 && value >= -100) return value;
  when?.report("mean-logprob-below", "mean-logprob-below must be a number below 0, such as -0.8");
  return undefined;
}
