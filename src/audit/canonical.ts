// One spelling for each value, so that equal rows are equal texts and a hash can cover them.
// The record chain hashes this text; it must never change for a value that was once written.

/**
 * JSON without spaces, its keys in one order whatever order they were put in. Undefined keys are left
 * out, dates are ISO strings; what JSON cannot say exactly is refused rather than bent.
 */
export function canonicalJson(value: unknown): string {
  // The engine's own writer is several times faster than one in JavaScript: only the order is ours.
  return JSON.stringify(ordered(value));
}

/** The value itself where it is in order already, as rows are made to be: copies are slow. */
function ordered(value: unknown): unknown {
  if (isOrdered(value)) return value;
  return Array.isArray(value) ? value.map(orderedItem) : sorted(value as object);
}

/** True where the engine writes it in its canonical form. */
function isOrdered(value: unknown): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical form`);
      return true;
    case "object":
      if (value === null) return true;
      if (value instanceof Date) return isRealDate(value);
      return Array.isArray(value) ? value.every(isOrderedItem) : hasOrderedKeys(value);
    default:
      throw new TypeError(`a ${typeof value} has no canonical form`);
  }
}

function isRealDate(value: Date): boolean {
  if (Number.isNaN(value.getTime())) throw new TypeError("an invalid date has no canonical form");
  return true;
}

/** A list keeps its places: what is undefined there is null, as JSON has it. */
const isOrderedItem = (item: unknown): boolean => item === undefined || isOrdered(item);
const orderedItem = (item: unknown): unknown => ordered(item ?? null);

/** By UTF-16 code units, so that no locale takes part; keys that are array indexes come first, in number order. */
function hasOrderedKeys(value: object): boolean {
  let before = "";
  for (const name in value) {
    if (name < before) return false;
    before = name;
    const field: unknown = value[name as keyof typeof value];
    if (field !== undefined && !isOrdered(field)) return false;
  }
  return true;
}

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
