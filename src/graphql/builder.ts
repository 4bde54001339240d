// The one Pothos builder, and which of our nouns stands behind each type of the schema.
// Every domain file adds its types to it; types are named by string, so that no two files import each other.

import SchemaBuilder from "@pothos/core";
import ScopeAuthPlugin, { AuthScopeFailureType, type AuthFailure } from "@pothos/plugin-scope-auth";
import type { Attestation } from "../catalog/evidence.ts";
import type { ParamChange, Receipt, SafetySummary } from "../core/answer.ts";
import { allScopes, mayUse, type Caller, type Scope } from "../core/caller.ts";
import type { Deployment, Guarantee, Model, Price, PriceTier, Provider } from "../core/deployment.ts";
import type { Attempt, Detection, SensitivityReport } from "../core/errors.ts";
import { Failure } from "../core/errors.ts";
import type { TokenUsage } from "../core/events.ts";
import type { ToolCall } from "../core/request.ts";
import type { CandidateReport, PlanReport, QuoteLine } from "../gateway/contract.ts";
import type { ParameterRow } from "../providers/capabilities.ts";
import type { GraphqlContext } from "./context.ts";

interface SchemaTypes {
  Context: GraphqlContext;
  DefaultFieldNullability: false;
  AuthScopes: Record<Scope, boolean>;
  Scalars: {
    ID: { Input: string; Output: string };
    Decimal: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
    Sensitivity: { Input: string; Output: string };
    _Any: { Input: unknown; Output: unknown };
  };
  Objects: {
    Attempt: Attempt;
    Attestation: Attestation;
    Caller: Caller;
    Candidate: CandidateReport;
    Deployment: Deployment;
    Detection: Detection;
    Guarantee: Guarantee;
    Model: Model;
    ParamChange: ParamChange;
    ParameterSupport: ParameterRow;
    Price: Price;
    PriceTier: PriceTier;
    Provider: Provider;
    QuoteLine: QuoteLine;
    Receipt: Receipt;
    RoutePlan: PlanReport;
    SafetySummary: SafetySummary;
    SensitivityReport: SensitivityReport;
    TokenUsage: TokenUsage;
    ToolCall: ToolCall;
  };
}

export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [ScopeAuthPlugin],
  defaultFieldNullability: false,
  scopeAuth: {
    authScopes: ({ caller }) =>
      Object.fromEntries(allScopes.map((scope) => [scope, mayUse(caller, scope)])) as Record<Scope, boolean>,
    // Without it an unauthorised subscription would call the provider before it is refused.
    authorizeOnSubscribe: true,
    unauthorizedError: (_parent, _context, _info, { failure }) => refusal(failure),
  },
});

function refusal(failure: AuthFailure): Failure {
  const needed = scopesIn(failure);
  if (needed.length === 0) return new Failure("FORBIDDEN");
  const named = needed.map((scope) => `"${scope}"`).join(" or ");
  return new Failure("FORBIDDEN", `This key lacks the scope ${named}.`);
}

function scopesIn(failure: AuthFailure): readonly string[] {
  if (failure.kind === AuthScopeFailureType.AuthScope) return [failure.scope];
  return "failures" in failure ? failure.failures.flatMap(scopesIn) : [];
}
