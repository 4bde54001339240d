// Runs tests.yaml against policy.csv of the same bundle: every case by Casbin, every invariant over all
// providers there could be. `portcullis policy test`, `npm test` and every publish call it.

import { hashBundle, strayFiles } from "./bundle.ts";
import { buildEngine, type CasbinEngine, type GrantQuestion } from "./casbin-engine.ts";
import { identityAtom } from "./cells/provider.ts";
import { readGraph } from "./graph-file.ts";
import { makeDecide } from "./decide.ts";
import { counterexample } from "./never.ts";
import { ownRows } from "./own-rows.ts";
import { readBundleRows } from "./bundle-rows.ts";
import { PolicyProblems, type PolicyProblem } from "./problems.ts";
import type { PolicyRows } from "./rows.ts";
import { makeSafetyDecision } from "./safety-rows.ts";
import type { Expectation, TestSubject } from "./expectations.ts";
import { makeSafetyRegime } from "./safety-regime.ts";
import { readTests, testsFile, type TestCase } from "./tests-file.ts";
import type { SafetyRegime, Subjects } from "./policy.ts";
import type { BundleFiles } from "./version-book.ts";
import { releaseModes, type RegimeWord } from "./vocabulary.ts";

export interface TestReport {
  readonly hash: string;
  readonly ok: boolean;
  readonly cases: readonly TestResult[];
  readonly never: readonly TestResult[];
}

export interface TestResult {
  readonly name: string;
  /** In tests.yaml. */
  readonly line: number;
  readonly ok: boolean;
  /** What was found instead; undefined where it is as expected. */
  readonly found: string | undefined;
}

/** Throws `PolicyProblems` where a file cannot be read, or where there are no tests. */
export async function runPolicyTests(files: BundleFiles, now: number = Date.now()): Promise<TestReport> {
  const problems: PolicyProblem[] = [...strayFiles(files)];
  const parsed = readBundleRows(files, now);
  if (!parsed.ok) throw new PolicyProblems([...problems, ...parsed.problems]);
  const text = files[testsFile];
  if (text === undefined) {
    const message = "is missing; a policy without tests is refused";
    throw new PolicyProblems([...problems, { file: testsFile, line: 0, column: 0, message }]);
  }
  const { types } = readGraph(files, parsed.rows.vocabulary);
  const read = readTests(text, parsed.rows.vocabulary, types);
  if (!read.ok || problems.length > 0)
    throw new PolicyProblems([...problems, ...(read.ok ? [] : read.problems)]);
  const engine = await buildEngine(parsed.rows);
  const cases = read.tests.cases.map((test) => runCase(test, parsed.rows, engine, now));
  const never = read.tests.never.map((invariant) => {
    const found = counterexample(invariant, parsed.rows, engine.teams, engine.guarantees, now);
    return { name: invariant.text, line: invariant.line, ok: found === undefined, found };
  });
  return { hash: hashBundle(files), ok: [...cases, ...never].every((result) => result.ok), cases, never };
}

function runCase(test: TestCase, rows: PolicyRows, engine: CasbinEngine, now: number): TestResult {
  const answer = askers[test.asks](test, rows, engine, now);
  const { outcome, rule } = test.expect;
  const ok = answer.outcome === outcome && (rule === undefined || rule === answer.rule);
  return { name: test.name, line: test.line, ok, found: ok ? undefined : sayOutcome(answer) };
}

function askGrant(test: TestCase, rows: PolicyRows, engine: CasbinEngine, now: number): Expectation {
  const atoms = test.provider.flatMap((word) => [...engine.guarantees.reach(word), identityAtom(word)]);
  const question: GrantQuestion = {
    subjects: test.who.join(" "),
    action: test.does,
    data: test.data,
    deployment: { atoms: new Set(atoms), uncertain: [] },
    circumstances: {
      purpose: test.purpose,
      environment: test.environment,
      now: test.at ?? now,
      breakGlass: test.breakGlass,
    },
  };
  const own = ownRows(rows.grants, question, engine.teams);
  const allowed = engine.permits(question);
  const { row } = makeDecide(engine)(own, question);
  return { outcome: allowed ? "allowed" : "refused", rule: row?.id ?? null };
}

const outcomes = { block: "blocked", redact: "redacted", flag: "flagged" } as const;

function askFinding(test: TestCase, rows: PolicyRows, engine: CasbinEngine): Expectation {
  const decide = makeSafetyDecision(rows.safety, engine);
  const decision = decide(readerIn(test), test.data, test.category ?? "");
  return { outcome: outcomes[decision.action], rule: decision.rule ?? null };
}

/** How a case says each part of a regime, and which words of a row are behind it. */
const regimeAnswers: Readonly<
  Record<
    Exclude<TestSubject, "grant" | "finding">,
    { readonly outcome: (regime: SafetyRegime) => string; readonly words: readonly RegimeWord[] }
  >
> = {
  mode: { outcome: ({ mode }) => mode, words: releaseModes },
  input: { outcome: ({ input }) => input, words: ["check-first"] },
  classifier: {
    outcome: ({ needsSemantic }) => (needsSemantic ? "demanded" : "optional"),
    words: ["demand"],
  },
  failure: { outcome: ({ failOpen }) => (failOpen ? "open" : "closed"), words: ["fail-open"] },
};

function askRegime(test: TestCase, rows: PolicyRows, engine: CasbinEngine): Expectation {
  const { outcome, words } = regimeAnswers[test.asks as keyof typeof regimeAnswers];
  const regime = makeSafetyRegime(rows.regime, engine)(readerIn(test), test.data);
  const behind = rows.regime.find((row) => regime.rules.includes(row.id) && words.includes(row.action));
  return { outcome: outcome(regime), rule: behind?.id ?? null };
}

const askers: Readonly<
  Record<TestSubject, (test: TestCase, rows: PolicyRows, engine: CasbinEngine, now: number) => Expectation>
> = {
  grant: askGrant,
  finding: askFinding,
  mode: askRegime,
  input: askRegime,
  classifier: askRegime,
  failure: askRegime,
};

function readerIn({ who }: TestCase): Subjects {
  const named = (kind: string): readonly string[] => who.filter((id) => id.startsWith(`${kind}:`));
  const [key = "key:nobody"] = named("key");
  const [user] = named("user");
  const [team = "team:nobody"] = named("team");
  return { key, user, team, roles: named("role") };
}

const sayOutcome = ({ outcome, rule }: Expectation): string =>
  rule === null ? `${outcome} for want of a rule` : `${outcome} by ${rule}`;
