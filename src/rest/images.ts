// POST /v1/images/generations: decode, ask the gateway, answer the pictures, as one body or as events.
// The gateway decides everything; here only the shape of the wire is known.

import { decodeImageRequest, encodeImageEvents, encodeImages } from "../wire/openai/client-images.ts";
import { receiptHeaders } from "./answer-headers.ts";
import { askedOf } from "./asked.ts";
import { enter } from "./entrance.ts";
import type { Exchange } from "./exchange.ts";
import type { HandlerParts } from "./handler.ts";
import { readJsonBody } from "./read-body.ts";
import { sendEvents, sendWhole } from "./whole-answer.ts";

export async function serveImages(exchange: Exchange, parts: HandlerParts): Promise<void> {
  const { controller, request, requestId } = exchange;
  const caller = await enter(exchange, parts, "complete");
  const decoded = decodeImageRequest(await readJsonBody(request, parts.mostBodyBytes));
  const asked = askedOf(decoded.request, caller, requestId, request.headers, decoded.tags.sensitivity);
  exchange.reachedGateway = true;
  const { images, properties, receipt } = await parts.gateway.image(asked, controller.signal);
  const usage = receipt.estimated ? undefined : receipt.usage;
  const made = { images, properties, usage, created: Math.floor(Date.now() / 1000) };
  if (decoded.stream) sendEvents(exchange, encodeImageEvents(made), receiptHeaders(receipt));
  else sendWhole(exchange, encodeImages(made), receiptHeaders(receipt));
}
