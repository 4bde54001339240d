// What a `p2` row may say of data, so that more sensitive data is never treated more loosely: what tightens
// says from where on it holds, what loosens says how far it goes. The row reader calls it.

import { isAtLeast } from "../core/sensitivity.ts";
import { refuse, type Cell } from "./cells/cell.ts";
import { readCeiling, readFloor, type DataCell } from "./cells/data.ts";
import type { PolicyRow, PolicyRows, RegimeRow, SafetyRow } from "./rows.ts";
import { safetyLinks } from "./safety-points.ts";
import * as words from "./vocabulary.ts";
import type { Vocabulary } from "./vocabulary.ts";

export const safetyWords = [...words.safetyActions, ...words.regimeWords] as const;
type SafetyWord = (typeof safetyWords)[number];

export const isSafetyRow = (row: PolicyRow): row is SafetyRow =>
  row.type === "p2" && words.safetyActions.some((action) => action === row.action);

export const isRegimeRow = (row: PolicyRow): row is RegimeRow => row.type === "p2" && !isSafetyRow(row);

/** All data there is: from the bottom on, and as far as it goes. */
const everything = "public or above";

type DataReader = (text: string, vocabulary: Vocabulary) => Cell<DataCell>;

const readers: Readonly<Record<SafetyWord, DataReader>> = {
  block: readFloor,
  redact: readFloor,
  flag: readMild,
  complete: readFloor,
  hold: readFloor,
  "check-first": readFloor,
  demand: readFloor,
  lookahead: (text, vocabulary) => readHarmless(text, "lookahead shows text before it is judged", vocabulary),
  "fail-open": (text, vocabulary) =>
    readHarmless(text, "fail-open shows text that nobody judged", vocabulary),
};

export function readSafetyData(
  text: string,
  action: string | undefined,
  vocabulary: Vocabulary,
): Cell<DataCell> {
  const word = safetyWords.find((known) => known === action);
  return word === undefined ? readFloor(text, vocabulary) : readers[word](text, vocabulary);
}

/** From a level or label on it would let through what is blocked about less sensitive data. */
function readMild(text: string, vocabulary: Vocabulary): Cell<DataCell> {
  if (text === everything) return readFloor(text, vocabulary);
  if (text.startsWith("up to ")) return readCeiling(text, vocabulary);
  const asFloor = readFloor(text, vocabulary);
  if (!asFloor.ok) return asFloor;
  return refuse(
    `flag is the mildest action, so it cannot begin at "${text}"`,
    `write: ${everything}, or how far it goes, as: up to internal+contact`,
  );
}

function readHarmless(text: string, why: string, vocabulary: Vocabulary): Cell<DataCell> {
  const usage = "write: up to public, or: up to internal[+<label>…]";
  if (!text.startsWith("up to ")) return refuse(`${why}, so it says how far it goes, not "${text}"`, usage);
  const cell = readCeiling(text, vocabulary);
  const dangerous =
    cell.ok && cell.value.kind === "ceiling" && isAtLeast(cell.value.ceiling.level, "confidential");
  return dangerous ? refuse(`${why}, which is never possible for confidential data or above`, usage) : cell;
}

export interface RedactionGap {
  readonly line: number;
  readonly message: string;
  readonly suggestion: string;
}

/**
 * A redact row that begins above public needs a row that flags the same below it. Without one, less
 * sensitive answers would be blocked for want of a row, and more sensitive ones shown with gaps.
 */
export function redactionGaps({
  safety,
  links,
}: Pick<PolicyRows, "safety" | "links">): readonly RedactionGap[] {
  const { teams, categories } = safetyLinks({ links });
  const flags = safety.filter((row) => row.action === "flag" && row.cells[3] === everything);
  return safety
    .filter((row) => row.action === "redact" && row.cells[3] !== everything)
    .filter(
      (row) =>
        !flags.some(
          (flag) =>
            (flag.who === "anyone" || teams.reach(row.who).has(flag.who)) &&
            (flag.category === "anything" || categories.reach(row.category).has(flag.category)),
        ),
    )
    .map((row) => ({
      line: row.line,
      message: `${row.id} redacts ${row.category} from "${row.cells[3]}" on, and no row lets it through below, where it is blocked`,
      suggestion: `write: ${everything}, or add a row that flags ${row.category} in answers about "${everything}"`,
    }));
}
