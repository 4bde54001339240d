// The flow for moderation: the safety layer offered as a service. Texts are judged as answers shown to the
// caller would be, and each finding comes with what the policy does about it. `gateway.ts` offers it.

import { follow } from "../core/abortable.ts";
import { asFailure, Failure } from "../core/errors.ts";
import type { ModerationRequest } from "../core/request.ts";
import type { Asked } from "../core/stages.ts";
import { lexiconCategory } from "../detect/words/lexicon.ts";
import { createPace } from "../intake/pace.ts";
import type { SafetyRegime } from "../policy/policy.ts";
import { deterministicClassifier } from "../safety/deterministic.ts";
import { judgeText, type Found, type JudgeParts } from "../safety/judge-text.ts";
import { strictActionOf } from "../safety/judgement.ts";
import { VerdictTally } from "../safety/verdict-tally.ts";
import { remembering } from "../safety/verdicts.ts";
import { openAccount } from "./account.ts";
import { classifiersFor, noClassifiers, type ActiveClassifiers } from "./classifiers.ts";
import type { ModerationResult } from "./contract.ts";
import { toldReceipt } from "./disclosure.ts";
import type { GatewayParts } from "./parts.ts";
import { partsFor } from "./rehearsing.ts";
import { decisions } from "./screening.ts";
import type { Snapshot } from "./snapshots.ts";
import { admit, planFor, type Admitted } from "./stages.ts";

/** As much as `weigh` looks into: of more, nobody could say what is in it. */
const mostCharacters = 1024 * 1024;
const mostTexts = 512;
/** Classifiers are asked about so many texts at once. */
const textsAtOnce = 8;

/** It does not know the instructions that an answer might repeat, and knows words only where the policy lists some. */
const builtInUnder = ({ policy: { lexicon } }: Snapshot) => ({
  ...deterministicClassifier,
  categories: [
    ...deterministicClassifier.categories.filter((one) => one !== "leak" && one !== "lexicon"),
    ...(lexicon ? ["lexicon", ...lexicon.lists.map(lexiconCategory)] : []),
  ],
});

export async function moderate(
  shared: GatewayParts,
  asked: Asked<ModerationRequest>,
  callerSignal: AbortSignal,
): Promise<ModerationResult> {
  const parts = partsFor(asked, shared);
  const admitted = await admit(asked, parts, callerSignal);
  const { permitted, snapshot } = admitted;
  const account = openAccount(permitted, parts, true);
  const { controller, release } = follow(callerSignal);
  const { signal } = controller;
  let active: ActiveClassifiers | undefined;
  let outcome = "cancelled";
  try {
    checkSize(asked.request.inputs);
    const regime = snapshot.policy.safetyRegime(permitted.caller, permitted.sensitivity.effective);
    active = await selected(admitted, parts, regime, signal);
    const builtIn = builtInUnder(snapshot);
    account.safety.classifiers.push(builtIn.id);
    account.safety.notRun.push(...active.notRun);
    const bench = {
      classifiers: active.classifiers,
      actionOf: strictActionOf(remembering(decisions(permitted, snapshot, parts), account.safety)),
      tally: new VerdictTally(account.safety),
      lexicon: snapshot.policy.lexicon,
      signal,
      turn: createPace(signal).turn,
    };
    const results = await judgeAll(asked.request.inputs, bench, regime);
    await active.close?.();
    outcome = "ok";
    const { classifiers, notRun } = account.safety;
    const ran = [builtIn, ...active.classifiers].filter(({ id }) => classifiers.includes(id));
    return {
      results,
      classifiers: ran,
      notRun,
      receipt: toldReceipt(await account.settle(outcome), asked.caller),
    };
  } catch (error) {
    const failure = asFailure(error);
    outcome = signal.aborted ? "cancelled" : failure.code;
    throw failure;
  } finally {
    release();
    // Where one text could not be judged, nobody waits for the others.
    controller.abort();
    await active?.close?.();
    await account.settle(outcome);
  }
}

function checkSize(inputs: readonly string[]): void {
  if (inputs.length > mostTexts)
    throw new Failure("INVALID_REQUEST", `At most ${mostTexts} texts are judged at once.`, { path: "input" });
  if (inputs.reduce((sum, text) => sum + text.length, 0) <= mostCharacters) return;
  throw new Failure("PAYLOAD_TOO_LARGE", `At most ${mostCharacters} characters are judged at once.`, {
    path: "input",
    fix: "Send the texts in several requests.",
  });
}

/** Without a model: all that may judge. With one: that one, or a failure. */
async function selected(
  admitted: Admitted<ModerationRequest>,
  parts: GatewayParts,
  { needsSemantic, failOpen }: SafetyRegime,
  signal: AbortSignal,
): Promise<ActiveClassifiers> {
  const { permitted, snapshot } = admitted;
  const { model } = permitted.request;
  if (model === "") {
    const all = classifiersFor(permitted, snapshot, parts);
    if (needsSemantic && all.classifiers.length === 0) throw unavailable("the policy demands one");
    const [missing] = all.missing;
    if (missing !== undefined && !failOpen) throw unavailable(`${missing} is not fit to judge now`);
    return all;
  }
  if (model === deterministicClassifier.id) {
    if (needsSemantic) throw unavailable("the policy demands one");
    return noClassifiers;
  }
  const { candidates } = await planFor(admitted, parts, signal);
  const named = candidates.map(({ target }) => target.deployment.id);
  if (!parts.roster.seats.some(({ id }) => named.includes(id))) {
    const choice = [deterministicClassifier.id, ...parts.roster.seats.map(({ id }) => id)].join(", ");
    throw new Failure("INVALID_REQUEST", `The model ${model} is not set up as a classifier here.`, {
      path: "model",
      fix: `Leave the model out, or name one of ${choice}.`,
    });
  }
  const all = classifiersFor(permitted, snapshot, parts);
  const classifiers = all.classifiers.filter(({ id }) => named.includes(id));
  if (classifiers.length === 0) throw unavailable(`${model} is not fit to judge now`);
  return { ...all, classifiers, notRun: [] };
}

async function judgeAll(
  texts: readonly string[],
  bench: Omit<JudgeParts, "channel">,
  { failOpen }: SafetyRegime,
): Promise<readonly (readonly Found[])[]> {
  const results: (readonly Found[])[] = [];
  for (let first = 0; first < texts.length; first += textsAtOnce) {
    const some = texts.slice(first, first + textsAtOnce);
    const judged = await Promise.all(
      some.map((text, index) => judgeText(text, { ...bench, channel: `text ${first + index}` })),
    );
    const [missing] = judged.flatMap((one) => one.missing);
    if (missing !== undefined && !failOpen) throw unavailable(`${missing} did not answer`);
    results.push(...judged.map(({ found }) => found));
  }
  return results;
}

const unavailable = (why: string): Failure =>
  new Failure("SAFETY_UNAVAILABLE", `No semantic classifier judges this: ${why}.`, { phase: "input" });
