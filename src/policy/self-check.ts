// Proves a snapshot before it is used: known decisions through the model, and the same answer from
// Casbin over all rows as from the short way that requests take. Throws where anything differs.

import { levels, parseSensitivity, sensitivity, type Sensitivity } from "../core/sensitivity.ts";
import { buildEngine, type CasbinEngine, type GrantQuestion } from "./casbin-engine.ts";
import { evaluate } from "./compiled.ts";
import { makeDecide } from "./decide.ts";
import { goldenGrants, goldenPolicy, goldenSafety } from "./golden.ts";
import { ownRows } from "./own-rows.ts";
import { parsePolicy } from "./parse-policy.ts";
import type { PolicyRows } from "./rows.ts";
import { rowsInForce } from "./safety-rows.ts";
import { actions } from "./vocabulary.ts";

/** Throws where the model does not decide as it must, also with no rows at all. */
export async function proveModel(model?: string): Promise<void> {
  const parsed = parsePolicy(goldenPolicy, 0);
  if (!parsed.ok) throw new Error(`the golden policy cannot be read: ${parsed.problems[0]?.message}`);
  const engine = await buildEngine(parsed.rows, model);
  const empty = await buildEngine(
    { ...parsed.rows, all: [], grants: [], safety: [], regime: [], links: [] },
    model,
  );
  for (const golden of goldenGrants) {
    const question = {
      subjects: golden.subjects,
      action: golden.action,
      data: tag(golden.data),
      deployment: { atoms: new Set(golden.atoms), uncertain: [] },
      circumstances: {
        purpose: golden.purpose,
        environment: "test",
        now: 0,
        breakGlass: golden.breakGlass ?? false,
      },
    } as const;
    demand(
      engine.permits(question) === golden.allowed,
      `the model decides wrongly: ${JSON.stringify(golden)}`,
    );
    demand(!empty.permits(question), "the model allows something although there are no rows");
  }
  for (const { subjects, data, category, action, granted } of goldenSafety) {
    const answer = engine.grantsSafety(subjects, tag(data), category, action);
    demand(answer === granted, `the model decides wrongly on ${category}, ${action}`);
    demand(!empty.grantsSafety(subjects, tag(data), category, action), "the model grants without rows");
  }
}

const mostSamples = 300;
const mostMilliseconds = 50;

/** Asks random questions made of the policy's own words. Bounded in time; the same ones every time. */
export function proveAgreement(rows: PolicyRows, engine: CasbinEngine): void {
  const decide = makeDecide(engine);
  const random = lottery(rows.all.length + 1);
  const end = performance.now() + mostMilliseconds;
  for (let sample = 0; sample < mostSamples && performance.now() < end; sample++) {
    const question = randomQuestion(rows, random);
    const own = ownRows(rows.grants, question, engine.teams);
    const answers = [engine.permits(question), decide(own, question).allowed, evaluate(own.all, question)];
    demand(new Set(answers).size === 1, `Casbin and the compiled rows differ: ${answers.join(", ")}`);
    proveSafety(rows, engine, question, random);
  }
}

/** One finding and one word of the regime, by the same reader about the same data. */
function proveSafety(
  rows: PolicyRows,
  engine: CasbinEngine,
  { subjects, data }: GrantQuestion,
  random: Lottery,
): void {
  const pick = <T>(from: readonly T[]): T | undefined => from[random(from.length)];
  const row = pick([...rows.safety, ...rows.regime]);
  if (row === undefined) return;
  const question = { subjects, data, category: row.category };
  const compiled = rowsInForce([...rows.safety, ...rows.regime], engine, question);
  const answer = engine.grantsSafety(subjects, data, row.category, row.action);
  const agrees = answer === compiled.some(({ action }) => action === row.action);
  demand(agrees, `Casbin and the compiled rows differ on ${row.category}, ${row.action}`);
}

export type Lottery = (below: number) => number;

/** A small generator with a seed (mulberry32), so that a failure can be repeated. */
export function lottery(seed: number): Lottery {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

export function randomQuestion(rows: PolicyRows, random: Lottery): GrantQuestion {
  const some = <T>(from: readonly T[], odds: number): T[] => from.filter(() => random(odds) === 0);
  const pick = <T>(from: readonly T[]): T | undefined => from[random(from.length)];
  const who = [
    ...rows.grants.map((row) => row.who),
    ...rows.links.filter((link) => link.type === "g").map((link) => link.from),
  ];
  const named = who.filter((name) => name !== "anyone");
  const words = rows.grants.flatMap(({ provider }) => (provider.kind === "anywhere" ? [] : provider.words));
  const purposes = rows.grants.flatMap((row) =>
    row.when.conditions.flatMap((condition) => (condition.kind === "purpose" ? [condition.purpose] : [])),
  );
  const atoms = [...new Set(words)].map((word) => word.toLowerCase());
  return {
    subjects: [...new Set(["key:nobody", pick(named), ...some(named, 8)])].filter(Boolean).join(" "),
    action: pick(actions) ?? "complete",
    data: sensitivity(pick(levels) ?? "public", some([...rows.vocabulary.labels], 5)),
    deployment: { atoms: new Set(some(atoms, 2)), uncertain: random(8) === 0 ? ["vendor"] : [] },
    circumstances: {
      purpose: pick([undefined, ...purposes]),
      environment: pick(["production", "development"] as const) ?? "production",
      now: 1_750_000_000_000 + random(2_000) * 86_400_000 + random(86_400_000),
      breakGlass: random(4) === 0,
    },
  };
}

function tag(text: string): Sensitivity {
  const parsed = parseSensitivity(text, { has: () => true });
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

function demand(holds: boolean, message: string): void {
  if (!holds) throw new Error(`The policy's self-check failed: ${message}.`);
}
