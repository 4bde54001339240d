// Writes temperature, top_p and top_k as far as the model takes them, and says where it does not.
// The request encoder calls it. https://platform.claude.com/docs/en/api/messages

import type { CompletionRequest } from "../../core/request.ts";
import type { ChangeLog } from "../change-log.ts";
import { type JsonObject, numberOf } from "../json.ts";
import type { ModelTraits } from "./model-traits.ts";

const warmest = 1;
/** "You can set top_p to values between 1 and 0.95" while the model thinks. */
const lowestTopPWhileThinking = 0.95;

export function encodeSampling(
  request: CompletionRequest,
  traits: ModelTraits,
  thinking: boolean,
  log: ChangeLog,
): JsonObject {
  const temperature = encodeTemperature(request.temperature, traits, thinking, log);
  const topP = encodeTopP(request.topP, temperature, traits, thinking, log);
  return { temperature, top_p: topP, top_k: encodeTopK(request.extras["top_k"], traits, thinking, log) };
}

function encodeTemperature(
  asked: number | undefined,
  traits: ModelTraits,
  thinking: boolean,
  log: ChangeLog,
): number | undefined {
  if (asked === undefined) return undefined;
  if (traits.sampling === "none" || thinking) return leftOut("temperature", asked, log);
  if (asked <= warmest) return asked;
  log.changed("clamped", "temperature", asked, warmest);
  return warmest;
}

function encodeTopP(
  asked: number | undefined,
  temperature: number | undefined,
  traits: ModelTraits,
  thinking: boolean,
  log: ChangeLog,
): number | undefined {
  if (asked === undefined) return undefined;
  const onlyOne = traits.sampling === "one" && temperature !== undefined;
  if (traits.sampling === "none" || onlyOne) return leftOut("top_p", asked, log);
  if (!thinking || asked >= lowestTopPWhileThinking) return asked;
  log.changed("clamped", "top_p", asked, lowestTopPWhileThinking);
  return lowestTopPWhileThinking;
}

function encodeTopK(
  asked: unknown,
  traits: ModelTraits,
  thinking: boolean,
  log: ChangeLog,
): number | undefined {
  const topK = numberOf(asked);
  if (topK === undefined) {
    if (asked !== undefined) log.changed("dropped", "top_k");
    return undefined;
  }
  if (traits.sampling === "none" || thinking) {
    log.refused("top_k", topK);
    return undefined;
  }
  log.changed("passed", "top_k", topK);
  return topK;
}

/** 1 is what the model does anyway, for both parameters: leaving it out changes nothing. */
function leftOut(param: string, asked: number, log: ChangeLog): undefined {
  if (asked === 1) log.changed("dropped", param, asked);
  else log.refused(param, asked);
}
