// Joins counts and log lines into the one `Telemetry` that the flow is given.
// `main.ts` calls it once.

import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { Telemetry } from "./telemetry.ts";

export function createTelemetry(metrics: Metrics, log: Log): Telemetry {
  return {
    requestDone(done) {
      metrics.requestDone(done);
      log.request(done);
    },
    requestRefused: (door, code) => metrics.requestRefused(door, code),
    attemptDone(done) {
      metrics.attemptDone(done);
      if (done.outcome !== "ok" && done.outcome !== "cancelled") log.warn({ ...done }, "attempt failed");
    },
    keySetAside(aside) {
      metrics.keySetAside(aside);
      const { until, number, cause, ...rest } = aside;
      const line = { ...rest, number, cause, until: new Date(until).toISOString() };
      if (cause === "refused") log.error(line, "a provider refuses one of its keys");
      else log.warn(line, "a provider's key is rate limited");
    },
    slotWaited: (limited, outcome, milliseconds) => metrics.slotWaited(limited, outcome, milliseconds),
    verdict: (category, action) => metrics.verdict(category, action),
    classified(classifier, verdict) {
      metrics.classified(classifier, verdict);
      if (verdict.outcome !== "error") return;
      const { because, latencyMs } = verdict;
      log.warn({ classifier, because, ms: Math.round(latencyMs) }, "classifier failed");
    },
    classifierState(classifier, state, because) {
      metrics.classifierState(classifier, state);
      if (state === "fit") log.info({ classifier, state }, "classifier");
      else log.error({ classifier, state, because }, "classifier is not used");
    },
    firstToken: (deploymentId, milliseconds) => metrics.firstToken(deploymentId, milliseconds),
    streamOpened: () => metrics.streamOpened(),
    rehearsing: (faults) => uncounted(log, faults),
  };
}

function uncounted(log: Log, rehearsed: string): Telemetry {
  const nothing = (): void => undefined;
  return {
    requestDone: (done) => log.request(done, rehearsed),
    requestRefused: nothing,
    attemptDone(done) {
      if (done.outcome !== "ok" && done.outcome !== "cancelled")
        log.warn({ ...done, rehearsed }, "attempt failed");
    },
    keySetAside: nothing,
    slotWaited: nothing,
    verdict: nothing,
    classified: nothing,
    classifierState: nothing,
    firstToken: nothing,
    streamOpened: () => nothing,
    rehearsing: (faults) => uncounted(log, faults),
  };
}
