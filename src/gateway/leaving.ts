// What of a cleared batch leaves, and in which order: without its figures, which the meter has read, and with a notice
// before an end that the provider's own filter made. `gateway.ts` asks it of all that the screen clears.

import type { AnswerEvent } from "../core/answer.ts";
import type { ScreenedEvent } from "../safety/screened-event.ts";
import type { Account } from "./account.ts";

/** The account counts it as delivered. */
export function leaving(
  cleared: readonly ScreenedEvent[],
  account: Pick<Account, "delivered" | "safety">,
): readonly AnswerEvent[] {
  const leaves: AnswerEvent[] = [];
  for (const event of cleared) {
    if (event.type === "usage") continue;
    account.delivered(event);
    const notice = providersNotice(event, account.safety);
    if (notice) leaves.push(notice);
    leaves.push(event);
  }
  return leaves;
}

/** What the provider's own filter stopped is told like what ours stopped: by notice and on the receipt. */
function providersNotice(event: ScreenedEvent, safety: Account["safety"]): AnswerEvent | undefined {
  if (event.type !== "choice-finish" || event.filtered === undefined) return undefined;
  const { choice, filtered: categories } = event;
  for (const category of categories)
    if (!safety.categories.includes(category)) safety.categories.push(category);
  return { type: "safety-notice", choice, categories, redacted: false };
}
