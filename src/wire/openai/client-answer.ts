// Writes a gathered answer as OpenAI's `chat.completion` object.
// The REST door calls it for requests without `stream`.

import type { GatheredAnswer, GatheredChoice } from "../../core/answer.ts";
import type { ToolCall } from "../../core/request.ts";
import type { JsonObject } from "../json.ts";
import { sortCitations } from "./citations.ts";
import {
  type AnswerStyle,
  answerId,
  encodeFinish,
  encodeLogprobs,
  encodeNotice,
  encodeSignature,
  encodeSound,
  knownTier,
} from "./client-wire.ts";
import { encodeReasoningDetail } from "./reasoning-details.ts";
import { encodeUsage } from "./usage.ts";

export function encodeChatAnswer(answer: GatheredAnswer, style: AnswerStyle): JsonObject {
  const { receipt, notices, fingerprint } = answer;
  const tier = knownTier(answer.serviceTier);
  return {
    id: answerId(receipt.id),
    object: "chat.completion",
    created: style.created,
    model: answer.upstreamModel ?? style.requestedModel,
    choices: answer.choices.map((choice) => ({
      index: choice.index,
      message: encodeMessage(choice, style),
      logprobs: encodeLogprobs(choice.logprobs),
      finish_reason: encodeFinish(choice.finish, style.legacyFunctions),
    })),
    usage: encodeUsage(receipt.usage),
    ...(tier === undefined ? {} : { service_tier: tier }),
    ...(fingerprint === undefined ? {} : { system_fingerprint: fingerprint }),
    ...(notices.length === 0 ? {} : { portcullis: { safety: notices.map(encodeNotice) } }),
  };
}

function encodeMessage(choice: GatheredChoice, { legacyFunctions = false }: AnswerStyle): JsonObject {
  const { text, refusal, reasoning, toolCalls, citations, sound } = choice;
  const thought = reasoning.map((block) => block.text).join("");
  const sealed = reasoning.some((block) => block.signature !== undefined || block.redacted !== undefined);
  const { annotations, others } = sortCitations(citations);
  return {
    role: "assistant",
    content: sound || (text === "" && (toolCalls.length > 0 || refusal !== "")) ? null : text,
    refusal: refusal === "" ? null : refusal,
    ...(thought === "" ? {} : { reasoning_content: thought }),
    ...(sealed ? { reasoning_details: reasoning.map(encodeReasoningDetail) } : {}),
    ...encodeCalls(toolCalls, legacyFunctions),
    ...(sound ? { audio: { ...encodeSound(sound), transcript: text } } : {}),
    ...(annotations.length === 0 ? {} : { annotations }),
    ...(others.length === 0 ? {} : { citations: others }),
  };
}

function encodeCalls(calls: readonly ToolCall[], legacyFunctions: boolean): JsonObject {
  const [first] = calls;
  if (!first) return {};
  if (legacyFunctions) return { function_call: { name: first.name, arguments: first.arguments } };
  return { tool_calls: calls.map(encodeCall) };
}

const encodeCall = ({ id, name, arguments: text, signature, freeform }: ToolCall): JsonObject =>
  freeform
    ? { id, type: "custom", custom: { name, input: text } }
    : { id, type: "function", function: { name, arguments: text }, ...encodeSignature(signature) };
