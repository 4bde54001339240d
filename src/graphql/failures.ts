// Failures as data: the interface, one type for each family of codes, and the table between them.
// `failureIn` is the only way from a thrown `Failure` into a union; the table is for good.

import type { Attempt, FailureCode as Code } from "../core/errors.ts";
import { asFailure, Failure } from "../core/errors.ts";
import type { CandidateReport } from "../gateway/contract.ts";
import { builder } from "./builder.ts";
import type { GraphqlContext } from "./context.ts";
import { FailureCode, graphqlFailureCodes, SafetyPhase } from "./enums.ts";
import { bounded } from "./masking.ts";
import { attemptedDeployment } from "./past-deployments.ts";

/** A `Failure` on its way out. graphql-js would throw a returned Error, so it is wrapped. */
export class FailureView {
  readonly failure: Failure;
  readonly requestId: string;

  constructor(error: unknown, requestId: string) {
    this.failure = asFailure(error);
    this.requestId = this.failure.detail.requestId ?? requestId;
  }
}

const typeOfCode: Partial<Record<Code, FailureTypeName>> = {
  POLICY_DENIED: "PolicyDenied",
  SENSITIVITY_EXCEEDS_KEY: "PolicyDenied",
  POLICY_REVOKED: "PolicyDenied",
  INPUT_BLOCKED: "SafetyBlocked",
  OUTPUT_BLOCKED: "SafetyBlocked",
  BUDGET_EXCEEDED: "BudgetExceeded",
  UPSTREAM_FAILED: "UpstreamFailed",
  UPSTREAM_TIMEOUT: "UpstreamFailed",
  INVALID_REQUEST: "InvalidRequest",
  PAYLOAD_TOO_LARGE: "InvalidRequest",
  CONTEXT_LENGTH_EXCEEDED: "InvalidRequest",
  MODEL_NOT_FOUND: "InvalidRequest",
  UNSUPPORTED_PARAMETER: "InvalidRequest",
};

export const everyFailureType = [
  "PolicyDenied",
  "BudgetExceeded",
  "SafetyBlocked",
  "UpstreamFailed",
  "InvalidRequest",
  "OtherFailure",
] as const;
export type FailureTypeName = (typeof everyFailureType)[number];

/** Which member of a union shows it: the one of its code, else OtherFailure. */
function failureTypeIn(members: readonly FailureTypeName[], view: FailureView): FailureTypeName {
  const own = typeOfCode[shownCode(view)];
  return own !== undefined && members.includes(own) ? own : "OtherFailure";
}

/** For unions of one success and some failures. */
export const resolveResult =
  (success: string, failures: readonly FailureTypeName[]) =>
  (value: object): string =>
    value instanceof FailureView ? failureTypeIn(failures, value) : success;

/** The same failure as data; what is not ours is reported first, and shown as INTERNAL. */
export function failureAsData(error: unknown, requestId: string, context: GraphqlContext): FailureView {
  const { signal, parts } = context;
  // Where the gateway itself ends the request, its reason is what went wrong.
  if (signal.aborted && signal.reason instanceof Failure) return new FailureView(signal.reason, requestId);
  const view = new FailureView(error, requestId);
  // Who has left has caused it; nobody need hear of that.
  const isOurs = view.failure.code === "INTERNAL" && !signal.aborted;
  if (isOurs) parts.reportFault(view.failure.cause ?? error, view.requestId);
  return view;
}

/** Codes that are about HTTP alone have no place in the schema. */
function shownCode({ failure }: FailureView): Code {
  return graphqlFailureCodes.includes(failure.code) ? failure.code : "INVALID_REQUEST";
}

export const FailureInterface = builder.interfaceRef<FailureView>("Failure").implement({
  description: "What went wrong, as data: switch on the code, show the message, do what fix says.",
  resolveType: (view): string => failureTypeIn(everyFailureType, view),
  fields: (t) => ({
    code: t.field({ type: FailureCode, description: "What it is.", resolve: shownCode }),
    message: t.string({
      description: "In a sentence, for people.",
      resolve: (view, _arguments, { names }) => bounded(names.words(view.failure.message)),
    }),
    fix: t.string({
      nullable: true,
      description: "What to do about it.",
      resolve: ({ failure: { fix } }, _arguments, { names }) => fix && names.words(fix),
    }),
    retryable: t.boolean({
      description: "True where the same request may succeed later.",
      resolve: (view) => view.failure.kind.retryable,
    }),
    retryAfterSeconds: t.int({
      nullable: true,
      description: "How long to wait first.",
      resolve: ({ failure: { detail } }) =>
        detail.retryAfterSeconds === undefined ? undefined : Math.ceil(detail.retryAfterSeconds),
    }),
    requestId: t.id({
      description: "Of the request, and of its receipt.",
      resolve: (view) => view.requestId,
    }),
  }),
});

