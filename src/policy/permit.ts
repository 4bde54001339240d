// Answers which deployments may serve a request, from decisions remembered inside one snapshot.
// The gateway calls it through `Policy`. The only cast to `PermittedDeployment` stands here.

import type { Deployment } from "../core/deployment.ts";
import type { Consideration } from "../core/errors.ts";
import type { Permit, PermittedDeployment } from "../core/permit.ts";
import { formatSensitivity, type Sensitivity } from "../core/sensitivity.ts";
import type { Weighed } from "../core/stages.ts";
import type { CasbinEngine } from "./casbin-engine.ts";
import { makeDecide, type Decision } from "./decide.ts";
import { pointOf } from "./deployment-point.ts";
import { featuresOf } from "./features.ts";
import { obligationsOf } from "./obligations.ts";
import { ownRows, type OwnRows } from "./own-rows.ts";
import type { BreakGlass } from "./policy.ts";
import type { GrantRow, PolicyRows } from "./rows.ts";
import { makeSubjects, notMinted } from "./subjects.ts";
import type { Environment } from "./vocabulary.ts";
import { whyMissing } from "./why-missing.ts";

export interface PermitParts {
  readonly version: number;
  readonly hash: string;
  readonly rows: PolicyRows;
  readonly engine: CasbinEngine;
  readonly environment: Environment;
  /** Decisions are made at this clock's time, not at the request's arrival. */
  readonly now: () => number;
}

type AskPermit = (weighed: Weighed, candidates: readonly Deployment[], breakGlass?: BreakGlass) => Permit;

/** All that is the same for every candidate. */
interface Circumstances {
  readonly subjects: string;
  readonly action: string;
  readonly data: Sensitivity;
  readonly purpose: string | undefined;
  readonly features: number;
  readonly breakGlass: boolean;
}

/** And what was decided in it. */
interface Situation extends Circumstances {
  readonly rows: OwnRows;
  /** By the atoms that occur in any row. */
  readonly decisions: Map<string, Decision>;
  /** A deployment never changes: another catalog or another attestation is another object. */
  readonly entries: WeakMap<Deployment, Entry>;
  /** By the first of the candidates: a name means the same ones each time. */
  readonly answers: WeakMap<Deployment, Answer>;
}

interface Answer {
  readonly candidates: readonly Deployment[];
  readonly permit: Permit;
  readonly validUntil: number;
}

interface Entry {
  readonly permitted: PermittedDeployment | undefined;
  readonly consideration: Consideration;
  readonly validUntil: number;
}

const situationsKept = 5_000;

