// What must hold for all safety rows that can be written: tried on thousands of random decisions, with a seed.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  isAtLeast,
  joinSensitivity,
  levels,
  sensitivity,
  type Sensitivity,
} from "../../src/core/sensitivity.ts";
import { buildEngine, type CasbinEngine } from "../../src/policy/casbin-engine.ts";
import { compileSafety } from "../../src/policy/compiled-safety.ts";
import { parsePolicy } from "../../src/policy/parse-policy.ts";
import type { SafetyRegime, Subjects } from "../../src/policy/policy.ts";
import { formatProblem } from "../../src/policy/problems.ts";
import type { PolicyRows } from "../../src/policy/rows.ts";
import { makeSafetyRegime } from "../../src/policy/safety-regime.ts";
import { makeSafetyDecision, rowsInForce } from "../../src/policy/safety-rows.ts";
import { lottery, type Lottery } from "../../src/policy/self-check.ts";
import { regimeCategory, regimeWords, safetyActions } from "../../src/policy/vocabulary.ts";
import { randomSafety } from "../kit/random-safety.ts";

const policies = 40;
const questionsEach = 300;

interface Tried {
  readonly engine: CasbinEngine;
  readonly rows: PolicyRows;
  readonly who: Subjects;
  readonly data: Sensitivity;
  readonly category: string;
  readonly random: Lottery;
}

async function everyQuestion(check: (tried: Tried) => void): Promise<void> {
  const random = lottery(20261122);
  const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T;
  for (let index = 0; index < policies; index++) {
    const parsed = parsePolicy(randomSafety(random), 0);
    assert.ok(parsed.ok, parsed.ok ? "" : parsed.problems.map(formatProblem).join("\n"));
    const engine = await buildEngine(parsed.rows);
    for (let number = 0; number < questionsEach; number++) {
      const who = {
        key: pick(["key:k1", "key:k9"]),
        team: pick(["team:t", "team:u"]),
        roles: ["role:a", "role:b"].filter(() => random(3) === 0),
      };
      const category = pick(["S4", "S6", "S1", "secret.jwt", "pii.us-ssn", "pii.iban", "contact", "unknown"]);
      check({ engine, rows: parsed.rows, who, data: randomData(random), category, random });
    }
  }
}

const labels = ["contact", "eu", "phi", "pii"];

const randomData = (random: Lottery): Sensitivity =>
  sensitivity(
    levels[random(levels.length)] ?? "public",
    labels.filter(() => random(3) === 0),
  );

const strictness = { flag: 0, redact: 1, block: 2 } as const;

const looseness = ({ mode, input, needsSemantic, failOpen }: SafetyRegime): readonly number[] => [
  ["complete", "hold", "lookahead"].indexOf(mode),
  Number(input === "alongside"),
  Number(!needsSemantic),
  Number(failOpen),
];

test("Casbin and the compiled rows never disagree on a finding or on a word of the regime", async () => {
  let granted = 0;
  await everyQuestion(({ engine, rows, who, data, category }) => {
    const subjects = [who.key, who.team, ...who.roles].join(" ");
    const compiledRows = compileSafety(rows, subjects);
    const { action: done, row: behind } = compiledRows.finding(category, data);
    assert.deepEqual(
      { action: done, rule: behind?.id },
      makeSafetyDecision(rows.safety, engine)(who, data, category),
    );
    const { rows: _behind, ...regime } = compiledRows.regime(data);
    assert.deepEqual(regime, makeSafetyRegime(rows.regime, engine)(who, data));
    for (const action of safetyActions) {
      const answer = engine.grantsSafety(subjects, data, category, action);
      const compiled = rowsInForce(rows.safety, engine, { subjects, data, category });
      assert.equal(
        compiled.some((row) => row.action === action),
        answer,
      );
      if (answer) granted++;
    }
    for (const word of regimeWords) {
      const about = regimeCategory(word);
      const compiled = rowsInForce(rows.regime, engine, { subjects, data, category: about });
      assert.equal(
        compiled.some((row) => row.action === word),
        engine.grantsSafety(subjects, data, about, word),
      );
    }
  });
  assert.ok(granted > 2_000, `only ${granted} were granted, so they show little`);
});

test("more sensitive data is never treated more loosely, in any part", async () => {
  let [stricter, alike] = [0, 0];
  await everyQuestion(({ engine, rows, who, data, category, random }) => {
    const raised = joinSensitivity(data, randomData(random));
    const decide = makeSafetyDecision(rows.safety, engine);
    const [was, is] = [decide(who, data, category), decide(who, raised, category)];
    assert.ok(
      strictness[is.action] >= strictness[was.action],
      `${category}: ${JSON.stringify([data, was, raised, is])}`,
    );
    const regime = makeSafetyRegime(rows.regime, engine);
    const before = looseness(regime(who, data));
    const after = looseness(regime(who, raised));
    for (const [part, loose] of after.entries()) assert.ok(loose <= (before[part] ?? 0), `part ${part}`);
    if (is.action === was.action) alike++;
    else stricter++;
  });
  assert.ok(stricter > 200 && alike > 200, `${stricter} stricter, ${alike} alike`);
});

test("nothing confidential or above is shown unjudged, whatever the rows", async () => {
  let open = 0;
  await everyQuestion(({ engine, rows, who, data }) => {
    const { failOpen, mode } = makeSafetyRegime(rows.regime, engine)(who, data);
    if (failOpen || mode === "lookahead") open++;
    if (!isAtLeast(data.level, "confidential")) return;
    assert.equal(failOpen, false);
    assert.notEqual(mode, "lookahead");
  });
  assert.ok(open > 200, `only ${open} were open at all`);
});
