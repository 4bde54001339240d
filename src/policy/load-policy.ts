// Makes an immutable snapshot of one policy version: read, built aside, proved, and only then returned.
// `main.ts` swaps one reference to it; a bundle with any problem throws and changes nothing.

import { hashBundle, strayFiles } from "./bundle.ts";
import { Lexicon } from "../detect/words/lexicon.ts";
import { buildEngine, type GrantQuestion } from "./casbin-engine.ts";
import { explainQuestion, makeExplain } from "./explain-decision.ts";
import type { Explanation } from "./explanation.ts";
import { readGraph } from "./graph-file.ts";
import { readBundleRows, type BundleRows } from "./bundle-rows.ts";
import { makePermit } from "./permit.ts";
import type { Policy } from "./policy.ts";
import { PolicyProblems, type PolicyProblem } from "./problems.ts";
import { readRoutes } from "./routes-file.ts";
import type { PolicyRows } from "./rows.ts";
import { makeSafetyRegime } from "./safety-regime.ts";
import { makeSafetyDecision } from "./safety-rows.ts";
import { proveAgreement, proveModel } from "./self-check.ts";
import type { BundleFiles } from "./version-book.ts";
import type { ListedTerm } from "./words-file.ts";
import { categoryChain, type Environment } from "./vocabulary.ts";

export interface LoadPolicy {
  readonly files: BundleFiles;
  readonly version: number;
  /** What `env:` conditions compare with. */
  readonly environment?: Environment | undefined;
  /** Milliseconds since the epoch; every decision looks here. */
  readonly now?: (() => number) | undefined;
}

export interface LoadedPolicy extends Policy {
  readonly rows: PolicyRows;
  readonly terms: readonly ListedTerm[];
  /** For a question that no request asks. */
  explainQuestion(question: GrantQuestion): Explanation;
  /** The guarantee itself, and all that follow from it. */
  impliedBy(guarantee: string): ReadonlySet<string>;
}

/** Throws `PolicyProblems` with everything that is wrong, or an Error where Casbin cannot be trusted. */
export async function loadPolicy({
  files,
  version,
  environment = "production",
  now = Date.now,
}: LoadPolicy): Promise<LoadedPolicy> {
  const { rows, terms } = readBundle(files, now());
  const engine = await buildEngine(rows);
  await proveModel();
  proveAgreement(rows, engine);
  const hash = hashBundle(files);
  return Object.freeze({
    version,
    hash,
    rows,
    terms,
    lexicon: terms.length === 0 ? undefined : new Lexicon(terms),
    labels: rows.vocabulary.labels,
    rolesOf: (team: string) => [...engine.teams.reach(team)].filter((name) => name.startsWith("role:")),
    permit: makePermit({ version, hash, rows, engine, environment, now }),
    explain: makeExplain({ rows, engine, environment, now }),
    explainQuestion: (question: GrantQuestion) => explainQuestion({ rows, engine }, question),
    impliedBy: (guarantee: string) => engine.guarantees.reach(guarantee),
    safetyDecision: makeSafetyDecision(rows.safety, engine),
    safetyRegime: makeSafetyRegime(rows.regime, engine),
    observes: (team: string, kind: string, at: number) =>
      rows.observe.some(
        (row) =>
          row.team === team &&
          at < row.until &&
          row.kinds.some((named) => categoryChain(kind).includes(named) || kind.endsWith(`.${named}`)),
      ),
  });
}

function readBundle(files: BundleFiles, now: number): Extract<BundleRows, { ok: true }> {
  const problems: PolicyProblem[] = [...strayFiles(files)];
  const read = readBundleRows(files, now);
  if (!read.ok) problems.push(...read.problems);
  const routes = readRoutes(files);
  if (!routes.ok) problems.push(...routes.problems);
  if (read.ok) problems.push(...readGraph(files, read.rows.vocabulary).problems);
  if (problems.length > 0 || !read.ok) throw new PolicyProblems(problems);
  return read;
}
