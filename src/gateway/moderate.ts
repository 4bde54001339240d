// The flow for moderation: the safety layer offered as a service. Texts are judged as answers shown to the
// caller would be, and each finding comes with what the policy does about it. `gateway.ts` offers it.

import { follow } from "../core/abortable.ts";
import { asFailure, Failure } from "../core/errors.ts";
import type { ModerationRequest } from "../core/request.ts";
import type { Asked } from "../core/stages.ts";
import { scanSliced } from "../detect/sliced.ts";
import { createPace } from "../intake/pace.ts";
import { deterministicClassifier } from "../safety/deterministic.ts";
import { categoryOf, remembering } from "../safety/verdicts.ts";
import { openAccount } from "./account.ts";
import type { ModerationFinding, ModerationResult } from "./contract.ts";
import { toldReceipt } from "./disclosure.ts";
import type { GatewayParts } from "./parts.ts";
import { decisions } from "./screening.ts";
import { admit, planFor } from "./stages.ts";

/** As much as `weigh` looks into: of more, nobody could say what is in it. */
const mostCharacters = 1024 * 1024;

/** It does not know the instructions that an answer might repeat. */
const withoutPrompt = {
  ...deterministicClassifier,
  categories: deterministicClassifier.categories.filter((category) => category !== "leak"),
};

export async function moderate(
  parts: GatewayParts,
  asked: Asked<ModerationRequest>,
  callerSignal: AbortSignal,
): Promise<ModerationResult> {
  const { permitted, snapshot } = await admit(asked, parts, callerSignal);
  const account = openAccount(permitted, parts);
  const { controller, release } = follow(callerSignal);
  const { signal } = controller;
  let outcome = "cancelled";
  try {
    const { inputs } = asked.request;
    checkSize(inputs);
    const semantic = permitted.permit.considered.length > 0;
    if (semantic) planFor(permitted, snapshot, parts);
    const regime = snapshot.policy.safetyRegime(permitted.caller, permitted.sensitivity.effective);
    if (semantic || regime.needsSemantic) throw unavailable(semantic);
    account.safety.classifiers.push(withoutPrompt.id);
    const judge = remembering(decisions(permitted, snapshot, parts), account.safety);
    const { turn } = createPace(signal);
    const results: ModerationFinding[][] = [];
    for (const text of inputs) {
      const spans = await scanSliced(text, turn);
      results.push(
        spans.map((span): ModerationFinding => {
          const category = categoryOf(span);
          const { start, end } = span;
          return { category, start, end, score: 1, classifier: withoutPrompt.id, action: judge(category) };
        }),
      );
    }
    await account.durable;
    outcome = "ok";
    return {
      results,
      classifiers: [withoutPrompt],
      notRun: account.safety.notRun,
      receipt: toldReceipt(await account.settle(outcome), asked.caller),
    };
  } catch (error) {
    const failure = asFailure(error);
    outcome = signal.aborted ? "cancelled" : failure.code;
    throw failure;
  } finally {
    release();
    await account.settle(outcome);
  }
}

function checkSize(inputs: readonly string[]): void {
  if (inputs.reduce((sum, text) => sum + text.length, 0) <= mostCharacters) return;
  throw new Failure("PAYLOAD_TOO_LARGE", `At most ${mostCharacters} characters are judged at once.`, {
    path: "input",
    fix: "Send the texts in several requests.",
  });
}

const unavailable = (named: boolean): Failure =>
  named
    ? new Failure("INVALID_REQUEST", "This model is not set up as a classifier here.", { path: "model" })
    : new Failure("SAFETY_UNAVAILABLE", "The policy demands a semantic classifier, and none is at hand.");
