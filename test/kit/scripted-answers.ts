// A gateway whose answers a test writes down, event by event, with pauses and failures where it wants them.
// Tests of doors use it where the promise is about the door alone; everything else uses the real gateway.

import type { AnswerEvent, Receipt } from "../../src/core/answer.ts";
import type { Deployment } from "../../src/core/deployment.ts";
import type { CompletionRequest, EmbeddingRequest } from "../../src/core/request.ts";
import type { Asked } from "../../src/core/stages.ts";
import type { EmbeddingResult, Gateway } from "../../src/gateway/contract.ts";

export type Script = (asked: Asked<CompletionRequest>, signal: AbortSignal) => AsyncIterable<AnswerEvent>;

export interface ScriptedGateway extends Gateway {
  /** Every completion asked, newest last. */
  readonly asked: Asked<CompletionRequest>[];
  readonly embeddingsAsked: Asked<EmbeddingRequest>[];
  /** Answers whose script has begun and not ended. */
  open(): number;
  /** When each signal fired, `performance.now()`, in order. */
  readonly aborts: number[];
}

export const echoDeployment: Deployment = {
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
    vendor: "portcullis",
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

export const sensitivity = {
  effective: { level: "internal", labels: ["contact"] },
  detected: [],
  underDeclared: false,
} as const;

export function receipt(id: string, fields: Partial<Receipt> = {}): Receipt {
  return {
    id,
    at: new Date("2026-11-20T10:00:00.000Z"),
    key: "key:test",
    team: "team:test",
    deploymentId: "demo/echo",
    usage: { input: 11, cachedInput: 3, cacheWrite: 0, output: 7, reasoning: 2 },
    cost: 412_000_000,
    estimated: false,
    priceVersion: "2026-11-01",
    attempts: [{ deploymentId: "demo/echo", outcome: "ok", milliseconds: 12 }],
    params: [],
    sensitivity,
    policyVersion: 7,
    rule: "p, role:admin, complete",
    safety: { classifiers: ["deterministic"], notRun: [], categories: [] },
    outcome: "ok",
    ...fields,
  };
}

export function started(
  asked: Asked,
  fields: Partial<Extract<AnswerEvent, { type: "started" }>> = {},
): AnswerEvent {
  return {
    type: "started",
    receiptId: asked.requestId,
    deployment: echoDeployment,
    sensitivity,
    policyVersion: 7,
    params: [],
    attempts: 1,
    ...fields,
  };
}

/** `started`, the text in these pieces for every choice, and the end. */
export async function* saying(
  asked: Asked<CompletionRequest>,
  pieces: readonly string[],
): AsyncGenerator<AnswerEvent> {
  yield started(asked);
  yield { type: "answer-begin", upstreamId: "up-1", upstreamModel: "echo" };
  for (const text of pieces) {
    for (let choice = 0; choice < asked.request.n; choice++) yield { type: "text-delta", choice, text };
  }
  for (let choice = 0; choice < asked.request.n; choice++) {
    yield { type: "choice-finish", choice, reason: "stop" };
  }
  yield { type: "finished", receipt: receipt(asked.requestId) };
}

/** Never resolves until the signal fires, and then rejects: an upstream that went silent. */
export function stalled(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => reject(new Error("aborted"));
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}

export function scriptGateway(script: Script): ScriptedGateway {
  const asked: Asked<CompletionRequest>[] = [];
  const embeddingsAsked: Asked<EmbeddingRequest>[] = [];
  const aborts: number[] = [];
  let open = 0;
  const noteAbort = (): void => void aborts.push(performance.now());
  return {
    asked,
    embeddingsAsked,
    aborts,
    open: () => open,
    async *complete(request, signal) {
      asked.push(request);
      open++;
      signal.addEventListener("abort", noteAbort, { once: true });
      try {
        for await (const event of script(request, signal)) yield [event];
      } finally {
        open--;
        signal.removeEventListener("abort", noteAbort);
      }
    },
    countTokens: () => Promise.reject(new Error("not asked by these tests")),
    image: () => Promise.reject(new Error("not asked")),
    embed(request): Promise<EmbeddingResult> {
      embeddingsAsked.push(request);
      return Promise.resolve({
        embeddings: request.request.inputs.map((_, index) => ({ index, vector: [0.25, -0.5, index] })),
        deployment: echoDeployment,
        receipt: receipt(request.requestId),
      });
    },
    moderate: () => Promise.reject(new Error("not scripted")),
  };
}
