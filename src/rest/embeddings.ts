// POST /v1/embeddings: decode, ask the gateway, answer the vectors in the encoding that was asked for.
// The gateway decides everything; here only the shape of the wire is known.

import { decodeEmbeddingRequest, encodeEmbeddingAnswer } from "../wire/openai/client-embeddings.ts";
import { receiptHeaders } from "./answer-headers.ts";
import { askedOf } from "./asked.ts";
import { enter } from "./entrance.ts";
import type { Exchange } from "./exchange.ts";
import type { HandlerParts } from "./handler.ts";
import { readJsonBody } from "./read-body.ts";
import { sendWhole } from "./whole-answer.ts";

export async function serveEmbeddings(exchange: Exchange, parts: HandlerParts): Promise<void> {
  const { controller, request, requestId } = exchange;
  const caller = await enter(exchange, parts, "embed");
  const body = await readJsonBody(request, parts.mostBodyBytes);
  const { request: embedding, tags, encodingFormat } = decodeEmbeddingRequest(body);
  const asked = askedOf(embedding, caller, requestId, request.headers, tags.sensitivity);
  exchange.reachedGateway = true;
  const { embeddings, receipt } = await parts.gateway.embed(asked, controller.signal);
  const answer = encodeEmbeddingAnswer(
    { embeddings, usage: receipt.usage },
    { model: embedding.model, encodingFormat },
  );
  sendWhole(exchange, answer, receiptHeaders(receipt));
}
