// What differs between the two vendors' clients before a handler is reached: where the key is, how a failure looks.
// `door.ts` picks one for each exchange by its address, or by the version header that Anthropic's clients send.

import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { Failure } from "../core/errors.ts";
import { encodeErrorBody as encodeAnthropicError } from "../wire/anthropic/client-error.ts";
import { encodeErrorBody as encodeOpenaiError } from "../wire/openai/client-error.ts";

export interface ClientWire {
  /** As the value of an Authorization header. */
  credential(headers: IncomingHttpHeaders): string | undefined;
  encodeFailure(failure: Failure, requestId: string): unknown;
  /** Before anything is answered: headers that this vendor's clients look for in every answer. */
  prepare?(response: ServerResponse, requestId: string): void;
}

export const openaiWire: ClientWire = {
  credential: (headers) => headers.authorization,
  encodeFailure: encodeOpenaiError,
};

export const anthropicWire: ClientWire = {
  credential(headers) {
    const key = headers["x-api-key"];
    if (headers.authorization !== undefined || typeof key !== "string") return headers.authorization;
    return `Bearer ${key}`;
  },
  encodeFailure: (failure, requestId) => encodeAnthropicError(failure, requestId),
  prepare: (response, requestId) => void response.setHeader("request-id", requestId),
};

/** Addresses that both vendors have. */
export const wireByVersionHeader = (headers: IncomingHttpHeaders): ClientWire =>
  headers["anthropic-version"] === undefined ? openaiWire : anthropicWire;
