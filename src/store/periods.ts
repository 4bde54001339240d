// The periods of budgets: calendar months and days, in UTC whatever the machine's time zone.
// Pure; `budgets.ts` uses it.

export type Period = "month" | "day";

export function periodStart(period: Period, at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), period === "month" ? 1 : at.getUTCDate()));
}

/** When the period that began at `start` ends. */
export function periodAfter(period: Period, start: Date): Date {
  const [year, month, day] = [start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate()];
  return new Date(period === "month" ? Date.UTC(year, month + 1, 1) : Date.UTC(year, month, day + 1));
}
