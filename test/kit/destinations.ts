// Destinations for codec tests: what a codec knows of where a request goes.
// Nothing here calls anything.

import type { Destination } from "../../src/core/dialect.ts";
import type { CompletionRequest, Message } from "../../src/core/request.ts";

export const destination = (providerId: string, more: Partial<Destination> = {}): Destination => ({
  providerId,
  upstreamModel: "upstream-model",
  maxOutputTokens: undefined,
  capabilities: [],
  obligations: [],
  ...more,
});

export const userSays = (text: string): Message => ({ role: "user", parts: [{ type: "text", text }] });

export const completion = (more: Partial<CompletionRequest> = {}): CompletionRequest => ({
  action: "complete",
  model: "asked-model",
  messages: [userSays("hi")],
  stream: false,
  n: 1,
  extras: {},
  ...more,
});