const PolicyDenied = builder.objectRef<FailureView>("PolicyDenied").implement({
  interfaces: [FailureInterface],
  description: "POLICY_DENIED, SENSITIVITY_EXCEEDS_KEY or POLICY_REVOKED.",
  fields: (t) => ({
    sensitivity: t.field({
      type: "SensitivityReport",
      description: "How sensitive the request is, and why.",
      resolve: ({ failure: { detail } }, _arguments, { caller }) =>
        detail.sensitivity ?? { effective: caller.defaultSensitivity, detected: [], underDeclared: false },
    }),
    considered: t.field({
      type: ["Candidate"],
      description: "Every deployment that was looked at, with the reason against it.",
      resolve: ({ failure: { detail } }, _arguments, { catalog }) =>
        (detail.considered ?? []).map((one): CandidateReport => ({
          deployment: attemptedDeployment(catalog, one.deploymentId),
          allowed: one.allowed,
          rank: undefined,
          because: one.because,
          rule: one.rule,
          sentence: one.sentence,
          missing: one.missing,
          worstCase: undefined,
          healthy: true,
        })),
    }),
  }),
});

const BudgetExceeded = builder.objectRef<FailureView>("BudgetExceeded").implement({
  interfaces: [FailureInterface],
  description: "BUDGET_EXCEEDED: the worst case of the request is more than is left.",
  fields: (t) => ({
    budget: t.string({
      description: "Which budget: key:…, user:…, team:…, organisation, or request for its own maxCostUsd.",
      resolve: (view) => view.failure.detail.budget ?? "request",
    }),
    resetsAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it starts anew.",
      resolve: (view) => view.failure.detail.resetsAt,
    }),
  }),
});

const SafetyBlocked = builder.objectRef<FailureView>("SafetyBlocked").implement({
  interfaces: [FailureInterface],
  description: "INPUT_BLOCKED or OUTPUT_BLOCKED: a safety rule stopped it before any text was shown.",
  fields: (t) => ({
    categories: t.stringList({
      description: "What was found.",
      resolve: (view) => [...(view.failure.detail.categories ?? [])],
    }),
    phase: t.field({
      type: SafetyPhase,
      description: "Where.",
      resolve: ({ failure: { code, detail } }) =>
        detail.phase ?? (code === "INPUT_BLOCKED" ? "input" : "output"),
    }),
  }),
});

const UpstreamFailed = builder.objectRef<FailureView>("UpstreamFailed").implement({
  interfaces: [FailureInterface],
  description: "UPSTREAM_FAILED or UPSTREAM_TIMEOUT: every permitted deployment was tried.",
  fields: (t) => ({
    attempts: t.field({
      type: ["Attempt"],
      description: "Every call that was made, in order.",
      resolve: (view): Attempt[] => [...(view.failure.detail.attempts ?? [])],
    }),
  }),
});

const InvalidRequest = builder.objectRef<FailureView>("InvalidRequest").implement({
  interfaces: [FailureInterface],
  description:
    "INVALID_REQUEST, PAYLOAD_TOO_LARGE, CONTEXT_LENGTH_EXCEEDED, MODEL_NOT_FOUND or UNSUPPORTED_PARAMETER.",
  fields: (t) => ({
    path: t.string({
      nullable: true,
      description: "The offending field: messages[0].user.parts[1].image.",
      resolve: (view) => view.failure.detail.path,
    }),
  }),
});

const OtherFailure = builder.objectRef<FailureView>("OtherFailure").implement({
  interfaces: [FailureInterface],
  description: "Every other code.",
});

export const failureTypes = {
  PolicyDenied,
  BudgetExceeded,
  SafetyBlocked,
  UpstreamFailed,
  InvalidRequest,
  OtherFailure,
};

/** What makes a union of one success and some failures, in the words of Pothos. */
export const resultMembers = <Success>(
  success: Success,
  name: string,
  failures: readonly FailureTypeName[] = everyFailureType,
) => ({
  types: [success, ...failures.map((failure) => failureTypes[failure])],
  resolveType: resolveResult(name, failures),
});
