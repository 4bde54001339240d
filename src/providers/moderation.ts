// How a classifier is asked in any dialect: as a chat wherever models answer chats, and by the raw addresses of
// OpenAI's dialect where a server has them. `providers.ts` sends it; no verdict is read here.

import type { Destination, Dialect, EncodedRequest } from "../core/dialect.ts";
import { Failure } from "../core/errors.ts";
import { noUsage } from "../core/events.ts";
import type { ModerationAnswer, ModerationCall, ModerationTurn } from "../core/moderation.ts";
import type { CompletionRequest, Message } from "../core/request.ts";
import { encodeInWordsOf } from "../wire/in-words-of.ts";

type ChatCall = Extract<ModerationCall, { type: "chat" }>;

export function encodeModeration(dialect: Dialect, call: ModerationCall, to: Destination): EncodedRequest {
  if (call.type === "chat") return encodeInWordsOf(dialect, completionOf(call, to), to);
  if (dialect.moderation) return dialect.moderation.encode(call, to);
  const where = call.type === "completion" ? "raw prompts" : "moderations";
  throw new Failure("UNSUPPORTED_PARAMETER", `The dialect ${dialect.name} has no address for ${where}.`);
}

/** What a model thought before it answered is no verdict. */
export function decodeModeration(dialect: Dialect, call: ModerationCall, body: unknown): ModerationAnswer {
  if (call.type !== "chat" && dialect.moderation) return dialect.moderation.decode(call, body);
  let text = "";
  let usage = noUsage;
  for (const event of dialect.decodeCompletion(body)) {
    if (event.type === "text-delta" && event.choice === 0) text += event.text;
    else if (event.type === "usage") usage = event.usage;
  }
  return { type: "text", text, usage };
}

const completionOf = (
  { turns, maxOutputTokens, fields = {} }: ChatCall,
  { upstreamModel }: Destination,
): CompletionRequest => ({
  action: "complete",
  model: upstreamModel,
  messages: turns.map(messageOf),
  stream: false,
  n: 1,
  temperature: 0,
  maxOutputTokens,
  extras: fields,
});

function messageOf({ role, text }: ModerationTurn): Message {
  const parts = [{ type: "text" as const, text }];
  return role === "assistant" ? { role, parts, toolCalls: [], reasoning: [] } : { role, parts };
}
