// One spelling for each value, so that equal rows are equal texts and a hash can cover them.
// `row-text.ts` writes whole rows in it. The record chain hashes that text; it must never change for a value that was once written.

/**
 * JSON without spaces, its keys in one order whatever order they were put in. Undefined keys are left
 * out, dates are ISO strings; what JSON cannot say exactly is refused rather than bent.
 */
export function canonicalJson(value: unknown): string {
  // The engine's own writer is several times faster than one in JavaScript: only the order is ours.
  return JSON.stringify(ordered(value));
}

function ordered(value: unknown): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical form`);
      return value;
    case "object":
      if (value === null) return value;
      if (value instanceof Date) return realDate(value);
      return Array.isArray(value) ? value.map(orderedItem) : sorted(value);
    default:
      throw new TypeError(`a ${typeof value} has no canonical form`);
  }
}

function realDate(value: Date): Date {
  if (Number.isNaN(value.getTime())) throw new TypeError("an invalid date has no canonical form");
  return value;
}

/** A list keeps its places: what is undefined there is null, as JSON has it. */
const orderedItem = (item: unknown): unknown => ordered(item ?? null);

/** By UTF-16 code units, so that no locale takes part; keys that are array indexes come first, in number order. */
function sorted(value: object): object {
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(value).sort()) {
    const field: unknown = value[name as keyof typeof value];
    if (field === undefined) continue;
    if (name === "__proto__") defineOwn(result, name, ordered(field));
    else result[name] = ordered(field);
  }
  return result;
}

/** Plain assignment would set the prototype, and the caller's key would be missing from the record. */
function defineOwn(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}
