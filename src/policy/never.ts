// Invariants: `phi without baa unless self-hosted`, checked for every provider there could ever be.
// `run-tests.ts` asks it; a refuted invariant comes with the smallest counterexample found.

import {
  labelFloors,
  isLevel,
  formatSensitivity,
  sensitivity,
  type Sensitivity,
} from "../core/sensitivity.ts";
import { read, refuse, type Cell } from "./cells/cell.ts";
import type { GrantQuestion } from "./casbin-engine.ts";
import { isWithinHours } from "./cells/hours.ts";
import { identityAtom } from "./cells/provider.ts";
import { applies, evaluate, rowsFor } from "./compiled.ts";
import type { Links } from "./links.ts";
import { suggest } from "./problems.ts";
import type { GrantRow, PolicyRows } from "./rows.ts";
import { joinWords } from "./sentences.ts";
import { actions, environments, identityKinds, isGuarantee, type Vocabulary } from "./vocabulary.ts";

export interface Never {
  readonly text: string;
  readonly line: number;
  /** The least sensitive data it speaks of: if that is refused, so is everything above. */
  readonly data: Sensitivity;
  /** Where one of these holds, the invariant says nothing. */
  readonly unless: readonly string[];
  /** Names the provider has, as `vendor:acme`. */
  readonly named: readonly string[];
}

const form =
  /^(?:any )?(\S+?)( or above)? (?:(?:without|outside) (\S+(?: or \S+)*?)|at (\S+))(?: unless (\S+(?: or \S+)*))?$/;

export function readNever(text: string, vocabulary: Vocabulary): Cell<Omit<Never, "line">> {
  const match = form.exec(text);
  if (!match)
    return refuse(
      `"${text}" is no invariant`,
      "write: <label> without <guarantee> [unless <guarantee> or <guarantee>]",
    );
  const [, what = "", orAbove, lacking, place, exception] = match;
  const unless = [lacking, exception].flatMap((words) => words?.split(" or ") ?? []);
  for (const word of unless) {
    if (!isGuarantee(word, vocabulary))
      return refuse(`unknown guarantee "${word}"`, suggest(word, vocabulary.guarantees));
  }
  if (place !== undefined && !identityKinds.some((kind) => place.startsWith(`${kind}:`))) {
    return refuse(`"${place}" names no provider`, "write: vendor:, family:, model: or provider: and a name");
  }
  const named = place === undefined ? [] : [identityAtom(place)];
  if (orAbove !== undefined) {
    if (!isLevel(what))
      return refuse(
        `unknown level "${what}"`,
        suggest(what, ["public", "internal", "confidential", "restricted"]),
      );
    return read({ text, data: sensitivity(what), unless, named });
  }
  if (!vocabulary.labels.has(what))
    return refuse(`unknown label "${what}"`, suggest(what, vocabulary.labels));
  return read({ text, data: sensitivity(labelFloors[what] ?? "public", [what]), unless, named });
}

/**
 * A sentence that shows how it can happen, or undefined. More sensitive data is never allowed more and
 * a further guarantee never closes, so the least data at the provider that promises everything but the
 * excepted words stands for every combination. A test compares this with all combinations, one by one.
 */
export function counterexample(
  never: Never,
  rows: PolicyRows,
  teams: Links,
  guarantees: Links,
  now: number,
): string | undefined {
  const promised = [...rows.vocabulary.guarantees, ...wordsOf(rows)].filter(
    (word) => ![...guarantees.reach(word)].some((implied) => never.unless.includes(implied)),
  );
  for (const question of situations(never, rows, [...promised, ...never.named], now)) {
    const own = rowsFor(rows.grants, question.subjects, teams);
    if (evaluate(own, question)) return tell(own, question, guarantees);
  }
  return undefined;
}

function* situations(
  never: Never,
  rows: PolicyRows,
  atoms: readonly string[],
  now: number,
): Generator<GrantQuestion> {
  const conditions = rows.grants.flatMap((row) => row.when.conditions);
  const purposes = conditions.flatMap((condition) =>
    condition.kind === "purpose" ? [condition.purpose] : [],
  );
  const environmentsUsed = conditions.some((condition) => condition.kind === "env")
    ? environments
    : environments.slice(0, 1);
  const deployment = { atoms: new Set(atoms), uncertain: [] };
  const moments = momentsOf(rows, now);
  for (const subjects of subjectsOf(rows)) {
    for (const action of actions) {
      for (const purpose of new Set([undefined, ...purposes])) {
        for (const environment of environmentsUsed) {
          for (const moment of moments) {
            const circumstances = { purpose, environment, now: moment, breakGlass: false };
            yield { subjects, action, data: never.data, deployment, circumstances };
          }
        }
      }
    }
  }
}

/** One subject at a time: what several are allowed together, one of them is allowed alone. */
export function subjectsOf(rows: PolicyRows): readonly string[] {
  const named = rows.grants.map((row) => row.who).filter((who) => who !== "anyone");
  const teams = rows.links.filter((link) => link.type === "g").map((link) => link.from);
  return [...new Set(["", ...named, ...teams])];
}

/** One moment for every way in which the rows that look at the clock can answer together. */
export function momentsOf(rows: PolicyRows, now: number): readonly number[] {
  const conditions = rows.grants.flatMap((row) => row.when.conditions);
  const hours = conditions.flatMap((condition) => (condition.kind === "hours" ? [condition.hours] : []));
  const dates = conditions.flatMap((condition) =>
    condition.kind === "before" ? [condition.at - day, condition.at] : [],
  );
  const starts = [...new Set([now, ...dates])];
  if (hours.length === 0) return starts;
  return starts.flatMap((start) => {
    const moments = new Map<string, number>();
    for (let moment = start; moment < start + day; moment += minute) {
      moments.set(hours.map((one) => isWithinHours(one, moment)).join(), moment);
    }
    return [...moments.values()];
  });
}

const minute = 60_000;
const day = 86_400_000;

/** Takes away every promise that the counterexample does not need. */
function tell(own: readonly GrantRow[], question: GrantQuestion, guarantees: Links): string {
  const atoms = new Set(question.deployment.atoms);
  for (const atom of question.deployment.atoms) {
    atoms.delete(atom);
    if (!evaluate(own, { ...question, deployment: { atoms, uncertain: [] } })) atoms.add(atom);
  }
  const rule = own.find((row) => row.effect === "allow" && applies(row, question));
  const needed = [...atoms].filter(
    (atom) => ![...atoms].some((other) => other !== atom && guarantees.reach(other).has(atom)),
  );
  const who = question.subjects === "" ? "anyone" : question.subjects;
  const where =
    needed.length === 0 ? "a provider that promises nothing" : `a provider with ${joinWords(needed, "and")}`;
  return `${who} may ${question.action} with ${formatSensitivity(question.data)} at ${where} (rule ${rule?.id}, line ${rule?.line})`;
}

const wordsOf = (rows: PolicyRows): readonly string[] => [
  ...rows.grants.flatMap(({ provider }) =>
    provider.kind === "with" || provider.kind === "unless" ? provider.words : [],
  ),
  ...rows.links.flatMap((link) => (link.type === "g2" ? [link.from, link.to] : [])),
];
