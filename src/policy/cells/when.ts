// The `when` column: `always`, or conditions joined by `and` from a closed vocabulary, each with its
// own total function. A policy row can never bring code along.

import { suggest } from "../problems.ts";
import { environments, isName } from "../vocabulary.ts";
import type { Effect, Environment } from "../vocabulary.ts";
import { byKind, read, readUnless, type ByKind, type Cell, type CellFault } from "./cell.ts";
import { isWithinHours, nextHoursBoundary, readHours, type Hours } from "./hours.ts";

export type Condition =
  | { readonly kind: "purpose"; readonly purpose: string }
  | { readonly kind: "hours"; readonly hours: Hours }
  | { readonly kind: "env"; readonly environment: string }
  | { readonly kind: "before"; readonly at: number; readonly date: string }
  | { readonly kind: "unless-break-glass" };

export interface WhenCell {
  readonly conditions: readonly Condition[];
}

export interface Circumstances {
  readonly purpose: string | undefined;
  readonly environment: Environment;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** A break-glass grant of two people is in force; only the server can say so. */
  readonly breakGlass: boolean;
}

export function readWhen(text: string, effect: Effect): Cell<WhenCell> {
  if (text === "always") return read({ conditions: [] });
  const parts = text.replace(/ (?:and )?unless break-glass$/, " and unless break-glass").split(" and ");
  const faults: CellFault[] = [];
  const conditions: Condition[] = [];
  for (const part of parts) {
    const condition = part === "always" ? undefined : readCondition(part);
    if (condition?.kind === "unless-break-glass" && effect === "allow") {
      faults.push({ message: '"unless break-glass" stands in deny rows only' });
    } else if (condition) conditions.push(condition);
    else faults.push(faultOf(part));
  }
  return readUnless(faults, { conditions });
}

export const holdsWhen = (cell: WhenCell, circumstances: Circumstances): boolean =>
  cell.conditions.every((condition) => byKind(holding, condition, circumstances));

/** The next moment at which this cell could answer otherwise, all else unchanged. */
export function nextChange(cell: WhenCell, now: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const condition of cell.conditions) {
    if (condition.kind === "hours") next = Math.min(next, nextHoursBoundary(condition.hours, now));
    if (condition.kind === "before" && condition.at > now) next = Math.min(next, condition.at);
  }
  return next;
}

const holding: ByKind<Condition, [circumstances: Circumstances], boolean> = {
  purpose: (condition, { purpose }) => purpose === condition.purpose,
  hours: (condition, { now }) => isWithinHours(condition.hours, now),
  env: (condition, { environment }) => environment === condition.environment,
  before: (condition, { now }) => now < condition.at,
  "unless-break-glass": (_, { breakGlass }) => !breakGlass,
};

function readCondition(text: string): Condition | undefined {
  if (text === "unless break-glass") return { kind: "unless-break-glass" };
  const colon = text.indexOf(":");
  const value = text.slice(colon + 1);
  switch (text.slice(0, Math.max(colon, 0))) {
    case "purpose":
      return isName(value) ? { kind: "purpose", purpose: value } : undefined;
    case "env":
      return environments.some((known) => known === value) ? { kind: "env", environment: value } : undefined;
    case "hours": {
      const hours = readHours(value);
      return hours && { kind: "hours", hours };
    }
    case "before": {
      const at = midnight(value);
      return at === undefined ? undefined : { kind: "before", at, date: value };
    }
    default:
      return undefined;
  }
}

/** The start of that day, UTC. */
function midnight(date: string): number | undefined {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date) ? at : undefined;
}

const usages: Readonly<Record<string, string>> = {
  always: "always",
  purpose: "purpose:<name>",
  hours: "hours:22-06@Europe/Berlin",
  env: `env:${environments.join("|")}`,
  before: "before:2026-12-31",
};

function faultOf(text: string): CellFault {
  const word = text.split(":")[0] ?? text;
  const usage = usages[word];
  return usage === undefined
    ? {
        message: `unknown condition "${text}"`,
        suggestion: suggest(word, Object.keys(usages)) ?? `one of ${Object.values(usages).join(", ")}`,
      }
    : { message: `"${text}" cannot be read`, suggestion: `write: ${usage}` };
}
