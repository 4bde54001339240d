// What the guard needs to know of one request: which classifiers may judge it, what the policy says of each category,
// and when. Also the check of its input. What was found is kept for the receipt and the record.

import { follow } from "../core/abortable.ts";
import { asFailure, Failure } from "../core/errors.ts";
import { isAtLeast } from "../core/sensitivity.ts";
import type { Soon } from "../core/soon.ts";
import type { Permitted } from "../core/stages.ts";
import { lexiconCategory } from "../detect/words/lexicon.ts";
import { judgeAskedTerms } from "../safety/asked-terms.ts";
import { checkInput, promptOf } from "../safety/input-check.ts";
import type { ReleaseMode, ScreenOptions } from "../safety/screen.ts";
import type { Terms } from "../safety/sight.ts";
import type { Decide } from "../safety/verdicts.ts";
import type { Account } from "./account.ts";
import { classifiersFor } from "./classifiers.ts";
import type { GatewayParts } from "./parts.ts";
import type { Snapshot } from "./snapshots.ts";

export interface Screening {
  /** Rejects where the provider must not be called; undefined where nothing is to be waited for. */
  readonly beforeCall: Promise<unknown> | undefined;
  /** What the reader is to be told of the input; rejects where it must not be answered. Nothing leaves before. */
  readonly input: Soon<readonly string[]>;
  /** Why the input's check ended the request. */
  readonly refused: Failure | undefined;
  /** Ends the provider's answer: also where a rule ends it, which is no fault of the provider's. */
  readonly upstream: AbortSignal;
  readonly options: ScreenOptions;
  /** Writes what the classifiers cost, once they are asked no more; undefined where none was asked. */
  close(): Promise<void> | undefined;
}

/** Throws where the policy demands more than there is. `controller` ends the request. */
export function openScreening(
  permitted: Permitted,
  snapshot: Snapshot,
  account: Pick<Account, "safety">,
  parts: GatewayParts,
  controller: AbortController,
): Screening {
  const { caller, request, sensitivity } = permitted;
  const regime = snapshot.policy.safetyRegime(caller, sensitivity.effective);
  const failOpen = regime.failOpen && isEveryday(permitted);
  const decide = decisions(permitted, snapshot, parts);
  const told = permitted.listed && judgeAskedTerms(permitted.listed, decide, account.safety);
  const { classifiers, notRun, missing, close } = classifiersFor(permitted, snapshot, parts);
  account.safety.notRun.push(...notRun);
  if (regime.needsSemantic && classifiers.length === 0) throw unjudged();
  if (missing.length > 0 && !failOpen) throw unwell();
  const isStream = request.action === "complete" && request.stream;
  const { signal } = controller;
  const { safety: summary } = account;
  // Classifiers alone leave an answer while it is being read.
  const upstream = classifiers.length === 0 ? undefined : follow(signal);
  const found = told ?? nothingFound;
  const options: ScreenOptions = {
    classifiers,
    decide,
    summary,
    failOpen,
    signal,
    terms: termsOf(permitted, snapshot),
    mode: modeFor(permitted, regime.mode, isStream),
    systemPrompts: systemPrompts(permitted),
    prompt: classifiers.length === 0 ? "" : promptOf(request),
    whole: !isStream,
    leave: upstream && (() => upstream.controller.abort()),
  };
  if (upstream === undefined) return new Unchecked(found, options, signal);
  const checking = checkInput(request, { classifiers, decide, summary, failOpen, signal });
  const checked = found.length > 0 ? checking.then((more) => [...found, ...more]) : checking;
  const refusal: { because?: Failure } = {};
  checked.catch((error: unknown) => {
    if (signal.aborted) return;
    refusal.because = asFailure(error);
    controller.abort(refusal.because);
  });
  return {
    close() {
      upstream.release();
      return close?.();
    },
    beforeCall: regime.input === "before" ? checked : undefined,
    input: checked,
    get refused() {
      return refusal.because;
    },
    upstream: upstream.controller.signal,
    options,
  };
}

/** Without a classifier nobody is asked about the input, so nothing is waited for: as almost every request is. */
class Unchecked implements Screening {
  readonly beforeCall = undefined;
  readonly refused = undefined;
  readonly input: readonly string[];
  readonly options: ScreenOptions;
  readonly upstream: AbortSignal;

  constructor(input: readonly string[], options: ScreenOptions, upstream: AbortSignal) {
    this.input = input;
    this.options = options;
    this.upstream = upstream;
  }

  close(): undefined {
    return undefined;
  }
}

const nothingFound: readonly string[] = [];

const unjudged = (): Failure =>
  new Failure(
    "SAFETY_UNAVAILABLE",
    "The policy demands a semantic classifier for such data, and none may judge it now.",
    {
      phase: "input",
      fix: "Configure a classifier that the policy permits to see such data, or wait until it is well again.",
    },
  );

/** Before anything is sent: an answer that nobody could judge need not be paid. */
const unwell = (): Failure =>
  new Failure(
    "SAFETY_UNAVAILABLE",
    "A classifier that must judge this does not answer, so nothing is asked.",
    {
      phase: "input",
    },
  );

/** What the policy does about each category, for who asks and the data it is about. */
export function decisions(
  { caller, sensitivity }: Permitted,
  { policy }: Snapshot,
  { telemetry }: Pick<GatewayParts, "telemetry">,
): Decide {
  return (category) => {
    const decision = policy.safetyDecision(caller, sensitivity.effective, category);
    telemetry.verdict(category, decision.action);
    return decision;
  };
}

/** What is shown and flagged need not be held until it is whole. */
function termsOf({ caller, sensitivity }: Permitted, { policy }: Snapshot): Terms | undefined {
  const { lexicon } = policy;
  if (lexicon === undefined) return undefined;
  const actionOf = (list: string): string =>
    policy.safetyDecision(caller, sensitivity.effective, lexiconCategory(list)).action;
  return { lexicon, held: lexicon.bitsOf((list) => actionOf(list) !== "flag") };
}

/** Text ahead of its verdict: for who asked for it and can take it back, and for data that many may see. */
function modeFor(permitted: Permitted, mode: ReleaseMode, isStream: boolean): ReleaseMode {
  if (mode !== "lookahead") return mode;
  const asked = permitted.lookahead === true && permitted.door !== "rest" && isStream;
  return asked && isEveryday(permitted) ? "lookahead" : "hold";
}

const isEveryday = ({ sensitivity }: Permitted): boolean =>
  !isAtLeast(sensitivity.effective.level, "confidential");

function systemPrompts({ request }: Permitted): readonly string[] {
  if (request.action !== "complete") return [];
  const prompts: string[] = [];
  for (const message of request.messages)
    if (message.role === "system") for (const { text } of message.parts) prompts.push(text);
  return prompts;
}
