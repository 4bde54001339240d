// What usage costs at a price: cached and audio tokens at their own rates, tiers by input size.
// Pure; the meter, the plan and the quote use it.

import type { Price, PriceTier } from "../core/deployment.ts";
import type { TokenUsage } from "../core/events.ts";
import { costOf, type Picodollars, picodollarsOf } from "../core/money.ts";

/** Each token is billed once: cached, written and audio ones are taken out of the plain ones. */
export function reckon(usage: TokenUsage, price: Price): Picodollars {
  const rates = ratesFor(usage.input, price);
  const audioInput = price.audioInputUsdPerMillion === undefined ? 0 : (usage.audioInput ?? 0);
  const audioOutput = price.audioOutputUsdPerMillion === undefined ? 0 : (usage.audioOutput ?? 0);
  const reasoning = price.reasoningUsdPerMillion === undefined ? 0 : usage.reasoning;
  const plainInput = Math.max(0, usage.input - usage.cachedInput - usage.cacheWrite - audioInput);
  const plainOutput = Math.max(0, usage.output - audioOutput - reasoning);
  return (
    costOf(plainInput, rates.inputUsdPerMillion) +
    costOf(usage.cachedInput, rates.cachedInputUsdPerMillion ?? rates.inputUsdPerMillion) +
    costOf(usage.cacheWrite, rates.cacheWriteUsdPerMillion ?? rates.inputUsdPerMillion) +
    costOf(audioInput, price.audioInputUsdPerMillion ?? 0) +
    costOf(plainOutput, rates.outputUsdPerMillion) +
    costOf(reasoning, price.reasoningUsdPerMillion ?? 0) +
    costOf(audioOutput, price.audioOutputUsdPerMillion ?? 0) +
    picturesCost(usage.images, price)
  );
}

/** Of so many pictures, where they are billed and not their tokens. */
export const picturesCost = (count: number | undefined, { imageUsd }: Price): Picodollars =>
  count === undefined || imageUsd === undefined ? 0 : picodollarsOf(count * imageUsd);

/** The most that so many tokens can cost: nothing cached, the dearest of each kind of rate. */
export function worstCase(inputTokens: number, outputTokens: number, price: Price): Picodollars {
  const rates = ratesFor(inputTokens, price);
  const input = Math.max(rates.inputUsdPerMillion, rates.cacheWriteUsdPerMillion ?? 0);
  const output = Math.max(rates.outputUsdPerMillion, price.reasoningUsdPerMillion ?? 0);
  return costOf(inputTokens, input) + costOf(outputTokens, output);
}

function ratesFor(inputTokens: number, price: Price): Omit<PriceTier, "aboveInputTokens"> {
  return price.tiers.findLast((tier) => inputTokens > tier.aboveInputTokens) ?? price;
}
