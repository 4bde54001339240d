// A classifier inside the process that knows a dozen words, so that the safety layer can be tried offline.
// It understands nothing and says so. `providers.ts` calls it where it would call a network.

import type { Deployment } from "../../core/deployment.ts";
import { WireFault } from "../../core/dialect.ts";
import { noUsage } from "../../core/events.ts";
import type { ModerationAnswer, ModerationCall } from "../../core/moderation.ts";

/** Words, and the code that Llama Guard would give to what they stand for. */
const words: readonly (readonly [RegExp, string])[] = [
  [/\b(kill|murder|stab|shoot)\b/i, "S1"],
  [/\b(steal|launder|counterfeit)\b/i, "S2"],
  [/\b(dosage|prescribe)\b/i, "S6"],
  [/\b(bomb|nerve agent|anthrax)\b/i, "S9"],
  [/\b(vermin|subhuman)\b/i, "S10"],
  [/\b(suicide|self-harm)\b/i, "S11"],
];

export function demoModerate(deployment: Deployment, call: ModerationCall): ModerationAnswer {
  if (deployment.upstreamModel !== "guard" || call.type !== "chat")
    throw new WireFault("error", "of the demos only demo/guard judges texts, as a chat", 404);
  const text = call.turns.at(-1)?.text ?? "";
  const codes = words.flatMap(([word, code]) => (word.test(text) ? [code] : []));
  const verdict = codes.length === 0 ? "safe" : `unsafe\n${codes.join(",")}`;
  const usage = { ...noUsage, input: Math.ceil(text.length / 4), output: 4 };
  return { type: "text", text: verdict, usage };
}
