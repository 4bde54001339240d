// The numbering plans of all countries as expressions, built from libphonenumber's table when first asked.
// `phones.ts` asks it; the library's own parser costs 20 µs a number, which a text full of numbers cannot pay.

import metadata from "libphonenumber-js/max/metadata";

interface Plan {
  readonly lengths: readonly number[];
  readonly numbers: RegExp;
}

/** Positions in libphonenumber's compressed rows. */
const possibleLengths = 3;
const numberTypes = 11;

const plansByRegion = new Map<string, Plan>();

function planOf(region: string): Plan | undefined {
  const known = plansByRegion.get(region);
  if (known) return known;
  const tables: Readonly<Record<string, unknown>> = { ...metadata.nonGeographic, ...metadata.countries };
  const row = tables[region];
  if (!Array.isArray(row)) return undefined;
  const cells: readonly unknown[] = row;
  const types: readonly unknown[] = Array.isArray(cells[numberTypes]) ? cells[numberTypes] : [];
  const patterns = types.flatMap((type) =>
    Array.isArray(type) && typeof type[0] === "string" && type[0] !== "" ? [type[0]] : [],
  );
  const general = typeof cells[2] === "string" ? cells[2] : "";
  const lengths = (Array.isArray(cells[possibleLengths]) ? cells[possibleLengths] : []).map(Number);
  const plan = {
    lengths,
    numbers: new RegExp(`^(?:${patterns.length > 0 ? patterns.join("|") : general})$`),
  };
  plansByRegion.set(region, plan);
  return plan;
}

/** True where `national`, without trunk prefix, is a number that the region has given out. */
export function isInPlan(national: string, region: string): boolean {
  const plan = planOf(region);
  return plan !== undefined && plan.lengths.includes(national.length) && plan.numbers.test(national);
}

const regionsByCallingCode: Readonly<Record<string, readonly string[]>> = metadata.country_calling_codes;

/** `digits` with country calling code and without plus. */
export function isInternationalNumber(digits: string): boolean {
  for (let length = 1; length <= 3; length++) {
    const code = digits.slice(0, length);
    const regions =
      regionsByCallingCode[code] ?? (Object.hasOwn(metadata.nonGeographic, code) ? [code] : undefined);
    if (!regions) continue;
    const national = digits.slice(length);
    const withoutTrunk = national.startsWith("0") ? national.slice(1) : national;
    return regions.some((region) => isInPlan(national, region) || isInPlan(withoutTrunk, region));
  }
  return false;
}
