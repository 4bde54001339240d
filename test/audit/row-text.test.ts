// Rows are written by hand, and come out as the canonical form has them: many of them, with anything in their fields.
// A field that a row gains is missing below, and the test does not compile.

import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalJson } from "../../src/audit/canonical.ts";
import type { DecisionRow, SettlementRow } from "../../src/audit/record-book.ts";
import { decisionText, settlementText } from "../../src/audit/row-text.ts";
import type { ParamChange, SafetyVerdict } from "../../src/core/answer.ts";
import type { Attempt, Consideration, Detection, SensitivityReport } from "../../src/core/errors.ts";
import type { TokenUsage } from "../../src/core/events.ts";
import type { Sensitivity } from "../../src/core/sensitivity.ts";

/** Every field that a value of the kind may have. */
type Whole<Value> = { readonly [Name in keyof Required<Value>]: Value[Name] };

let state = 1;
const random = (): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};
const below = (limit: number): number => Math.floor(random() * limit);
const one = <Value>(values: readonly [Value, ...Value[]]): Value => values[below(values.length)] ?? values[0];
const maybe = <Value>(make: () => Value): Value | undefined => (random() < 0.5 ? undefined : make());
const list = <Value>(make: () => Value): Value[] => Array.from({ length: below(4) }, make);
const flag = (): boolean => random() < 0.5;
const name = (): string =>
  one([
    "openai/gpt-5",
    "",
    'a "quoted" \\ name',
    "é ü 😀",
    "tab\tline\nnul\u0000",
    "\ud800 half",
    "x".repeat(500),
  ]) + one(["", String(below(1_000))]);
const number = (): number => one([0, -0, 1, below(1e9), random(), 1e21, 4.5e15]);
const moment = (): Date => new Date(1_795_264_166_000 + below(10_000));

const sensitivity = (): Sensitivity => ({ level: one(["public", "restricted"]), labels: list(name) });
const detection = (): Whole<Detection> => ({
  kind: name(),
  label: name(),
  messageIndex: -1,
  count: below(9),
});
const report = (): Whole<SensitivityReport> => ({
  effective: sensitivity(),
  declared: maybe(sensitivity),
  detected: list(detection),
  session: maybe(sensitivity),
  underDeclared: flag(),
});
const consideration = (): Whole<Consideration> => ({
  deploymentId: name(),
  allowed: flag(),
  because: name(),
  rule: maybe(name),
  sentence: undefined,
  missing: list(name),
});
const attempt = (): Whole<Attempt> => ({
  deploymentId: name(),
  outcome: name(),
  milliseconds: number(),
  because: maybe(name),
  cost: maybe(number),
  rehearsed: maybe(name),
});
const anything = (): unknown =>
  one([undefined, null, name(), number(), flag(), { z: [1, { b: 1, a: name() }], a: {} }]);
const param = (): Whole<ParamChange> => ({
  param: name(),
  action: one(["renamed", "dropped"]),
  from: anything(),
  to: anything(),
});
const verdict = (): Whole<SafetyVerdict> => ({
  windows: below(9),
  classifier: name(),
  kind: one(["deterministic", "remote-api"]),
  phase: one(["input", "output"]),
  choice: maybe(number),
  channel: maybe(name),
  outcome: one(["pass", "hit", "error"]),
  categories: list(name),
  action: maybe(() => one(["block", "flag"])),
  checkedFrom: number(),
  checkedTo: number(),
  milliseconds: number(),
  retroactive: flag(),
});
const usage = (): Whole<TokenUsage> => ({
  input: number(),
  output: number(),
  cachedInput: number(),
  cacheWrite: number(),
  reasoning: number(),
  audioInput: maybe(number),
  audioOutput: maybe(number),
  images: maybe(number),
  toolUses: maybe(() => ({ [name()]: number(), web_search: number(), a: number() })),
  chargedUsd: maybe(number),
});

const shared = [consideration(), consideration()];
const decision = (): Whole<DecisionRow> => ({
  requestId: name(),
  at: moment(),
  key: name(),
  user: maybe(name),
  team: name(),
  roles: maybe(() => list(name)),
  action: name(),
  model: name(),
  purpose: maybe(name),
  sensitivity: report(),
  policyVersion: below(99),
  policyHash: name(),
  considered: [...list(consideration), ...shared],
  breakGlass: maybe(name),
  rehearsed: maybe(name),
  promptHash: name(),
  promptBytes: number(),
});
const settlement = (): Whole<SettlementRow> => ({
  requestId: name(),
  at: moment(),
  key: name(),
  user: maybe(name),
  team: name(),
  outcome: name(),
  deploymentId: maybe(name),
  model: maybe(name),
  rule: maybe(name),
  usage: usage(),
  cost: maybe(number),
  estimated: flag(),
  priceVersion: maybe(name),
  attempts: list(attempt),
  params: list(param),
  safety: {
    classifiers: list(name),
    notRun: list(name),
    categories: list(name),
    verdicts: maybe(() => list(verdict)),
  },
  route: maybe(name),
  arm: maybe(name),
  rehearsed: maybe(name),
  milliseconds: number(),
  firstTokenMilliseconds: maybe(number),
  answerHash: maybe(name),
  answerCharacters: number(),
});

test("a decision is written as the canonical form has it, whatever is in it", () => {
  for (let round = 0; round < 2_000; round += 1) {
    const row = decision();
    assert.equal(decisionText(row), canonicalJson(row));
  }
});

test("a settlement is written as the canonical form has it, whatever is in it", () => {
  for (let round = 0; round < 2_000; round += 1) {
    const row = settlement();
    assert.equal(settlementText(row), canonicalJson(row));
  }
});

test("a row whose numbers or moments JSON cannot say is refused", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => decisionText({ ...decision(), promptBytes: value }), TypeError);
    assert.throws(() => settlementText({ ...settlement(), cost: value }), TypeError);
    assert.throws(() => settlementText({ ...settlement(), at: new Date(value) }), Error);
    assert.throws(() => settlementText({ ...settlement(), usage: { ...usage(), input: value } }), TypeError);
  }
});
