// Everything that /metrics shows, as typed functions that are cheap to call.
// `telemetry.ts` calls them; `server.ts` prints them. Label values come from tables, never from callers.

import { Gauge, Registry, collectDefaultMetrics } from "prom-client";
import { createDurations, type Durations } from "./durations.ts";
import { createTally } from "./tally.ts";
import type {
  AttemptDone,
  Classified,
  ClassifierState,
  DoorName,
  KeySetAside,
  RequestDone,
} from "./telemetry.ts";

export interface Metrics {
  requestDone(done: RequestDone): void;
  requestRefused(door: DoorName, code: string): void;
  attemptDone(done: AttemptDone): void;
  keySetAside(aside: KeySetAside): void;
  slotWaited(limited: string, outcome: string, milliseconds: number): void;
  verdict(category: string, action: string): void;
  classified(classifier: string, verdict: Classified): void;
  classifierState(classifier: string, state: ClassifierState): void;
  firstToken(deploymentId: string, milliseconds: number): void;
  streamOpened(): () => void;
  /** A route's own program was asked: `ok`, `failed`, or `resting` after a failure. */
  webhookAsked(outcome: string): void;
  documentAsked(document: string): void;
  breakerChanged(deploymentId: string, state: string, cause: string): void;
  readonly contentType: string;
  text(): Promise<string>;
}

export interface MetricsSettings {
  /** False for `provider/any-id` deployments: they are counted as `provider/other`. */
  isListed(deploymentId: string): boolean;
  /** Deployments that the breaker keeps from being called (`open`), or tries again (`half-open`). */
  troubled?(): readonly { readonly deploymentId: string; readonly state: string }[];
  /** The keys of providers that have several, by number. */
  keys?(): readonly KeyUse[];
  /** What each limit of routes.yaml allows this process, and what is in use. */
  slots?(): readonly SlotUse[];
  /** Memory, garbage collection, event loop lag and handles of this process. */
  readonly processMetrics: boolean;
}

interface KeyUse {
  readonly providerId: string;
  readonly number: number;
  readonly aside: readonly unknown[];
}

interface SlotUse {
  readonly limited: string;
  readonly slots: number;
  readonly running: number;
  readonly waiting: number;
}

const classifierStateNames: readonly ClassifierState[] = ["unproven", "fit", "resting", "wrong"];
const picodollarsPerDollar = 1e12;
/** Outcomes that are nobody's refusal. */
const notDenials: ReadonlySet<string> = new Set(["ok", "cancelled", "interrupted"]);

