// The `data` column. An allow row states a ceiling (`up to internal+contact`), a deny row a floor
// (`any phi`, `confidential or above`): so more sensitive data can never be allowed more.

import { isAtLeast, isLevel, isWithin, labelFloors, levels, sensitivity } from "../../core/sensitivity.ts";
import type { Level, Sensitivity } from "../../core/sensitivity.ts";
import { suggest } from "../problems.ts";
import type { Vocabulary } from "../vocabulary.ts";
import { byKind, read, readUnless, refuse, type ByKind, type Cell, type CellFault } from "./cell.ts";

export type DataCell =
  | { readonly kind: "ceiling"; readonly ceiling: Sensitivity }
  | { readonly kind: "label"; readonly label: string; readonly carrier: Sensitivity }
  | { readonly kind: "floor"; readonly level: Level };

/** `up to level[+label…]` */
export function readCeiling(text: string, vocabulary: Vocabulary): Cell<DataCell> {
  const match = /^up to (\S+)$/.exec(text);
  if (!match) {
    return refuse(`an allow row says how far it goes, not "${text}"`, "write: up to <level>[+<label>…]");
  }
  const [level = "", ...labels] = (match[1] ?? "").split("+");
  const faults: CellFault[] = labels
    .filter((label) => !vocabulary.labels.has(label))
    .map(unknownLabel(vocabulary));
  if (!isLevel(level)) {
    return readUnless([unknownLevel(level), ...faults], { kind: "floor", level: "restricted" });
  }
  const ceiling = sensitivity(level, labels);
  // `up to internal+pii` admits no pii at all, since such data is confidential: surely not what was meant.
  if (ceiling.level !== level) {
    const raising = labels.find((label) => labelFloors[label] === ceiling.level);
    faults.push({
      message: `data with ${raising} is at least ${ceiling.level}, so a ceiling of ${level} never admits it`,
      suggestion: `did you mean "up to ${[ceiling.level, ...labels].join("+")}"?`,
    });
  }
  return readUnless(faults, { kind: "ceiling", ceiling });
}

/** `any label` or `level or above` */
export function readFloor(text: string, vocabulary: Vocabulary): Cell<DataCell> {
  const label = /^any (\S+)$/.exec(text)?.[1];
  if (label !== undefined) {
    return vocabulary.labels.has(label)
      ? read({ kind: "label", label, carrier: { level: "public", labels: [label] } })
      : readUnless([unknownLabel(vocabulary)(label)], { kind: "floor", level: "public" });
  }
  const level = /^(\S+) or above$/.exec(text)?.[1];
  if (level === undefined) {
    return refuse(
      `this row says from where on it holds, not "${text}"`,
      "write: any <label>, or: <level> or above",
    );
  }
  return isLevel(level)
    ? read({ kind: "floor", level })
    : readUnless([unknownLevel(level)], { kind: "floor", level: "public" });
}

const covering: ByKind<DataCell, [data: Sensitivity], boolean> = {
  ceiling: (cell, data) => isWithin(data, cell.ceiling),
  // Also labels that contain this one: a floor for `contact` holds for `pii`, as a ceiling for `pii` admits it.
  label: (cell, data) => isWithin(cell.carrier, data),
  floor: (cell, data) => isAtLeast(data.level, cell.level),
};

export const coversData = (cell: DataCell, data: Sensitivity): boolean => byKind(covering, cell, data);

const unknownLevel = (level: string): CellFault => ({
  message: `unknown level "${level}"`,
  suggestion: suggest(level, levels),
});

const unknownLabel =
  (vocabulary: Vocabulary) =>
  (label: string): CellFault => ({
    message: `unknown label "${label}"`,
    suggestion: `${suggest(label, vocabulary.labels) ?? ""}${declare}`,
  });

const declare = ' (a label of your own is declared by a row "word, label, <name>, <reason>")';
