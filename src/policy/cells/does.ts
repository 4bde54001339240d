// The `does` column: `anything`, or one or more actions joined by `and`.
// The row reader calls it; both the matcher and the compiled rows ask `coversAction`.

import type { Action } from "../../core/request.ts";
import { suggest } from "../problems.ts";
import { actions } from "../vocabulary.ts";
import { readUnless, type Cell } from "./cell.ts";

export interface DoesCell {
  readonly actions: readonly Action[];
}

export function readDoes(text: string): Cell<DoesCell> {
  if (text === "anything") return readUnless([], { actions });
  const words = text.split(" and ");
  const faults = words
    .filter((word) => !isAction(word))
    .map((word) => ({
      message: `unknown action "${word}"`,
      suggestion: suggest(word, ["anything", ...actions]),
    }));
  return readUnless(faults, { actions: words.filter(isAction) });
}

export const coversAction = (cell: DoesCell, action: string): boolean =>
  cell.actions.some((covered) => covered === action);

const isAction = (word: string): word is Action => actions.some((action) => action === word);
