// Counts what one attempt uses, inside the screen: the provider's own figures, or an estimate
// marked so where it gave none. It passes every event on unchanged and settles nothing by itself.

import type { Price } from "../core/deployment.ts";
import type { ModelEvent, TokenUsage } from "../core/events.ts";
import { noUsage } from "../core/events.ts";
import { type Picodollars, picodollarsOf } from "../core/money.ts";
import { reckon } from "./reckon.ts";
import { costOfUses } from "./tool-uses.ts";

interface Reading {
  readonly usage: TokenUsage;
  /** Undefined where the price is unknown. */
  readonly cost: Picodollars | undefined;
  readonly estimated: boolean;
}

export interface Meter {
  count(event: ModelEvent): void;
  /** The provider may have read the prompt, though it never said a word. */
  presume(): void;
  read(): Reading;
}

const bytesPerToken = 3;

/** Where nobody was called: nothing was used, whatever was said. */
export const idleMeter: Meter = {
  count: () => undefined,
  presume: () => undefined,
  read: () => ({ usage: noUsage, cost: 0, estimated: false }),
};

/** `estimatedInput` counts where the provider never said what it read; `toolFees` are dollars a use. */
export function createMeter(
  price: Price | undefined,
  estimatedInput: number,
  toolFees: Readonly<Record<string, number>> = {},
): Meter {
  let reported: TokenUsage | undefined;
  let finished = false;
  let heard = false;
  let outputBytes = 0;
  let reasoningBytes = 0;

  return {
    count(event) {
      heard = true;
      switch (event.type) {
        case "usage":
          reported = event.usage;
          break;
        case "text-delta":
        case "refusal-delta":
          outputBytes += Buffer.byteLength(event.text);
          break;
        case "reasoning-delta":
          reasoningBytes += Buffer.byteLength(event.text);
          break;
        case "tool-call-delta":
          outputBytes += Buffer.byteLength(event.arguments) + (event.name?.length ?? 0);
          break;
        case "choice-finish":
          finished = true;
          break;
        default:
          break;
      }
    },
    presume: () => void (heard = true),
    read() {
      const usage = settledUsage();
      const exact = usage === reported;
      // What was charged beats what the catalog thinks: a relay's price depends on who served.
      if (exact && usage.chargedUsd !== undefined)
        return { usage, cost: picodollarsOf(usage.chargedUsd), estimated: false };
      const tools = costOfUses(usage, toolFees);
      return {
        usage,
        cost: price === undefined ? undefined : reckon(usage, price) + tools.cost,
        estimated: heard && (!exact || !tools.whole),
      };
    },
  };

  /** A stream that was cut reports what it had said at its start: never less than what we saw. */
  function settledUsage(): TokenUsage {
    if (!heard) return noUsage;
    const reasoning = Math.ceil(reasoningBytes / bytesPerToken);
    const seen = Math.ceil(outputBytes / bytesPerToken) + reasoning;
    if (reported === undefined) return { ...noUsage, input: estimatedInput, output: seen, reasoning };
    if (finished || reported.output >= seen) return reported;
    return { ...reported, output: seen, reasoning: Math.max(reported.reasoning, reasoning) };
  }
}
