// One spelling for each value, so that a hash over it can be computed again years later.
// The record chain hashes this text; it must never change for a value that was once written.

/**
 * JSON with sorted keys and no spaces. Undefined keys are left out, dates are ISO strings; what JSON
 * cannot say exactly is refused rather than bent.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return canonicalNumber(value);
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (Array.isArray(value)) return `[${value.map(canonicalItem).join(",")}]`;
  if (typeof value === "object") return canonicalObject(value);
  throw new TypeError(`a ${typeof value} has no canonical form`);
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical form`);
  return JSON.stringify(value);
}

/** A list keeps its places: what is undefined there is null, as JSON has it. */
function canonicalItem(item: unknown): string {
  return canonicalJson(item ?? null);
}

function canonicalObject(value: object): string {
  const fields: string[] = [];
  for (const [name, field] of Object.entries(value).sort(byName)) {
    if (field !== undefined) fields.push(`${JSON.stringify(name)}:${canonicalJson(field)}`);
  }
  return `{${fields.join(",")}}`;
}

/** By UTF-16 code units, as RFC 8785 section 3.2.3 has it: no locale takes part. */
function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : Number(a > b);
}
