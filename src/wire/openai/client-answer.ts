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
  const whole: Record<string, unknown> = {
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
  };
  if (tier !== undefined) whole["service_tier"] = tier;
  if (fingerprint !== undefined) whole["system_fingerprint"] = fingerprint;
  if (notices.length > 0) whole["portcullis"] = { safety: notices.map(encodeNotice) };
  return whole;
}

function encodeMessage(choice: GatheredChoice, { legacyFunctions = false }: AnswerStyle): JsonObject {
  const { text, refusal, reasoning, toolCalls, citations, sound } = choice;
  const message: Record<string, unknown> = {
    role: "assistant",
    content: sound || (text === "" && (toolCalls.length > 0 || refusal !== "")) ? null : text,
    refusal: refusal === "" ? null : refusal,
  };
  if (reasoning.length > 0) addReasoning(message, reasoning);
  if (toolCalls.length > 0) addCalls(message, toolCalls, legacyFunctions);
  if (sound) message["audio"] = { ...encodeSound(sound), transcript: text };
  if (citations.length > 0) addCitations(message, citations);
  return message;
}

function addReasoning(message: Record<string, unknown>, reasoning: GatheredChoice["reasoning"]): void {
  const thought = reasoning.map((block) => block.text).join("");
  const sealed = reasoning.some((block) => block.signature !== undefined || block.redacted !== undefined);
  if (thought !== "") message["reasoning_content"] = thought;
  if (sealed) message["reasoning_details"] = reasoning.map(encodeReasoningDetail);
}

function addCitations(message: Record<string, unknown>, citations: GatheredChoice["citations"]): void {
  const { annotations, others } = sortCitations(citations);
  if (annotations.length > 0) message["annotations"] = annotations;
  if (others.length > 0) message["citations"] = others;
}

function addCalls(
  message: Record<string, unknown>,
  calls: readonly ToolCall[],
  legacyFunctions: boolean,
): void {
  const [first] = calls;
  if (legacyFunctions && first) message["function_call"] = { name: first.name, arguments: first.arguments };
  else message["tool_calls"] = calls.map(encodeCall);
}

const encodeCall = ({ id, name, arguments: text, signature, freeform }: ToolCall): JsonObject =>
  freeform
    ? { id, type: "custom", custom: { name, input: text } }
    : { id, type: "function", function: { name, arguments: text }, ...encodeSignature(signature) };
