// Neutral requests and destinations for codec tests: short to write, whole to encode.
// Encoding tests name only what they are about.

import type { ParamChange } from "../../src/core/answer.ts";
import type { Destination, Dialect } from "../../src/core/dialect.ts";
import type { CompletionRequest, UserMessage } from "../../src/core/request.ts";

export const ask = (text: string): UserMessage => ({ role: "user", parts: [{ type: "text", text }] });

export function requestOf(fields: Partial<CompletionRequest> = {}): CompletionRequest {
  return {
    action: "complete",
    model: "any",
    messages: [ask("Hi")],
    stream: false,
    n: 1,
    extras: {},
    ...fields,
  };
}

export function destinationOf(upstreamModel: string, fields: Partial<Destination> = {}): Destination {
  return {
    providerId: "any",
    upstreamModel,
    maxOutputTokens: undefined,
    capabilities: [],
    obligations: [],
    ...fields,
  };
}

export interface EncodedForm {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** As `clamped temperature 1.5 → 1`. */
  readonly params: readonly string[];
  /** As `n`, or `messages[0].parts[0]!` where it may not be dropped. */
  readonly unsupported: readonly string[];
}

/** Encodes, and puts the report into words that fit a table. */
export function encodeWith(dialect: Dialect, request: CompletionRequest, to: Destination): EncodedForm {
  const encoded = dialect.encodeCompletion(request, to);
  return {
    path: encoded.path,
    body: JSON.parse(encoded.body) as Readonly<Record<string, unknown>>,
    params: encoded.params.map(inWords),
    unsupported: encoded.unsupported.map(({ path, droppable }) => (droppable ? path : `${path}!`)),
  };
}

const inWords = ({ action, param, from, to }: ParamChange): string => {
  const words = [action, param];
  if (from !== undefined) words.push(wordOf(from));
  if (to !== undefined) words.push("→", wordOf(to));
  return words.join(" ");
};

const wordOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
