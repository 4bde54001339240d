// POST /v1/moderations: decode, ask the gateway, answer in OpenAI's form with the categories of the policy added.
// The gateway decides everything; here only the shape of the wire is known.

import { decodeModerationRequest, encodeModerationAnswer } from "../wire/openai/client-moderations.ts";
import { receiptHeaders, safetyHeaders } from "./answer-headers.ts";
import { askedOf } from "./asked.ts";
import { enter } from "./entrance.ts";
import type { Exchange } from "./exchange.ts";
import type { HandlerParts } from "./handler.ts";
import { readJsonBody } from "./read-body.ts";
import { sendWhole } from "./whole-answer.ts";

export async function serveModerations(exchange: Exchange, parts: HandlerParts): Promise<void> {
  const { controller, request, requestId } = exchange;
  const caller = await enter(exchange, parts, "moderate");
  const body = await readJsonBody(request, parts.mostBodyBytes);
  const { request: moderation, tags } = decodeModerationRequest(body);
  const asked = askedOf(moderation, caller, requestId, request.headers, tags.sensitivity);
  exchange.reachedGateway = true;
  const { results, classifiers, receipt } = await parts.gateway.moderate(asked, controller.signal);
  const answer = encodeModerationAnswer({
    id: `modr-${requestId}`,
    model: classifiers.map(({ id }) => id).join("+"),
    results,
    looked: [...new Set(classifiers.flatMap(({ categories }) => categories))],
  });
  sendWhole(exchange, answer, [...receiptHeaders(receipt), ...safetyHeaders(receipt.safety)]);
}