export function makePermit(parts: PermitParts): AskPermit {
  const { engine, rows } = parts;
  const decide = makeDecide(engine);
  const subjectsOf = makeSubjects(rows.grants, engine.teams);
  const situations = new Map<string, Situation>();
  /** The last that was asked about: an attempt asks again, and the next request is mostly of the same kind. */
  let last: Situation | undefined;
  const words = providerWords(rows.grants);
  const purposes = namedPurposes(rows.grants);

  return (weighed, candidates, breakGlass) => {
    const now = parts.now();
    const situation = situationOf(weighed, breakGlass !== undefined && breakGlass.until > now);
    if (situation === undefined)
      return permitOf(
        [],
        candidates.map((one) => refusal(one, notMinted)),
      );
    const [first] = candidates;
    if (first === undefined) return permitOf([], []);
    let answer = situation.answers.get(first);
    if (answer === undefined || answer.validUntil <= now || !areSame(answer.candidates, candidates)) {
      answer = answerOf(candidates, situation, now);
      situation.answers.set(first, answer);
    }
    return answer.permit;
  };

  function permitOf(allowed: readonly PermittedDeployment[], considered: readonly Consideration[]): Permit {
    return { policyVersion: parts.version, policyHash: parts.hash, allowed, considered };
  }

  function answerOf(candidates: readonly Deployment[], situation: Situation, now: number): Answer {
    const allowed: PermittedDeployment[] = [];
    const considered: Consideration[] = [];
    let validUntil = Number.POSITIVE_INFINITY;
    for (const deployment of candidates) {
      let entry = situation.entries.get(deployment);
      if (entry === undefined || entry.validUntil <= now) {
        entry = judge(deployment, situation, now);
        situation.entries.set(deployment, entry);
      }
      validUntil = Math.min(validUntil, entry.validUntil);
      considered.push(entry.consideration);
      if (entry.permitted) allowed.push(entry.permitted);
    }
    return { candidates, permit: permitOf(allowed, considered), validUntil };
  }

  function situationOf(weighed: Weighed, breakGlass: boolean): Situation | undefined {
    const subjects = subjectsOf(weighed.caller);
    if (subjects === undefined) return undefined;
    const data = weighed.sensitivity.effective;
    const { action } = weighed.request;
    const features = featuresOf(weighed.request);
    const purpose =
      weighed.purpose !== undefined && purposes.has(weighed.purpose) ? weighed.purpose : undefined;
    const asked = { subjects, action, data, purpose, features, breakGlass };
    if (last && isSame(last, asked)) return last;
    const key = `${subjects}|${action}|${formatSensitivity(data)}|${purpose ?? ""}|${features}|${breakGlass}`;
    let situation = situations.get(key);
    if (situation === undefined) {
      const own = ownRows(rows.grants, { subjects, action, data }, engine.teams);
      situation = {
        ...asked,
        rows: own,
        decisions: new Map(),
        entries: new WeakMap(),
        answers: new WeakMap(),
      };
      forgetOldest(situations, situationsKept);
      situations.set(key, situation);
    }
    last = situation;
    return situation;
  }

  function judge(deployment: Deployment, situation: Situation, now: number): Entry {
    const { provider } = deployment;
    if (!provider.enabled) {
      const why = provider.disabledReason ?? `${provider.name} is off`;
      return {
        permitted: undefined,
        consideration: refusal(deployment, why),
        validUntil: Number.POSITIVE_INFINITY,
      };
    }
    const { point, validUntil } = pointOf(deployment, situation.features, now, engine.guarantees);
    const key = words.map((word) => (point.atoms.has(word) ? "1" : "0")).join("") + point.uncertain.join("");
    let decision = situation.decisions.get(key);
    if (decision === undefined || decision.validUntil <= now) {
      const { subjects, action, data, purpose, breakGlass } = situation;
      const circumstances = { purpose, environment: parts.environment, now, breakGlass };
      decision = decide(situation.rows, { subjects, action, data, deployment: point, circumstances });
      forgetOldest(situation.decisions, situationsKept);
      situation.decisions.set(key, decision);
    }
    return entryOf(deployment, situation, decision, Math.min(validUntil, decision.validUntil));
  }
}

const isSame = (a: Circumstances, b: Circumstances): boolean =>
  a.subjects === b.subjects &&
  a.action === b.action &&
  a.purpose === b.purpose &&
  a.features === b.features &&
  a.breakGlass === b.breakGlass &&
  (a.data === b.data ||
    (a.data.level === b.data.level &&
      a.data.labels.length === b.data.labels.length &&
      a.data.labels.every((label, index) => label === b.data.labels[index])));

const areSame = (before: readonly Deployment[], now: readonly Deployment[]): boolean =>
  before === now || (before.length === now.length && now.every((one, index) => one === before[index]));

function entryOf(
  deployment: Deployment,
  situation: Situation,
  decision: Decision,
  validUntil: number,
): Entry {
  const { row, missing } = decision;
  if (!decision.allowed || row === undefined) {
    const because = [decision.because, ...whyMissing(deployment, situation.features, missing)].join(" ");
    return {
      permitted: undefined,
      consideration: refusal(deployment, because, row?.id, missing),
      validUntil,
    };
  }
  const restsOn = row.provider.kind === "with" ? row.provider.words : [];
  const obligations = obligationsOf({ deployment, data: situation.data, restsOn });
  const permitted = { deployment, rule: row.id, obligations } as unknown as PermittedDeployment;
  const { because } = decision;
  const consideration = { allowed: true, because, deploymentId: deployment.id, missing: [], rule: row.id };
  return { permitted, consideration, validUntil };
}

const refusal = (
  deployment: Deployment,
  because: string,
  rule?: string,
  missing: readonly string[] = [],
): Consideration => ({ allowed: false, because, deploymentId: deployment.id, missing, rule });

const providerWords = (rows: readonly GrantRow[]): readonly string[] => [
  ...new Set(
    rows.flatMap(({ provider }) => {
      if (provider.kind === "anywhere") return [];
      return provider.kind === "if" ? provider.words.map((word) => word.toLowerCase()) : provider.words;
    }),
  ),
];

function namedPurposes(rows: readonly GrantRow[]): ReadonlySet<string> {
  const conditions = rows.flatMap((row) => row.when.conditions);
  return new Set(
    conditions.flatMap((condition) => (condition.kind === "purpose" ? [condition.purpose] : [])),
  );
}

/** Maps keep the order of insertion, so the first key is the oldest. */
function forgetOldest(map: Map<string, unknown>, kept: number): void {
  if (map.size < kept) return;
  const oldest = map.keys().next();
  if (oldest.done !== true) map.delete(oldest.value);
}
