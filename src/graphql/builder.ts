// The one Pothos builder, and which of our nouns stands behind each type of the schema.
// Every domain file adds its types to it; types are named by string, so that no two files import each other.

import SchemaBuilder from "@pothos/core";
import type { Attestation } from "../catalog/evidence.ts";
import type { ParamChange, Receipt, SafetySummary } from "../core/answer.ts";
import type { Caller } from "../core/caller.ts";
import type { Deployment, Guarantee, Model, Price, PriceTier, Provider } from "../core/deployment.ts";
import type { Attempt, Detection, SensitivityReport } from "../core/errors.ts";
import type { TokenUsage } from "../core/events.ts";
import type { ToolCall } from "../core/request.ts";
import type { CandidateReport, PlanReport, QuoteLine } from "../gateway/contract.ts";
import type { ParameterRow } from "../providers/capabilities.ts";
import type { GraphqlContext } from "./context.ts";
import { scopesPlugin } from "./scopes.ts";

interface SchemaTypes {
  Context: GraphqlContext;
  DefaultFieldNullability: false;
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
  plugins: [scopesPlugin],
  defaultFieldNullability: false,
});
