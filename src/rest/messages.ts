// POST /v1/messages: Anthropic's wire in front of every model; decode, ask the gateway, answer whole or streamed.
// The gateway decides everything; here only the shape of the wire is known.

import type { IncomingHttpHeaders } from "node:http";
import { createMessageGatherer } from "../wire/anthropic/client-answer.ts";
import { encodeErrorBody } from "../wire/anthropic/client-error.ts";
import { createMessageEventEncoder } from "../wire/anthropic/client-events.ts";
import { decodeMessagesRequest } from "../wire/anthropic/client-request.ts";
import { type Headers, receiptHeaders } from "./answer-headers.ts";
import { askedOf } from "./asked.ts";
import { enter } from "./entrance.ts";
import type { Exchange } from "./exchange.ts";
import type { HandlerParts } from "./handler.ts";
import { readJsonBody } from "./read-body.ts";
import { streamAnswer } from "./stream-answer.ts";
import { sendWhole } from "./whole-answer.ts";

export async function serveMessages(exchange: Exchange, parts: HandlerParts): Promise<void> {
  const { controller, request, requestId } = exchange;
  const caller = await enter(exchange, parts, "complete");
  const body = await readJsonBody(request, parts.mostBodyBytes);
  const decoded = decodeMessagesRequest(body, betasOf(request.headers));
  const { places, tags } = decoded;
  // From here on a path may name a message by its neutral number.
  exchange.wire = { ...exchange.wire, encodeFailure: (failure, id) => encodeErrorBody(failure, id, places) };
  const asked = askedOf(decoded.request, caller, requestId, request.headers, tags.sensitivity);
  const style = { requestedModel: asked.request.model, stopSequences: asked.request.stop ?? [], places };
  exchange.reachedGateway = true;
  const events = parts.gateway.complete(asked, controller.signal);
  if (asked.request.stream) {
    return await streamAnswer(events, createMessageEventEncoder(style), exchange, parts);
  }
  const gatherer = createMessageGatherer(style);
  let headers: Headers = [];
  for await (const batch of events)
    for (const event of batch) {
      gatherer.push(event);
      if (event.type === "finished") headers = receiptHeaders(event.receipt);
    }
  sendWhole(exchange, gatherer.message(), headers);
}

/** `a, b`, or the header several times. */
export function betasOf(headers: IncomingHttpHeaders): readonly string[] {
  const names = String(headers["anthropic-beta"] ?? "").split(",");
  return names.map((name) => name.trim()).filter((name) => name !== "");
}
