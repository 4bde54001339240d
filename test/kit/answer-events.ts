// Wraps what a codec decoded into the stream that the gateway would make of it.
// Tests of the doors' codecs use it, so that they need no gateway.

import type { AnswerEvent, GatheredAnswer, Receipt } from "../../src/core/answer.ts";
import type { Deployment } from "../../src/core/deployment.ts";
import { type ModelEvent, type TokenUsage, noUsage } from "../../src/core/events.ts";
import { publicData } from "../../src/core/sensitivity.ts";
import { createGatherer } from "../../src/wire/gather.ts";

const report = { effective: publicData, detected: [], underDeclared: false };

export const sampleDeployment: Deployment = {
  id: "demo/echo",
  provider: {
    id: "demo",
    name: "Demo",
    dialect: "demo",
    baseUrl: undefined,
    atOwnOrigin: true,
    enabled: true,
    disabledReason: undefined,
  },
  model: {
    id: "echo",
    name: "Echo",
    vendor: "Portcullis",
    family: undefined,
    capabilities: [],
    inputModalities: ["text"],
    outputModalities: ["text"],
    contextTokens: undefined,
    maxOutputTokens: undefined,
    knowledge: undefined,
    released: undefined,
    status: "active",
    openWeights: false,
  },
  upstreamModel: "echo",
  region: undefined,
  guarantees: [],
  price: undefined,
  prices: [],
  unlisted: false,
};

export function sampleReceipt(usage: TokenUsage): Receipt {
  return {
    id: "req_1",
    at: new Date(0),
    key: "key:1",
    team: "team:1",
    deploymentId: sampleDeployment.id,
    usage,
    cost: 1_250_000,
    estimated: false,
    priceVersion: undefined,
    attempts: [],
    params: [],
    sensitivity: report,
    policyVersion: 1,
    rule: undefined,
    safety: { classifiers: [], notRun: [], categories: [] },
    outcome: "ok",
  };
}

export function answerEvents(events: readonly ModelEvent[]): readonly AnswerEvent[] {
  let usage = noUsage;
  const passed: AnswerEvent[] = [];
  for (const event of events) {
    if (event.type === "usage") usage = event.usage;
    else passed.push(event);
  }
  const started: AnswerEvent = {
    type: "started",
    receiptId: "req_1",
    deployment: sampleDeployment,
    sensitivity: report,
    policyVersion: 1,
    params: [],
    attempts: 1,
  };
  return [started, ...passed, { type: "finished", receipt: sampleReceipt(usage) }];
}

export function gathered(events: readonly AnswerEvent[]): GatheredAnswer {
  const gatherer = createGatherer();
  for (const event of events) gatherer.push(event);
  return gatherer.done();
}
