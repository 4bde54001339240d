// Hours of the day in a time zone, as `22-06@Europe/Berlin`; over midnight where the end is not later.
// The `when` column uses it, also to learn when an answer that rests on it must be asked for anew.

const minute = 60_000;
const day = 24 * 60;

export interface Hours {
  readonly text: string;
  /** Minutes after local midnight; the end is not part of it. */
  readonly from: number;
  readonly to: number;
  readonly clock: Intl.DateTimeFormat;
}

export function readHours(text: string): Hours | undefined {
  const match = /^(\d{2})(?::(\d{2}))?-(\d{2})(?::(\d{2}))?@([A-Za-z][\w+/-]*)$/.exec(text);
  if (!match) return undefined;
  const from = minutesOf(match[1], match[2]);
  const to = minutesOf(match[3], match[4]);
  const clock = clockOf(match[5] ?? "");
  if (from === undefined || to === undefined || clock === undefined || from === to) return undefined;
  return { text, from, to, clock };
}

export function isWithinHours(hours: Hours, now: number): boolean {
  const local = localMinutes(hours.clock, now);
  return hours.from < hours.to
    ? local >= hours.from && local < hours.to
    : local >= hours.from || local < hours.to;
}

/**
 * When the hours begin or end next. Never later than the next quarter of an hour, since every change of
 * a zone's offset falls on one.
 */
export function nextHoursBoundary(hours: Hours, now: number): number {
  const local = localMinutes(hours.clock, now);
  const startOfMinute = Math.floor(now / minute) * minute;
  const until = (target: number): number => ((target - local + day - 1) % day) + 1;
  const quarter = (Math.floor(now / (15 * minute)) + 1) * 15 * minute;
  return Math.min(quarter, startOfMinute + Math.min(until(hours.from), until(hours.to)) * minute);
}

function minutesOf(hour: string | undefined, minutes: string | undefined): number | undefined {
  const total = Number(hour) * 60 + Number(minutes ?? "0");
  return Number(minutes ?? "0") < 60 && total <= day ? total % day : undefined;
}

function localMinutes(clock: Intl.DateTimeFormat, now: number): number {
  const [hour = "0", minutes = "0"] = clock.format(now).split(":");
  return (Number(hour) % 24) * 60 + Number(minutes);
}

function clockOf(zone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
  } catch {
    return undefined;
  }
}