export function createMetrics(settings: MetricsSettings): Metrics {
  const registry = new Registry();
  if (settings.processMetrics)
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 20 });

  const tally = (name: string, help: string, labels: readonly string[]) =>
    createTally(registry, `portcullis_${name}`, help, labels);
  const histograms: Durations[] = [];
  function durations(name: string, help: string, label: string): Durations {
    const made = createDurations(`portcullis_${name}`, help, label);
    histograms.push(made);
    return made;
  }
  const requests = tally("requests_total", "Requests by door, action and outcome.", [
    "door",
    "action",
    "outcome",
  ]);
  const denials = tally("denials_total", "Requests that ended with a failure code.", ["code"]);
  const attempts = tally("attempts_total", "Calls to providers by outcome.", ["provider", "outcome"]);
  const tokens = tally("tokens_total", "Tokens as settled.", ["direction", "deployment"]);
  const cost = tally("cost_usd_total", "US dollars as settled; unknown prices count as nothing.", [
    "deployment",
  ]);
  const verdicts = tally("verdicts_total", "Safety findings and what was done.", ["category", "action"]);
  const documents = tally(
    "documents_total",
    "GraphQL documents where any are trusted: trusted ones, others of who may send any, and all others.",
    ["document"],
  );
  const webhooks = tally("route_webhook_total", "Webhooks of routes, by outcome.", ["outcome"]);
  const breakerChanges = tally("breaker_changes_total", "Breakers that opened or closed.", [
    "deployment",
    "state",
    "cause",
  ]);
  void new Gauge({
    name: "portcullis_breaker_open",
    help: "1: left alone after failures; 0.5: one call at a time tries it. Absent: called as usual.",
    labelNames: ["deployment"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { deploymentId, state } of settings.troubled?.() ?? [])
        this.set({ deployment: deploymentLabel(deploymentId) }, state === "open" ? 1 : 0.5);
    },
  });
  const keysSetAside = tally("keys_set_aside_total", "Keys that a provider refused, by what it answered.", [
    "provider",
    "key",
    "status",
  ]);
  void new Gauge({
    name: "portcullis_key_set_aside",
    help: "For a provider with several keys: 1 where one, by its number, is left alone now, for some deployment at least.",
    labelNames: ["provider", "key"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { providerId, number, aside } of settings.keys?.() ?? [])
        this.set({ provider: providerId, key: number }, aside.length > 0 ? 1 : 0);
    },
  });
  void new Gauge({
    name: "portcullis_slots",
    help: "Of each published limit: slots of this replica, those in use (running), and requests that wait.",
    labelNames: ["limited", "state"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { limited, slots, running, waiting } of settings.slots?.() ?? [])
        for (const [state, value] of Object.entries({ slots, running, waiting }))
          this.set({ limited, state }, value);
    },
  });
  const slotWaits = tally("slot_waits_total", "Waits for a slot of a limit, by how they ended.", [
    "limited",
    "outcome",
  ]);
  const slotWaitDuration = durations("slot_wait_seconds", "Waits for a slot of a limit.", "limited");
  const duration = durations("request_duration_seconds", "From arrival to settlement.", "action");
  const attemptDuration = durations("attempt_duration_seconds", "One call to one provider.", "provider");
  const firstToken = durations("first_token_seconds", "From arrival to the first content event.", "provider");
  const classified = tally("classifier_verdicts_total", "Verdicts of semantic classifiers.", [
    "classifier",
    "outcome",
  ]);
  const classifierDuration = durations(
    "classifier_duration_seconds",
    "One check by one classifier, its second try included.",
    "classifier",
  );
  const classifierStates = new Gauge({
    name: "portcullis_classifier_state",
    help: "1 for the state that a classifier is in; only fit ones are asked, and resting is an open breaker.",
    labelNames: ["classifier", "state"],
    registers: [registry],
  });
  const openStreams = new Gauge({
    name: "portcullis_open_streams",
    help: "Answers being streamed now.",
    registers: [registry],
  });

  const deploymentLabel = (id: string): string => (settings.isListed(id) ? id : `${providerOf(id)}/other`);

  return {
    requestDone(done) {
      requests.add(1, done.door, done.action, done.outcome);
      if (!notDenials.has(done.outcome)) denials.add(1, done.outcome);
      duration.observe(done.action, done.milliseconds / 1000);
      if (done.deploymentId === undefined) return;
      const deployment = deploymentLabel(done.deploymentId);
      tokens.add(done.usage?.input ?? 0, "input", deployment);
      tokens.add(done.usage?.cachedInput ?? 0, "cached-input", deployment);
      tokens.add(done.usage?.output ?? 0, "output", deployment);
      tokens.add(done.usage?.reasoning ?? 0, "reasoning", deployment);
      cost.add((done.cost ?? 0) / picodollarsPerDollar, deployment);
    },
    requestRefused(door, code) {
      requests.add(1, door, "none", code);
      denials.add(1, code);
    },
    attemptDone(done) {
      const provider = providerOf(done.deploymentId);
      attempts.add(1, provider, done.outcome);
      attemptDuration.observe(provider, done.milliseconds / 1000);
    },
    keySetAside: ({ providerId, number, status }) =>
      keysSetAside.add(1, providerId, String(number), String(status)),
    slotWaited(limited, outcome, milliseconds) {
      slotWaits.add(1, limited, outcome);
      slotWaitDuration.observe(limited, milliseconds / 1000);
    },
    breakerChanged: (deploymentId, state, cause) =>
      breakerChanges.add(1, deploymentLabel(deploymentId), state, cause),
    webhookAsked: (outcome) => webhooks.add(1, outcome),
    documentAsked: (document) => documents.add(1, document),
    verdict: (category, action) => verdicts.add(1, category, action),
    classified(classifier, { outcome, latencyMs }) {
      classified.add(1, classifier, outcome);
      classifierDuration.observe(classifier, latencyMs / 1000);
    },
    classifierState(classifier, state) {
      for (const one of classifierStateNames) classifierStates.set({ classifier, state: one }, 0);
      classifierStates.set({ classifier, state }, 1);
    },
    firstToken: (deploymentId, milliseconds) =>
      firstToken.observe(providerOf(deploymentId), milliseconds / 1000),
    streamOpened() {
      openStreams.inc();
      let open = true;
      return () => {
        if (open) openStreams.dec();
        open = false;
      };
    },
    contentType: registry.contentType,
    text: async () =>
      [await registry.metrics(), ...histograms.map((histogram) => histogram.text())].join("\n"),
  };
}

function providerOf(deploymentId: string): string {
  const slash = deploymentId.indexOf("/");
  return slash < 0 ? deploymentId : deploymentId.slice(0, slash);
}
