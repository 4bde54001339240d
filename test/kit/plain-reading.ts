// Reads policy rows as a person would, word by word, sharing nothing with the engine but the file.
// Tests that record what really left ask it whether that was allowed.

import { isWithin, levels, type Sensitivity } from "../../src/core/sensitivity.ts";

export interface PlainQuestion {
  /** Key, team and the key's own roles. */
  readonly subjects: readonly string[];
  readonly action: string;
  readonly data: Sensitivity;
  /** Guarantees held at that moment, before anything they imply. */
  readonly guarantees: readonly string[];
  /** `vendor:x`, `family:x`, `model:x`, `provider:x`. */
  readonly names: readonly string[];
  /** Nobody vouches for vendor and family. */
  readonly unlisted: boolean;
  readonly purpose: string | undefined;
  readonly now: number;
}

/** True where a row allows and none denies. */
export function plainlyAllowed(csv: string, question: PlainQuestion): boolean {
  const rows = csv
    .split("\n")
    .map((line) => line.split(",").map((cell) => cell.trim()))
    .filter(([type]) => type !== undefined && type !== "" && !type.startsWith("#"));
  const linked = (type: string, names: readonly string[]): readonly string[] => {
    const more = rows
      .filter(([kind, from]) => kind === type && names.includes(from ?? ""))
      .flatMap((row) => row[2] ?? []);
    return more.every((name) => names.includes(name))
      ? names
      : linked(type, [...new Set([...names, ...more])]);
  };
  const subjects = linked("g", question.subjects);
  const guarantees = linked("g2", question.guarantees);
  const applying = rows.filter(([type, , , who = "", does = "", data = "", provider = "", when = ""]) => {
    if (type !== "p") return false;
    return (
      (who === "anyone" || subjects.includes(who)) &&
      (does === "anything" || does.split(" and ").includes(question.action)) &&
      isAbout(data, question.data) &&
      isAtProvider(provider, guarantees, question) &&
      when.split(/ and |(?<=always) /).every((part) => isWhen(part, question))
    );
  });
  const effects = applying.map((row) => row[2]);
  return effects.includes("allow") && !effects.includes("deny");
}

function isAbout(cell: string, data: Sensitivity): boolean {
  const ceiling = /^up to (\w+)((?:\+[\w-]+)*)$/.exec(cell);
  if (ceiling) {
    const level = levels.find((known) => known === ceiling[1]);
    const labels = (ceiling[2] ?? "").split("+").filter(Boolean);
    return level !== undefined && isWithin(data, { level, labels });
  }
  const label = /^any ([\w-]+)$/.exec(cell)?.[1];
  if (label !== undefined) {
    // Personal data holds contact data.
    return data.labels.includes(label) || (label === "contact" && data.labels.includes("pii"));
  }
  const floor = /^(\w+) or above$/.exec(cell)?.[1];
  return levels.indexOf(data.level) >= levels.findIndex((known) => known === floor);
}

function isAtProvider(
  cell: string,
  guarantees: readonly string[],
  { names, unlisted }: PlainQuestion,
): boolean {
  if (cell === "anywhere") return true;
  const [keyword, words] = [cell.slice(0, cell.indexOf(" ")), cell.slice(cell.indexOf(" ") + 1)];
  if (keyword === "with") return words.split(" and ").every((word) => guarantees.includes(word));
  if (keyword === "unless") return !words.split(" or ").some((word) => guarantees.includes(word));
  return words
    .split(" or ")
    .some((word) => names.includes(word) || (unlisted && /^(vendor|family):/.test(word)));
}

function isWhen(part: string, { purpose, now }: PlainQuestion): boolean {
  const [kind, value = ""] = part.split(/:(.*)/s);
  if (kind === "purpose") return purpose === value;
  if (kind === "env") return value === "production";
  if (kind === "before") return now < Date.parse(value);
  if (kind === "hours") return isBetween(value, now);
  // `always`; and nobody broke any glass here, so `unless break-glass` holds.
  return true;
}

function isBetween(value: string, now: number): boolean {
  const [, from, to, zone] = /^(\d+)-(\d+)@(.+)$/.exec(value) ?? [];
  const format = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", hourCycle: "h23", timeZone: zone });
  const hour = Number(format.format(now));
  const [first, last] = [Number(from), Number(to)];
  return first < last ? hour >= first && hour < last : hour >= first || hour < last;
}
