// POST /v1/messages/count_tokens: how many tokens a message would read, and whether that was counted or estimated.
// The gateway decides everything; here only the shape of the wire is known.

import { decodeMessagesRequest } from "../wire/anthropic/client-request.ts";
import { decidedHeaders } from "./answer-headers.ts";
import { askedOf } from "./asked.ts";
import { enter } from "./entrance.ts";
import type { Exchange } from "./exchange.ts";
import type { HandlerParts } from "./handler.ts";
import { betasOf } from "./messages.ts";
import { readJsonBody } from "./read-body.ts";
import { sendWhole } from "./whole-answer.ts";

export async function serveCountTokens(exchange: Exchange, parts: HandlerParts): Promise<void> {
  const { controller, request, requestId } = exchange;
  const caller = await enter(exchange, parts, "complete");
  const body = await readJsonBody(request, parts.mostBodyBytes);
  const decoded = decodeMessagesRequest(body, betasOf(request.headers), true);
  const asked = askedOf(decoded.request, caller, requestId, request.headers, decoded.tags.sensitivity);
  exchange.reachedGateway = true;
  const counted = await parts.gateway.countTokens(asked, controller.signal);
  const headers = [...decidedHeaders(counted), "x-portcullis-estimated", String(counted.estimated)];
  sendWhole(exchange, { input_tokens: counted.tokens }, headers);
}
