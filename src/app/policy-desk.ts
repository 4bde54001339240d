// Publishes policy versions and answers what is asked about them. Every version passes the gate here,
// whether it comes from the CLI, over GraphQL or out of an older version.

import { personOf, type Caller } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import type {
  PolicyAdministration,
  PolicyVersionView,
  Publication,
} from "../gateway/policy-administration.ts";
import type { Snapshots } from "../gateway/snapshots.ts";
import { diffGraph } from "../policy/diff-graph.ts";
import { diffPolicies } from "../policy/diff-policies.ts";
import { diffRoutes } from "../policy/diff-routes.ts";
import { diffWords } from "../policy/diff-words.ts";
import { readGraph, type EntityType } from "../policy/graph-file.ts";
import { readBundleRows, type BundleRows } from "../policy/bundle-rows.ts";
import { formatProblem, PolicyProblems } from "../policy/problems.ts";
import type { PolicyRows } from "../policy/rows.ts";
import type { BundleFiles, PolicyVersion, PublishOptions, ReplicaState } from "../policy/version-book.ts";
import type { Store } from "../store/store.ts";
import { passGate, type PassedGate } from "./policy-gate.ts";
import { filesOn, versionOf } from "./policy-side.ts";
import { answerMatrix } from "./policy-matrix.ts";
import { answerQuestion } from "./policy-question.ts";
import { explainRequest } from "./policy-request.ts";

export interface PolicyDeskParts {
  readonly store: Store;
  readonly snapshots: Snapshots;
  /** Builds a new snapshot in this process, at once. */
  seeChanges(): Promise<void>;
  now(): Date;
}

const longestReason = 2_000;
const mostBundleCharacters = 5_000_000;

export function createPolicyDesk(parts: PolicyDeskParts): PolicyAdministration {
  const { store, snapshots } = parts;

  async function publish(files: BundleFiles, options: PublishOptions, by: Caller): Promise<Publication> {
    checkReason(options.reason);
    const before = await store.policies.newest();
    const passed = await throughGate(files, (before?.number ?? 0) + 1, snapshots);
    const version = await store.policies.append(files, passed.sha256, personOf(by), options);
    await parts.seeChanges();
    return {
      version: view(version, snapshots.current().policy.version, await store.replicas.list()),
      isNew: version.number !== before?.number,
      warnings: passed.warnings,
      testsHeld: passed.testsHeld,
      diff: {
        ...diffPolicies(before ? rowsOf(before.files) : noRows(passed.policy.rows), passed.policy.rows),
        routes: diffRoutes(before?.files ?? {}, files),
        fields: diffGraph(before ? typesOf(before.files) : [], typesOf(files)),
        words: diffWords(before ? tablesOf(before.files).terms : [], passed.policy.terms),
      },
    };
  }

  return {
    publishPolicy: publish,
    async rollbackPolicy(number, options, by) {
      const { files } = await versionOf(number, store);
      return await publish(files, { ...options, reason: options.reason ?? `back to version ${number}` }, by);
    },

    async policyVersions() {
      const [summaries, replicas] = await Promise.all([store.policies.list(), store.replicas.list()]);
      const inForce = snapshots.current().policy.version;
      // Whole files are read only where they are asked for, version by version.
      return summaries.map((summary) => view({ ...summary, files: {} }, inForce, replicas));
    },
    async policyVersion(number) {
      const inForce = snapshots.current().policy.version;
      const [version, replicas] = await Promise.all([
        store.policies.version(number ?? inForce),
        store.replicas.list(),
      ]);
      return version && view(version, inForce, replicas);
    },

    async policyDiff(before, after) {
      const [was, is] = await Promise.all([filesOn(before, parts), filesOn(after, parts)]);
      return {
        ...diffPolicies(rowsOf(was), rowsOf(is), parts.now().getTime()),
        routes: diffRoutes(was, is),
        fields: diffGraph(typesOf(was), typesOf(is)),
        words: diffWords(tablesOf(was).terms, tablesOf(is).terms),
      };
    },
    policyMatrix: (question) => answerMatrix(question, snapshots.current()),
    explainPolicy: async (question) => answerQuestion(question, snapshots.current(), parts.now()),
    explainRequest: (id, by) => explainRequest(id, by, store, snapshots.current()),
  };
}

function checkReason(reason: string | undefined): void {
  if (reason !== undefined && reason.length > longestReason)
    throw new Failure("INVALID_REQUEST", `A reason has at most ${longestReason} characters.`, {
      path: "reason",
    });
}

/** What is wrong with a bundle is the publisher's to repair, so it is a typed failure. */
async function throughGate(files: BundleFiles, number: number, snapshots: Snapshots): Promise<PassedGate> {
  const size = Object.values(files).reduce((sum, text) => sum + text.length, 0);
  if (size > mostBundleCharacters)
    throw new Failure("PAYLOAD_TOO_LARGE", "A policy bundle holds at most 5 million characters.");
  try {
    return await passGate(files, number, () => snapshots.current().catalog);
  } catch (error) {
    if (!(error instanceof PolicyProblems)) throw error;
    const count = error.problems.length;
    const more = count > 1 ? ` and ${count - 1} more` : "";
    const [first] = error.problems;
    const message = `The policy is refused: ${first ? formatProblem(first) : "it cannot be read"}${more}.`;
    throw new Failure("INVALID_REQUEST", message, { problems: error.problems });
  }
}

function tablesOf(files: BundleFiles): Extract<BundleRows, { ok: true }> {
  const read = readBundleRows(files, Date.now());
  if (read.ok) return read;
  throw new Failure("INVALID_REQUEST", "The policy cannot be read.", { problems: read.problems });
}

const rowsOf = (files: BundleFiles): PolicyRows => tablesOf(files).rows;

function typesOf(files: BundleFiles): readonly EntityType[] {
  const { types, problems } = readGraph(files, rowsOf(files).vocabulary);
  if (problems.length === 0) return types;
  throw new Failure("INVALID_REQUEST", "graph.yaml cannot be read.", { problems });
}

/** Before the first version nothing was allowed. */
const noRows = (rows: PolicyRows): PolicyRows => ({
  ...rows,
  all: [],
  grants: [],
  safety: [],
  regime: [],
  observe: [],
  links: [],
});

const view = (
  version: PolicyVersion,
  inForce: number,
  replicas: readonly ReplicaState[],
): PolicyVersionView => ({
  ...version,
  inForce: version.number === inForce,
  replicas: replicas.filter(({ policyVersion }) => policyVersion === version.number),
});
