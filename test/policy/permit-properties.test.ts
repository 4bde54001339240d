// What must hold for every policy and every request: tried on thousands of random ones, with a seed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { isWithin, joinSensitivity, levels, sensitivity } from "../../src/core/sensitivity.ts";
import { buildEngine, type CasbinEngine, type GrantQuestion } from "../../src/policy/casbin-engine.ts";
import { evaluate, rowsFor } from "../../src/policy/compiled.ts";
import { makeDecide } from "../../src/policy/decide.ts";
import { ownRows } from "../../src/policy/own-rows.ts";
import { parsePolicy } from "../../src/policy/parse-policy.ts";
import { formatProblem } from "../../src/policy/problems.ts";
import type { PolicyRows } from "../../src/policy/rows.ts";
import { lottery, randomQuestion, type Lottery } from "../../src/policy/self-check.ts";
import { randomPolicy } from "../kit/random-policy.ts";

const policies = 40;
const questionsEach = 300;

interface Tried {
  readonly engine: CasbinEngine;
  readonly rows: PolicyRows;
  readonly question: GrantQuestion;
  readonly random: Lottery;
}

/** At least 10,000 decisions over many policies. */
async function everyQuestion(check: (tried: Tried) => void): Promise<void> {
  const random = lottery(20261121);
  for (let index = 0; index < policies; index++) {
    const csv = randomPolicy(random);
    const parsed = parsePolicy(csv, 0);
    assert.ok(parsed.ok, parsed.ok ? "" : parsed.problems.map(formatProblem).join("\n"));
    const engine = await buildEngine(parsed.rows);
    for (let number = 0; number < questionsEach; number++) {
      check({ engine, rows: parsed.rows, question: randomQuestion(parsed.rows, random), random });
    }
  }
}

const decided = ({ engine, rows }: Tried, question: GrantQuestion): boolean =>
  evaluate(rowsFor(rows.grants, question.subjects, engine.teams), question);

test("Casbin over all rows, Casbin over the rows that apply, and the compiled rows never disagree", async () => {
  let allowed = 0;
  const decides = new WeakMap<CasbinEngine, ReturnType<typeof makeDecide>>();
  await everyQuestion(({ engine, rows, question }) => {
    const decide = decides.get(engine) ?? makeDecide(engine);
    decides.set(engine, decide);
    const own = ownRows(rows.grants, question, engine.teams);
    const answer = engine.permits(question);
    assert.equal(decide(own, question).allowed, answer);
    assert.equal(evaluate(own.all, question), answer);
    if (answer) allowed++;
  });
  assert.ok(allowed > 200, `only ${allowed} of the random questions were allowed, so they show little`);
});

test("more sensitive data is never allowed more", async () => {
  let raised = 0;
  await everyQuestion((tried) => {
    const { question, random, rows } = tried;
    const labels = [...rows.vocabulary.labels].filter(() => random(4) === 0);
    const data = joinSensitivity(question.data, sensitivity(levels[random(4)] ?? "public", labels));
    assert.ok(isWithin(question.data, data));
    if (!decided(tried, { ...question, data })) return;
    raised++;
    assert.ok(
      decided(tried, question),
      `${JSON.stringify(question.data)} closes what ${JSON.stringify(data)} opens`,
    );
  });
  assert.ok(raised > 100, `only ${raised} raised points were allowed`);
});

test("personal data is never allowed where the contact data in it is not", async () => {
  await everyQuestion((tried) => {
    const { question } = tried;
    const personal = sensitivity(question.data.level, [
      ...question.data.labels.filter((label) => label !== "contact"),
      "pii",
    ]);
    const contact = {
      level: personal.level,
      labels: personal.labels.map((label) => (label === "pii" ? "contact" : label)).toSorted(),
    };
    if (decided(tried, { ...question, data: personal }))
      assert.ok(decided(tried, { ...question, data: contact }));
  });
});

test("a further guarantee never closes", async () => {
  let opened = 0;
  await everyQuestion((tried) => {
    const { question, random } = tried;
    if (!decided(tried, question)) return;
    opened++;
    const more = ["baa", "dpa", "soc2", "no-training", "zero-retention", "region:eu"].filter(
      () => random(2) === 0,
    );
    const deployment = { ...question.deployment, atoms: new Set([...question.deployment.atoms, ...more]) };
    assert.ok(decided(tried, { ...question, deployment }));
  });
  assert.ok(opened > 200, `only ${opened} questions were allowed`);
});

test("a label that no ceiling names is allowed by no policy", async () => {
  await everyQuestion((tried) => {
    const data = sensitivity(tried.question.data.level, [...tried.question.data.labels, "unheard-of"]);
    assert.equal(tried.engine.permits({ ...tried.question, data }), false);
  });
});
