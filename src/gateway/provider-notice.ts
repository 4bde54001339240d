// What the provider's own filter stopped, told like what ours stopped: by notice and on the receipt.
// `gateway.ts` asks it of every event that leaves.

import type { AnswerEvent } from "../core/answer.ts";
import type { Account } from "./account.ts";

export function providersNotice(event: AnswerEvent, safety: Account["safety"]): AnswerEvent | undefined {
  if (event.type !== "choice-finish" || event.filtered === undefined) return undefined;
  const { choice, filtered: categories } = event;
  for (const category of categories)
    if (!safety.categories.includes(category)) safety.categories.push(category);
  return { type: "safety-notice", choice, categories, redacted: false };
}
