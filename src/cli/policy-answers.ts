// Prints explanations for people: the answer, the rule as a sentence, the closest permission with ticks.
// `policy-questions.ts` asks for exactly these fields, and prints them as they are for machines.

import { termFields, type Terms } from "./safety-terms.ts";

interface Rule {
  readonly id: string;
  readonly sentence: string;
  readonly line: number;
}

export interface Answer {
  readonly deployment: { readonly id: string } | null;
  readonly allowed: boolean;
  readonly because: string;
  readonly decidedBy: Rule | null;
  readonly nearestGrant: {
    readonly rule: Rule;
    readonly ticks: readonly { readonly column: string; readonly ok: boolean; readonly asks: string }[];
  } | null;
  readonly missing: readonly string[];
  readonly safety: Terms;
}

export interface Explained {
  readonly id: string;
  readonly at: string;
  readonly outcome: string;
  readonly key: string;
  readonly team: string;
  readonly roles: readonly string[];
  readonly action: string;
  readonly model: string;
  readonly purpose: string | null;
  readonly sensitivity: { readonly effective: string };
  readonly reasons: readonly string[];
  readonly policyVersion: number;
  readonly decided: readonly {
    readonly deployment: { readonly id: string };
    readonly allowed: boolean;
    readonly because: string;
  }[];
  readonly policyVersionNow: number;
  readonly answersNow: readonly Answer[];
  readonly couldChange: readonly string[];
}

const ruleFields = "{ id sentence because line csv }";
export const answerFields = `deployment { id } allowed because decidedBy ${ruleFields} nearestGrant { rule ${ruleFields} ticks { column ok asks } } failedColumn missing safety ${termFields}`;
export const requestFields = `id at outcome key team roles action model purpose sensitivity { effective declared underDeclared detected { label kind messageIndex count } } reasons policyVersion decided { deployment { id } allowed because rule } policyVersionNow answersNow { ${answerFields} } couldChange`;

const tick = (ok: boolean): string => (ok ? "✓" : "✗");

export function answerLines({
  deployment,
  allowed,
  because,
  decidedBy,
  nearestGrant,
}: Answer): readonly string[] {
  return [
    `${tick(allowed)} ${deployment?.id ?? "such a provider"}: ${allowed ? "permitted" : "refused"}. ${because}`,
    ...(decidedBy === null
      ? []
      : [`    policy.csv:${decidedBy.line} ${decidedBy.id}: ${decidedBy.sentence}`]),
    ...(allowed || nearestGrant === null
      ? []
      : [
          `    closest permission, policy.csv:${nearestGrant.rule.line} ${nearestGrant.rule.id}: ${nearestGrant.rule.sentence}`,
          ...nearestGrant.ticks.map(({ column, ok, asks }) => `      ${tick(ok)} ${column}: ${asks}`),
        ]),
  ];
}

/** More deployments of one kind than these say nothing new. */
const mostShown = 8;

export function requestLines(one: Explained): readonly string[] {
  const roles = one.roles.length === 0 ? "without a role" : `as ${one.roles.join(", ")}`;
  const purpose = one.purpose === null ? "" : ` for the purpose ${one.purpose}`;
  return [
    `${one.id}, ${one.at}: ${one.outcome}`,
    `Who: ${one.key} of ${one.team}, now ${roles}; asked to ${one.action} with ${one.model}${purpose}.`,
    `Data: ${one.sensitivity.effective}`,
    ...one.reasons.map((reason) => `  ${reason}`),
    `Decided under version ${one.policyVersion}:`,
    ...shortened(
      one.decided.map(
        ({ deployment, allowed, because }) => [`  ${tick(allowed)} ${deployment.id}: ${because}`] as const,
      ),
    ),
    `Now, under version ${one.policyVersionNow}:`,
    ...shortened(one.answersNow.map((answer) => answerLines(answer).map((line) => `  ${line}`))),
    ...(one.couldChange.length === 0
      ? []
      : ["What could change this:", ...one.couldChange.map((line) => `  - ${line}`)]),
  ];
}

function shortened(blocks: readonly (readonly string[])[]): readonly string[] {
  const more = blocks.length - mostShown;
  return [...blocks.slice(0, mostShown).flat(), ...(more > 0 ? [`  … and ${more} more`] : [])];
}
