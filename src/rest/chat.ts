// POST /v1/chat/completions: decode, ask the gateway, answer whole or as a stream.
// The gateway decides everything; here only the shape of the wire is known.

import { gather } from "../wire/gather.ts";
import { encodeChatAnswer } from "../wire/openai/client-answer.ts";
import { createChatChunkEncoder } from "../wire/openai/client-chunks.ts";
import { decodeChatRequest } from "../wire/openai/client-request.ts";
import { receiptHeaders } from "./answer-headers.ts";
import { askedOf } from "./asked.ts";
import { enter } from "./entrance.ts";
import type { Exchange } from "./exchange.ts";
import type { HandlerParts } from "./handler.ts";
import { readJsonBody } from "./read-body.ts";
import { streamAnswer } from "./stream-answer.ts";
import { sendWhole } from "./whole-answer.ts";

export async function serveChat(exchange: Exchange, parts: HandlerParts): Promise<void> {
  const { controller, request, requestId } = exchange;
  const entering = enter(exchange, parts, "complete");
  const caller = entering instanceof Promise ? await entering : entering;
  const body = await readJsonBody(request, parts.mostBodyBytes);
  const chat = decodeChatRequest(body);
  const asked = askedOf(chat.request, caller, requestId, request.headers, chat.tags.sensitivity);
  const style = {
    created: Math.floor(Date.now() / 1000),
    requestedModel: chat.request.model,
    legacyFunctions: chat.legacyFunctions,
  };
  exchange.reachedGateway = true;
  const events = parts.gateway.complete(asked, controller.signal);
  if (chat.request.stream) {
    const encoder = createChatChunkEncoder({
      ...style,
      includeUsage: chat.includeUsage,
      obfuscated: chat.obfuscated,
      spoken: chat.spoken,
    });
    return await streamAnswer(events, encoder, exchange, parts);
  }
  const answer = await gather(events);
  sendWhole(exchange, encodeChatAnswer(answer, style), receiptHeaders(answer.receipt));
}
