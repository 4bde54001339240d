// POST /v1/images/generations: decode, ask the gateway, answer the pictures, as one body or as events.
// The gateway decides everything; here only the shape of the wire is known. Making one takes minutes.

import { Failure } from "../core/errors.ts";
import type { ImageResult } from "../gateway/contract.ts";
import { encodeAccount } from "../wire/openai/client-wire.ts";
import { decodeImageRequest, encodeImageEvents, encodeImages } from "../wire/openai/client-images.ts";
import { receiptHeaders } from "./answer-headers.ts";
import { askedOf } from "./asked.ts";
import { enter } from "./entrance.ts";
import type { Exchange } from "./exchange.ts";
import type { HandlerParts } from "./handler.ts";
import { eventFiller, jsonFiller, waitPatiently } from "./patient-answer.ts";
import { readJsonBody } from "./read-body.ts";
import { sendEvents, sendWhole } from "./whole-answer.ts";

export async function serveImages(exchange: Exchange, parts: HandlerParts): Promise<void> {
  const { controller, request, requestId } = exchange;
  const caller = await enter(exchange, parts, "complete");
  const decoded = decodeImageRequest(await readJsonBody(request, parts.mostBodyBytes));
  const asked = askedOf(decoded.request, caller, requestId, request.headers, decoded.tags.sensitivity);
  exchange.reachedGateway = true;
  const patience = waitPatiently(exchange, decoded.stream ? eventFiller : jsonFiller, parts.keepAlive);
  try {
    const result = await parts.gateway.image(asked, controller.signal);
    const made = madeOf(result);
    const headers = receiptHeaders(result.receipt);
    if (decoded.stream) {
      const events = encodeImageEvents(made);
      if (patience.spoke) patience.end(events);
      else sendEvents(exchange, events, headers);
    } else {
      const body = encodeImages(made);
      // Headers left before there was an account.
      const account = { portcullis: encodeAccount(result.receipt, result.deployment) };
      if (patience.spoke) patience.end(JSON.stringify({ ...body, ...account }));
      else sendWhole(exchange, body, headers);
    }
  } catch (error) {
    if (!patience.spoke) throw error;
    await patience.fail(exchange.cutBy ?? error);
    // What is nobody's failure has to be reported.
    if (!(error instanceof Failure)) throw error;
  } finally {
    patience.stop();
  }
}

function madeOf({ images, properties, receipt }: ImageResult) {
  const usage = receipt.estimated ? undefined : receipt.usage;
  return { images, properties, usage, created: Math.floor(Date.now() / 1000) };
}
