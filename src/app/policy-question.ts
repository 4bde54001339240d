// `portcullis policy explain --who … --does … --data …`: what the policy in force says to a request
// that nobody made, at the deployments of the catalog or at a provider that need not exist.

import type { Deployment } from "../core/deployment.ts";
import { isMadeFor } from "../core/made-for.ts";
import { Failure } from "../core/errors.ts";
import type { ModelRequest } from "../core/request.ts";
import type { PolicyAnswer, PolicyQuestion } from "../gateway/policy-administration.ts";
import type { Snapshot } from "../gateway/snapshots.ts";
import { parseTag } from "../intake/normalise.ts";
import { identityAtom } from "../policy/cells/provider.ts";
import { suggest } from "../policy/problems.ts";
import { safetyTerms } from "../policy/safety-terms.ts";
import { actions, identityKinds, isGuarantee } from "../policy/vocabulary.ts";
import { resolve } from "../routing/resolve.ts";
import { hypotheticalCaller, hypotheticalRequest } from "./hypothetical.ts";

export function answerQuestion(
  question: PolicyQuestion,
  snapshot: Snapshot,
  now: Date,
): readonly PolicyAnswer[] {
  const { policy } = snapshot;
  const who = question.who.map(subjectId);
  const data = parseTag(question.data, policy.labels, "data");
  const action = actions.find((known) => known === question.does);
  if (action === undefined) throw unknown("does", question.does, actions);
  const { provider, model, purpose } = question;
  const safety = safetyTerms(policy.rows, who.join(" "))(data);
  if (provider !== undefined && model !== undefined)
    throw invalid("model", "goes without provider: a deployment has promises of its own");
  if (provider !== undefined) {
    const atoms = new Set(provider.flatMap((word) => atomsOf(word, snapshot)));
    const explanation = policy.explainQuestion({
      subjects: who.join(" "),
      action,
      data,
      deployment: { atoms, uncertain: [] },
      circumstances: { purpose, environment: "production", now: now.getTime(), breakGlass: false },
    });
    return [{ ...explanation, deployment: undefined, safety }];
  }
  const caller = hypotheticalCaller(who);
  const request = hypotheticalRequest({ caller, action, model: model ?? "", data, purpose });
  return candidates(model, action, snapshot).map((deployment) => ({
    ...policy.explain(request, deployment),
    deployment,
    safety,
  }));
}

/** Without a model: all that are switched on and made for the action. */
function candidates(
  model: string | undefined,
  action: ModelRequest["action"],
  { catalog, routes }: Snapshot,
): readonly Deployment[] {
  if (model === undefined)
    return catalog.deployments.filter((one) => one.provider.enabled && isMadeFor(one.model, action));
  const request = hypotheticalRequest({
    caller: hypotheticalCaller([]),
    action,
    model,
    data: { level: "public", labels: [] },
    purpose: undefined,
  }).request;
  const named = resolve(request, catalog, routes);
  if (named.length > 0) return named;
  throw new Failure("MODEL_NOT_FOUND", undefined, { path: "model" });
}

function subjectId(id: string): string {
  const full = id.includes(":") ? id : `role:${id}`;
  if (/^(role|team|key):[A-Za-z0-9][A-Za-z0-9._-]{0,63}$|^user:[A-Za-z0-9._%@/-]{1,800}$/.test(full))
    return full;
  throw invalid("who", `"${id.slice(0, 60)}" must be role:, team:, key: or user: and a name`);
}

function atomsOf(word: string, { policy }: Snapshot): readonly string[] {
  if (identityKinds.some((kind) => word.startsWith(`${kind}:`))) return [identityAtom(word)];
  if (isGuarantee(word, policy.rows.vocabulary)) return [...policy.impliedBy(word)];
  throw unknown("provider", word, policy.rows.vocabulary.guarantees);
}

function unknown(path: string, word: string, known: Iterable<string>): Failure {
  const hint = suggest(word, known);
  return invalid(path, `"${word.slice(0, 60)}" is unknown${hint === undefined ? "" : `; ${hint}`}`);
}

const invalid = (path: string, what: string): Failure =>
  new Failure("INVALID_REQUEST", `${path}: ${what}.`, { path });
