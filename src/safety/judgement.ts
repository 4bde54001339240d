// From what classifiers found in one window to what becomes of it, as the policy says of each category.
// `checked-answer.ts` and `input-check.ts` ask it. The strictest wins; what cannot be replaced is blocked.

import type { Edit } from "./checked-channel.ts";
import type { Hit } from "./classifier.ts";
import type { Readable } from "./readable.ts";
import { placeholderOf, type VerdictAction } from "./verdicts.ts";

export interface Judgement {
  /** Empty where the window may go. */
  readonly blocked: readonly string[];
  /** In offsets of the channel, in order, none within another. */
  readonly edits: readonly Edit[];
  readonly redacted: readonly string[];
  readonly flagged: readonly string[];
}

export type ActionOf = (category: string) => VerdictAction;

/** What a classifier could not name is blocked, whatever the rows say. */
export const strictActionOf =
  (actionOf: ActionOf): ActionOf =>
  (category) => {
    const action = actionOf(category);
    return category === "unknown" ? "block" : action;
  };

export function judge(hits: readonly Hit[], seen: Readable, from: number, actionOf: ActionOf): Judgement {
  const blocked = new Set<string>();
  const redacted = new Set<string>();
  const flagged = new Set<string>();
  const edits: Edit[] = [];
  for (const hit of hits) {
    const { category } = hit;
    const action = actionOf(category);
    const edit = action === "redact" ? editFor(hit, seen, from) : undefined;
    if (edit) edits.push(edit);
    const kind = action === "flag" ? flagged : edit ? redacted : blocked;
    kind.add(category);
  }
  return {
    blocked: sorted(blocked),
    edits: settled(edits),
    redacted: sorted(redacted),
    flagged: sorted(flagged),
  };
}

const sorted = (categories: ReadonlySet<string>): readonly string[] => [...categories].sort();

/** Undefined where the classifier does not say where. */
function editFor({ category, start, end }: Hit, seen: Readable, from: number): Edit | undefined {
  if (start === undefined || end === undefined) return undefined;
  if (!(start >= 0 && start < end && end <= seen.text.length)) return undefined;
  const range = seen.rawRange(start, end);
  if (range.end <= range.start) return undefined;
  const text = placeholderOf(category.slice(category.lastIndexOf(".") + 1));
  return { start: from + range.start, end: from + range.end, text };
}

/** What overlaps becomes one. */
function settled(edits: readonly Edit[]): readonly Edit[] {
  const result: Edit[] = [];
  for (const edit of edits.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (last && edit.start < last.end) {
      result[result.length - 1] = { ...last, end: Math.max(last.end, edit.end) };
    } else result.push(edit);
  }
  return result;
}
