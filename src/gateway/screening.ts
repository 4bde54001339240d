// What the screen needs to know of one request: who is shown the answer, and what the policy says
// about each category. Verdicts are counted and kept for the receipt.

import type { CompletionRequest } from "../core/request.ts";
import type { Permitted } from "../core/stages.ts";
import type { ScreenOptions } from "../safety/screen.ts";
import type { Account } from "./account.ts";
import type { GatewayParts } from "./parts.ts";
import type { Snapshot } from "./snapshots.ts";

export function screening(
  permitted: Permitted<CompletionRequest>,
  { policy }: Snapshot,
  account: Account,
  { telemetry }: GatewayParts,
): ScreenOptions {
  return {
    summary: account.safety,
    systemPrompts: permitted.request.messages.flatMap((message) =>
      message.role === "system" ? message.parts.map((part) => part.text) : [],
    ),
    decide(category) {
      const decision = policy.safetyDecision(permitted.caller, permitted.sensitivity.effective, category);
      telemetry.verdict(category, decision.action);
      return decision;
    },
  };
}
