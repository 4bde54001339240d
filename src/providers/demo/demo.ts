// Deterministic deployments inside the process, so that every feature can be tried offline.
// They say that they are demos. `providers.ts` calls them where it would call a network.

import { setTimeout as sleep } from "node:timers/promises";
import type { Deployment } from "../../core/deployment.ts";
import { WireFault } from "../../core/dialect.ts";
import type { EmbeddingAnswer, ModelEvent, TokenUsage } from "../../core/events.ts";
import { noUsage } from "../../core/events.ts";
import type { CompletionRequest, EmbeddingRequest, Tool } from "../../core/request.ts";
import { demoVector } from "./vector.ts";

interface Script {
  /** Words and spaces, as they would come off a model. */
  readonly pieces: readonly string[];
  readonly pauseMilliseconds: number;
  /** Breaks off after so many pieces. */
  readonly failsAfter?: number;
}

const greeting = "This is Portcullis's demo model; no AI wrote this.";

const story =
  "This is Portcullis's demo model telling the one story it knows. A gate stood at the edge of a town, " +
  "and whoever passed had to say what they carried. Some called it slow. Then a winter came in which " +
  "every other town lost something, and this one could show, line by line, that it had not.";

/** By deployment; what is not listed echoes. */
const scripts: Readonly<Record<string, (request: CompletionRequest) => Script>> = {
  "demo/echo": (request) => ({
    pieces: wordsOf(`${greeting} You said: ${lastText(request)}`),
    pauseMilliseconds: 0,
  }),
  "demo/story": () => ({ pieces: wordsOf(story), pauseMilliseconds: 15 }),
  "demo/slow": (request) => ({
    pieces: wordsOf(`${greeting} Slowly: ${lastText(request)}`),
    pauseMilliseconds: 400,
  }),
  "demo/flaky": (request) => ({
    pieces: wordsOf(`${greeting} ${lastText(request)}`),
    pauseMilliseconds: 10,
    failsAfter: flakiness(),
  }),
  "demo/unsafe": () => ({
    pieces: wordsOf(`${greeting} Here is something that must not leave: ${unsafeText()} That was it.`),
    pauseMilliseconds: 10,
  }),
};

export async function* demoComplete(
  deployment: Deployment,
  request: CompletionRequest,
  signal: AbortSignal,
): AsyncGenerator<readonly ModelEvent[], void, undefined> {
  for await (const event of words(deployment, request, signal)) yield [event];
}

async function* words(
  deployment: Deployment,
  request: CompletionRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent, void, undefined> {
  yield { type: "answer-begin", upstreamId: undefined, upstreamModel: deployment.id };
  const input = request.messages.reduce((sum, message) => sum + textOf(message.parts).length, 0);
  let output = 0;
  for (let choice = 0; choice < request.n; choice += 1) {
    const call = deployment.id === "demo/tools" ? toolToCall(request) : undefined;
    if (call !== undefined) {
      const args = JSON.stringify(sampleArguments(call));
      yield {
        type: "tool-call-delta",
        choice,
        call: 0,
        id: `call_demo_${choice}`,
        name: call.name,
        arguments: args,
      };
      yield { type: "choice-finish", choice, reason: "tool_calls" };
      output += args.length;
      continue;
    }
    output += yield* say(scriptFor(deployment.id, request), choice, request, signal);
  }
  yield { type: "usage", usage: usageOf(input, output) };
}

export function demoEmbed(request: EmbeddingRequest): EmbeddingAnswer {
  const inputs: readonly (string | readonly number[])[] = request.inputs;
  const embeddings = inputs.map((input, index) => ({
    index,
    vector: demoVector(String(input), request.dimensions ?? 256),
  }));
  return {
    embeddings,
    usage: usageOf(
      inputs.reduce((sum, input) => sum + input.length, 0),
      0,
    ),
  };
}

async function* say(
  script: Script,
  choice: number,
  request: CompletionRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent, number, undefined> {
  const budget = (request.maxOutputTokens ?? 4096) * charactersPerToken;
  let said = 0;
  let spoken = 0;
  for (const piece of script.pieces) {
    if (said + piece.length > budget) {
      yield { type: "choice-finish", choice, reason: "length" };
      return said;
    }
    if (spoken === script.failsAfter) throw new WireFault("error", "the demo broke off on purpose", 503);
    if (script.pauseMilliseconds > 0) await sleep(script.pauseMilliseconds, undefined, { signal });
    signal.throwIfAborted();
    yield { type: "text-delta", choice, text: piece };
    said += piece.length;
    spoken += 1;
  }
  yield { type: "choice-finish", choice, reason: "stop" };
  return said;
}

const scriptFor = (id: string, request: CompletionRequest): Script =>
  (scripts[id] ?? scripts["demo/echo"] ?? noScript)(request);

const noScript = (): Script => ({ pieces: wordsOf(greeting), pauseMilliseconds: 0 });

const charactersPerToken = 4;

const usageOf = (inputCharacters: number, outputCharacters: number): TokenUsage => ({
  ...noUsage,
  input: Math.ceil(inputCharacters / charactersPerToken),
  output: Math.ceil(outputCharacters / charactersPerToken),
});

/** In turn: fails at once, works, breaks off in the middle. */
let flakyCalls = 0;
function flakiness(): number {
  flakyCalls += 1;
  return [0, Number.POSITIVE_INFINITY, 5][(flakyCalls - 1) % 3] ?? 0;
}

/** A made-up key in a real format: the guard must stop it. Put together here, so that no file holds one. */
const unsafeText = (): string => ["sk", "proj", "A1b2C3d4E5f6G7h8".repeat(3)].join("-");

const wordsOf = (text: string): readonly string[] => text.match(/\S+\s*/g) ?? [];

function lastText(request: CompletionRequest): string {
  const last = request.messages.findLast((message) => message.role === "user" || message.role === "tool");
  return last === undefined ? "" : textOf(last.parts);
}

const textOf = (parts: CompletionRequest["messages"][number]["parts"]): string =>
  parts.map((part) => (part.type === "text" ? part.text : `[${part.type}]`)).join(" ");

/** Calls the tool that was forced, or the first, unless its result is already there. */
function toolToCall(request: CompletionRequest): Tool | undefined {
  if (request.toolChoice?.mode === "none" || request.messages.at(-1)?.role === "tool") return undefined;
  const forced = request.toolChoice?.mode === "tool" ? request.toolChoice.tool : undefined;
  return request.tools?.find(
    (tool) => tool.native === undefined && (forced === undefined || tool.name === forced),
  );
}

const samples: Readonly<Record<string, unknown>> = {
  string: "demo",
  number: 1,
  integer: 1,
  boolean: true,
  array: [],
  object: {},
};

function sampleArguments(tool: Tool): Record<string, unknown> {
  const properties =
    (tool.parameters as { properties?: Record<string, { type?: string; enum?: unknown[] }> } | undefined)
      ?.properties ?? {};
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [
      name,
      schema.enum?.[0] ?? samples[schema.type ?? "string"] ?? "demo",
    ]),
  );
}
