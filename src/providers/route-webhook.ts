// Asks an operator's own program which of the permitted candidates it would take. Signed, short, and
// without a word of the prompt; whatever goes wrong, the answer is that there is none.
// `gateway/planning.ts` calls it; the address comes from routes.yaml and nowhere else.

import { createHmac } from "node:crypto";
import type { RouteWebhook } from "../core/route.ts";
import type { AnswerBody } from "./answer-body.ts";
import { exchange } from "./http-exchange.ts";
import type { Outgoing } from "./http1/call.ts";
import type { Pools } from "./pools.ts";

export interface RouteWebhooks {
  /** Deployment ids, best first. Undefined where it failed, was late, or is resting after that. */
  ask(webhook: RouteWebhook, question: object, signal: AbortSignal): Promise<readonly string[] | undefined>;
}

export interface WebhookParts {
  readonly pools: Pools;
  readonly secret: string;
  now(): number;
  /** `ok`, `failed` or `resting`. */
  onOutcome(outcome: string): void;
}

/** One that failed is not waited for by every request. */
const restMilliseconds = 5_000;
const longestAnswerBytes = 64 * 1024;
const mostNames = 1_000;

export function createRouteWebhooks(parts: WebhookParts): RouteWebhooks {
  const restsUntil = new Map<string, number>();
  return {
    async ask(webhook, question, signal) {
      if ((restsUntil.get(webhook.url) ?? 0) > parts.now()) {
        parts.onOutcome("resting");
        return undefined;
      }
      try {
        const names = await call(parts, webhook, JSON.stringify(question), signal);
        restsUntil.delete(webhook.url);
        parts.onOutcome("ok");
        return names;
      } catch {
        signal.throwIfAborted();
        restsUntil.set(webhook.url, parts.now() + restMilliseconds);
        parts.onOutcome("failed");
        return undefined;
      }
    },
  };
}

async function call(
  { pools, secret, now }: WebhookParts,
  { url: address, timeout }: RouteWebhook,
  body: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const url = new URL(address);
  const at = Math.floor(now() / 1_000);
  const mac = createHmac("sha256", secret).update(`${at}.${body}`).digest("hex");
  const outgoing: Outgoing = {
    origin: url.origin,
    path: url.pathname + url.search,
    method: "POST",
    headers: [
      "content-type",
      "application/json",
      "user-agent",
      "portcullis",
      "x-portcullis-signature",
      `t=${at},v1=${mac}`,
    ],
    body,
  };
  const patience = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
  const answer = await exchange(pools.for(url.origin), outgoing, patience);
  if (answer.status !== 200) {
    answer.body.readOut();
    throw new Error(`the webhook answered with status ${answer.status}`);
  }
  return namesIn(JSON.parse(await shortText(answer.body)));
}

async function shortText(body: AnswerBody): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for (let chunk = await body.take(); chunk; chunk = await body.take()) {
    size += chunk.length;
    if (size > longestAnswerBytes) {
      body.drop();
      throw new Error("the webhook said too much");
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** `{"order": ["provider/model", …]}`; an empty list is an answer too: no opinion. */
function namesIn(answer: unknown): readonly string[] {
  const order = typeof answer === "object" && answer !== null && "order" in answer ? answer.order : undefined;
  if (!Array.isArray(order)) throw new Error("the webhook gave no order");
  return order.slice(0, mostNames).map(String);
}
