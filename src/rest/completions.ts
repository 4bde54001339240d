// POST /v1/completions: each prompt asked of the gateway in its turn, all answered as one.
// The gateway decides everything; here only the shape of the wire is known.

import type { AnswerEvent, Receipt } from "../core/answer.ts";
import { addUsage } from "../core/events.ts";
import type { Picodollars } from "../core/money.ts";
import type { CompletionRequest } from "../core/request.ts";
import type { Asked } from "../core/stages.ts";
import { gather } from "../wire/gather.ts";
import { decodeTextCompletions } from "../wire/openai/client-completions.ts";
import { createTextStreamEncoder, encodeTextAnswer } from "../wire/openai/client-text-answer.ts";
import { receiptHeaders } from "./answer-headers.ts";
import { askedOf } from "./asked.ts";
import { enter } from "./entrance.ts";
import type { Exchange } from "./exchange.ts";
import type { HandlerParts } from "./handler.ts";
import { readJsonBody } from "./read-body.ts";
import { streamAnswer } from "./stream-answer.ts";
import { sendWhole } from "./whole-answer.ts";

export async function serveCompletions(exchange: Exchange, parts: HandlerParts): Promise<void> {
  const { controller, request, requestId } = exchange;
  const caller = await enter(exchange, parts, "complete");
  const decoded = decodeTextCompletions(await readJsonBody(request, parts.mostBodyBytes));
  const [first, ...others] = decoded.requests.map((prompt, index) => {
    const id = index === 0 ? requestId : parts.newRequestId();
    return askedOf(prompt, caller, id, request.headers, decoded.tags.sensitivity);
  });
  if (!first) throw new Error("a request without a prompt was decoded");
  exchange.reachedGateway = true;
  const events =
    others.length === 0
      ? parts.gateway.complete(first, controller.signal)
      : inTurn([first, ...others.map(withOwnKey)], parts.gateway, controller.signal);
  const { model, n, stream } = first.request;
  const { echoes, includeUsage } = decoded;
  const style = { created: Math.floor(Date.now() / 1000), requestedModel: model, n, echoes };
  if (stream) {
    return await streamAnswer(events, createTextStreamEncoder({ ...style, includeUsage }), exchange, parts);
  }
  const answer = await gather(events);
  sendWhole(exchange, encodeTextAnswer(answer, style), receiptHeaders(answer.receipt));
}

/** The caller's key names all of them; each has a body of its own. */
function withOwnKey(asked: Asked<CompletionRequest>, index: number): Asked<CompletionRequest> {
  const { idempotencyKey } = asked;
  return idempotencyKey === undefined
    ? asked
    : { ...asked, idempotencyKey: `${idempotencyKey} ${index + 1}` };
}

/** One after the other, so that each may spend what those before it left. */
async function* inTurn(
  prompts: readonly Asked<CompletionRequest>[],
  gateway: HandlerParts["gateway"],
  signal: AbortSignal,
): AsyncGenerator<readonly AnswerEvent[], void, undefined> {
  let receipt: Receipt | undefined;
  for (const [index, asked] of prompts.entries()) {
    for await (const batch of gateway.complete({ ...asked, maxCost: left(asked, receipt) }, signal)) {
      yield batch.flatMap((event): readonly AnswerEvent[] => {
        if ("choice" in event) return [{ ...event, choice: index * asked.request.n + event.choice }];
        if (event.type !== "finished") return index === 0 ? [event] : [];
        receipt = receipt ? joined(receipt, event.receipt) : event.receipt;
        return [];
      });
    }
  }
  if (receipt) yield [{ type: "finished", receipt }];
}

const left = ({ maxCost }: Asked, spent: Receipt | undefined): Picodollars | undefined =>
  maxCost === undefined ? undefined : Math.max(0, maxCost - (spent?.cost ?? 0));

const joined = (all: Receipt, next: Receipt): Receipt => ({
  ...all,
  usage: addUsage(all.usage, next.usage),
  cost: all.cost === undefined || next.cost === undefined ? undefined : all.cost + next.cost,
  estimated: all.estimated || next.estimated,
  attempts: [...all.attempts, ...next.attempts],
});
