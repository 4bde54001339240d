// Money as whole picodollars (1e-12 US dollar), so that sums are exact; shown as decimal strings.
// Metering, routing and the doors use it. A single amount stays below 9,007 dollars.

export type Picodollars = number;

const perDollar = 1e12;

/** Rounded up, as every amount is that somebody else reckoned. */
export const picodollarsOf = (usd: number): Picodollars => roundUp(usd * perDollar);

/** `tokens` at a price in dollars per million tokens, rounded up to the next picodollar. */
export function costOf(tokens: number, usdPerMillion: number): Picodollars {
  return roundUp(tokens * usdPerMillion * 1e6);
}

export function formatUsd(amount: Picodollars): string {
  const sign = amount < 0 ? "-" : "";
  const absolute = Math.abs(Math.round(amount));
  const rest = absolute % perDollar;
  const whole = (absolute - rest) / perDollar;
  const fraction = rest === 0 ? "" : `.${String(rest).padStart(12, "0").replace(endZeros, "")}`;
  return `${sign}${whole}${fraction}`;
}

const endZeros = /0+$/;

/** Reads a decimal string of dollars; undefined when it is not one. Digits past the twelfth are cut. */
export function parseUsd(text: string): Picodollars | undefined {
  const match = /^(\d{1,9})(?:\.(\d{1,30}))?$/.exec(text.trim());
  if (!match) return undefined;
  const fraction = (match[2] ?? "").slice(0, 12).padEnd(12, "0");
  return Number(BigInt(match[1] ?? "0") * BigInt(perDollar) + BigInt(fraction));
}

/** A price as it stands in the catalog (a JSON number) as the shortest decimal string. */
export function formatPrice(usdPerMillion: number): string {
  return formatUsd(Math.round(usdPerMillion * perDollar));
}

/** Floating point leaves dust such as 450000.00000000006 that must not round up to a whole unit. */
function roundUp(value: number): number {
  const nearest = Math.round(value);
  return Math.abs(value - nearest) < 0.00005 ? nearest : Math.ceil(value);
}
