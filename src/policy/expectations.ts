// What a case of tests.yaml can ask, and the words in which it expects the answer: one table.
// `tests-file.ts` reads by it, `run-tests.ts` answers in it.

/** `grant`: may it be sent. `finding`: what happens to a category. The others: how answers are judged. */
const subjects = ["grant", "finding", "mode", "input", "classifier", "failure"] as const;
export type TestSubject = (typeof subjects)[number];

export interface Expectation {
  readonly outcome: string;
  /** A rule's name; `null` for want of a rule; undefined where any rule will do. */
  readonly rule: string | null | undefined;
}

/** Every answer there is; the last is what comes for want of a rule. */
const outcomesOf: Readonly<Record<TestSubject, readonly string[]>> = {
  grant: ["allowed", "refused"],
  finding: ["flagged", "redacted", "blocked"],
  mode: ["complete", "lookahead", "hold"],
  input: ["before", "alongside"],
  classifier: ["demanded", "optional"],
  failure: ["open", "closed"],
};

/** What stands behind `regime:` in a case. */
export const regimeSubjects = subjects.slice(2);

/** Undefined where the text is none of the answers to such a question. */
export function readExpectation(text: string, subject: TestSubject): Expectation | undefined {
  const match = /^(\S+)(?: by (\S+)| (for want of a rule))?$/.exec(text);
  const outcomes = outcomesOf[subject];
  const outcome = outcomes.find((one) => one === match?.[1]);
  if (match === null || outcome === undefined) return undefined;
  const wanting = match[3] !== undefined;
  if (wanting && outcome !== outcomes.at(-1)) return undefined;
  return { outcome, rule: wanting ? null : match[2] };
}

export function choiceOf(subject: TestSubject): string {
  const outcomes = outcomesOf[subject];
  return `write: ${outcomes.join(", ")} [by <rule>], or: ${outcomes.at(-1)} for want of a rule`;
}
