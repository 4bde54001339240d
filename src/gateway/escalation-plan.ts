// What of an escalation is known before anything is called: whether this request may come to one, what it
// asks of the upstream, and under which name its outcome is remembered. Plans, calls and `escalation.ts` ask.

import type { CompletionRequest } from "../core/request.ts";
import type { Escalation } from "../core/route.ts";
import type { Plan } from "../core/stages.ts";

/** The route's escalation, where this request may come to one. */
export function escalationOf(plan: Plan<CompletionRequest>): Escalation | undefined {
  const { way, candidates, request, straight } = plan;
  const escalation = way?.route.escalate;
  if (escalation === undefined || straight || candidates.length < 2) return undefined;
  return request.stream && escalation.streams === "skip" ? undefined : escalation;
}

/** True where the upstream must be asked for probabilities that the caller did not ask for. */
export const wantsLogprobs = (plan: Plan<CompletionRequest>): boolean =>
  plan.request.logprobs !== true && escalationOf(plan)?.when.meanLogprobBelow !== undefined;

/** What is learned is learned of such requests: their task, length and labels. */
export function memoryKeyOf({
  way,
  task,
  request,
  sensitivity,
}: Pick<Plan<CompletionRequest>, "way" | "task" | "request" | "sensitivity">): {
  readonly route: string;
  readonly category: string;
} {
  const characters = request.messages.reduce(
    (sum, { parts }) =>
      sum + parts.reduce((inner, part) => inner + (part.type === "text" ? part.text.length : 1_000), 0),
    0,
  );
  const length = characters < 600 ? "short" : characters < 6_000 ? "medium" : "long";
  const labels = sensitivity.effective.labels.join("+");
  return {
    route: way?.route.name ?? "",
    category: [task ?? "any task", length, labels || "no labels"].join(", "),
  };
}
