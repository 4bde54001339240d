// Puts the configured classifiers together, and says at the start what is missing without any.
// `app.ts` calls it; `probe-classifiers.ts` asks the same classifiers for `portcullis doctor`.

import type { ClassifierSetting } from "../catalog/classifier-settings.ts";
import type { Config } from "../config.ts";
import { isAtLeast } from "../core/sensitivity.ts";
import type { Snapshots } from "../gateway/snapshots.ts";
import { coversAction } from "../policy/cells/does.ts";
import { createRoster, type Roster } from "../safety/roster.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";

export const openRoster = (
  config: Config,
  telemetry: Pick<Telemetry, "classified" | "classifierState">,
  now: () => number,
): Roster =>
  createRoster({
    classifiers: config.classifiers,
    categories: config.classifierCategories,
    timeoutMilliseconds: config.classifierTimeoutMilliseconds,
    now,
    onVerdict: telemetry.classified,
    onState: telemetry.classifierState,
  });

/** Empty where a semantic classifier is configured, or no row lets anybody ask about more than internal data. */
export function safetyNotes({ classifiers }: Config, snapshots: Snapshots): readonly string[] {
  if (classifiers.some(isDemo)) return [demoJudges];
  if (classifiers.length > 0 || snapshots.troubles.length > 0) return [];
  const mayBeConfidential = snapshots
    .current()
    .policy.rows.grants.some(
      ({ effect, does, data }) =>
        effect === "allow" &&
        coversAction(does, "complete") &&
        data.kind === "ceiling" &&
        isAtLeast(data.ceiling.level, "confidential"),
    );
  return mayBeConfidential ? [onlyDeterministic] : [];
}

const isDemo = ({ deploymentId }: ClassifierSetting): boolean => deploymentId.startsWith("demo/");

const demoJudges = "The classifier demo/guard is a demo that knows a dozen words: it protects nobody.";
const onlyDeterministic =
  "Only the deterministic classifier is active, which understands no meaning, and data may be confidential or above. Set PORTCULLIS_CLASSIFIERS.";
