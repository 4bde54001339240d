// What would have to be otherwise for a refused request to be permitted: each suggestion is tried on
// the policy in force before it is made. `policy-request.ts` shows them to people who may read rules.

import type { Deployment, Guarantee } from "../core/deployment.ts";
import { isMadeFor } from "../core/made-for.ts";
import { placeOf, type SensitivityReport } from "../core/errors.ts";
import { formatSensitivity, sensitivity, type Sensitivity } from "../core/sensitivity.ts";
import type { Weighed } from "../core/stages.ts";
import type { PolicyAnswer } from "../gateway/policy-administration.ts";
import type { Snapshot } from "../gateway/snapshots.ts";
import { joinWords } from "../policy/sentences.ts";

const mostNamed = 3;
/** A rail may ask for one more promise once the first is there. */
const mostRounds = 3;

export function whatCouldChange(
  weighed: Weighed,
  report: SensitivityReport,
  defaultSensitivity: Sensitivity | undefined,
  answers: readonly PolicyAnswer[],
  snapshot: Snapshot,
): readonly string[] {
  const refused = answers.filter(({ allowed }) => !allowed);
  if (refused.length === 0) return [];
  return [
    ...otherModels(weighed, answers, snapshot),
    ...lessData(weighed, report, defaultSensitivity, refused, snapshot),
    ...attestations(weighed, refused, snapshot),
    ...switchedOn(weighed, refused, snapshot),
    ...conditions(refused),
    ...roles(refused),
  ];
}

const permits = (weighed: Weighed, deployment: Deployment, { policy }: Snapshot): boolean =>
  policy.explain(weighed, deployment).allowed;

function otherModels(
  weighed: Weighed,
  answers: readonly PolicyAnswer[],
  snapshot: Snapshot,
): readonly string[] {
  const asked = new Set(answers.map(({ deployment }) => deployment?.id));
  const others = snapshot.catalog.deployments.filter(
    (one) =>
      !asked.has(one.id) &&
      one.provider.enabled &&
      isMadeFor(one.model, weighed.request.action) &&
      permits(weighed, one, snapshot),
  );
  return others.length === 0 ? [] : [`Asking for another model: ${named(others)} may see this data.`];
}

function lessData(
  weighed: Weighed,
  { declared, detected }: SensitivityReport,
  defaultSensitivity: Sensitivity | undefined,
  refused: readonly PolicyAnswer[],
  snapshot: Snapshot,
): readonly string[] {
  if (detected.length === 0) return [];
  const without = declared ?? defaultSensitivity ?? sensitivity("internal");
  const lighter = { ...weighed, sensitivity: { ...weighed.sensitivity, effective: without } };
  const opened = deploymentsOf(refused).filter((one) => permits(lighter, one, snapshot));
  if (opened.length === 0) return [];
  const found = [...new Set(detected.map(({ kind, messageIndex }) => `${kind} ${placeOf(messageIndex)}`))];
  return [
    `Leaving out what was found (${found.join(", ")}): it would count as ${formatSensitivity(without)}, and ${named(opened)} could serve.`,
  ];
}

function attestations(
  weighed: Weighed,
  refused: readonly PolicyAnswer[],
  snapshot: Snapshot,
): readonly string[] {
  const opened = new Map<string, Deployment[]>();
  for (const deployment of deploymentsOf(refused).filter(({ provider }) => provider.enabled)) {
    const promises = promisesThatOpen(weighed, deployment, snapshot);
    if (promises.length === 0) continue;
    const key = `${joinWords(promises, "and")} of ${deployment.provider.id}`;
    opened.set(key, [...(opened.get(key) ?? []), deployment]);
  }
  return [...opened].map(
    ([key, deployments]) => `A contract for ${key}, attested: ${named(deployments)} could serve.`,
  );
}

/** Where it runs cannot be promised by contract. */
const isPromise = (word: string): boolean => word !== "self-hosted" && !word.startsWith("region:");

function promisesThatOpen(weighed: Weighed, deployment: Deployment, { policy }: Snapshot): readonly string[] {
  const promises: string[] = [];
  for (let round = 0; round < mostRounds; round++) {
    const { allowed, missing, decidedBy } = policy.explain(weighed, promising(deployment, promises));
    if (allowed) return promises;
    const needed = missing.filter(isPromise);
    // A rail names several of which one is enough; a permission needs all of them.
    promises.push(...(decidedBy === undefined ? needed : needed.slice(0, 1)));
    if (needed.length === 0 || (decidedBy === undefined && needed.length < missing.length)) return [];
  }
  return policy.explain(weighed, promising(deployment, promises)).allowed ? promises : [];
}

function promising(deployment: Deployment, promises: readonly string[]): Deployment {
  const others = deployment.guarantees.filter(({ name }) => !promises.includes(name));
  const held = promises.map((name): Guarantee => ({
    name,
    held: true,
    source: undefined,
    read: undefined,
    until: undefined,
    attestedBy: "administrator",
    because: undefined,
  }));
  return { ...deployment, guarantees: [...others, ...held] };
}

function switchedOn(
  weighed: Weighed,
  refused: readonly PolicyAnswer[],
  snapshot: Snapshot,
): readonly string[] {
  const opened = deploymentsOf(refused)
    .filter(({ provider }) => !provider.enabled)
    .filter((one) => permits(weighed, { ...one, provider: { ...one.provider, enabled: true } }, snapshot));
  const providers = [...new Set(opened.map(({ provider }) => provider.name))];
  return opened.length === 0
    ? []
    : [`Switching on ${joinWords(providers, "and")}: ${named(opened)} could serve.`];
}

function conditions(refused: readonly PolicyAnswer[]): readonly string[] {
  const asked = refused.flatMap(({ failed, nearest, decidedBy }) =>
    failed === "when" && decidedBy === undefined
      ? (nearest?.ticks.find((one) => one.column === "when") ?? [])
      : [],
  );
  return [...new Set(asked.map(({ asks }) => `The condition that a permission asks for: ${asks}.`))];
}

function roles(refused: readonly PolicyAnswer[]): readonly string[] {
  const forOthers = refused.flatMap(({ nearest }) => {
    const missed = nearest?.ticks.filter(({ ok }) => !ok) ?? [];
    return nearest && missed.length === 1 && missed[0]?.column === "who" ? [nearest] : [];
  });
  const said = forOthers.map(
    ({ id, ticks }) => `A key that is ${ticks[0]?.asks ?? "somebody else"}: the rule ${id} would cover it.`,
  );
  return [...new Set(said)];
}

const deploymentsOf = (answers: readonly PolicyAnswer[]): readonly Deployment[] =>
  answers.flatMap(({ deployment }) => deployment ?? []);

function named(deployments: readonly Deployment[]): string {
  const ids = deployments.slice(0, mostNamed).map(({ id }) => id);
  const more = deployments.length - ids.length;
  return more > 0 ? `${ids.join(", ")} and ${more} more` : joinWords(ids, "and");
}
