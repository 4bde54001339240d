// POST /v1/responses: decode, ask the gateway, answer whole or as a stream of the published events.
// The gateway decides everything; here only the shape of the wire is known.

import { createResponseStreamEncoder, createWholeResponse } from "../wire/responses/client-answer.ts";
import { decodeResponsesRequest } from "../wire/responses/client-request.ts";
import { type Headers, receiptHeaders } from "./answer-headers.ts";
import { askedOf } from "./asked.ts";
import { enter } from "./entrance.ts";
import type { Exchange } from "./exchange.ts";
import type { HandlerParts } from "./handler.ts";
import { readJsonBody } from "./read-body.ts";
import { streamAnswer } from "./stream-answer.ts";
import { sendWhole } from "./whole-answer.ts";

export async function serveResponses(exchange: Exchange, parts: HandlerParts): Promise<void> {
  const { controller, request, requestId } = exchange;
  const caller = await enter(exchange, parts, "complete");
  const decoded = decodeResponsesRequest(await readJsonBody(request, parts.mostBodyBytes));
  const { body, obfuscated, tags } = decoded;
  const asked = askedOf(decoded.request, caller, requestId, request.headers, tags.sensitivity);
  const style = { created: Math.floor(Date.now() / 1000), body };
  exchange.reachedGateway = true;
  const events = parts.gateway.complete(asked, controller.signal);
  if (decoded.request.stream) {
    const encoder = createResponseStreamEncoder({ ...style, obfuscated });
    return await streamAnswer(events, encoder, exchange, parts);
  }
  const whole = createWholeResponse(style);
  let headers: Headers = [];
  for await (const batch of events)
    for (const event of batch) {
      whole.push(event);
      if (event.type === "finished") headers = receiptHeaders(event.receipt);
    }
  sendWhole(exchange, whole.response(), headers);
}
