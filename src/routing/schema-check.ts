// Whether a text is JSON of the schema that was asked for, by the keywords that structured answers use.
// Escalation asks it of a first answer. A keyword that it does not know is taken as met.

type Schema = Readonly<Record<string, unknown>>;

/** In a few words what is wrong; undefined where nothing is. Nothing of the text is in it. */
export function schemaFault(text: string, schema: unknown): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "it is no JSON";
  }
  return isObject(schema) && !fits(value, schema, schema) ? "it does not fit the schema" : undefined;
}

const isObject = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const kinds: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: Number.isInteger,
  boolean: (value) => typeof value === "boolean",
  null: (value) => value === null,
};

function fits(value: unknown, schema: Schema, root: Schema): boolean {
  const { $ref, type, enum: choices, anyOf, properties, required, additionalProperties, items } = schema;
  if (typeof $ref === "string") {
    const target = pointedAt($ref, root);
    return target === undefined || fits(value, target, root);
  }
  if ("const" in schema && JSON.stringify(schema["const"]) !== JSON.stringify(value)) return false;
  const types = typeof type === "string" ? [type] : Array.isArray(type) ? type.map(String) : [];
  if (types.length > 0 && !types.some((kind) => kinds[kind]?.(value) ?? true)) return false;
  if (Array.isArray(choices) && !choices.some((one) => JSON.stringify(one) === JSON.stringify(value)))
    return false;
  if (Array.isArray(anyOf) && !anyOf.some((one) => !isObject(one) || fits(value, one, root))) return false;
  if (Array.isArray(value)) return !isObject(items) || value.every((item) => fits(item, items, root));
  if (!isObject(value)) return true;
  const known = isObject(properties) ? properties : {};
  if (Array.isArray(required) && !required.every((name) => Object.hasOwn(value, String(name)))) return false;
  return Object.entries(value).every(([name, field]) => {
    const own = Object.hasOwn(known, name) ? known[name] : additionalProperties;
    return own === false ? false : !isObject(own) || fits(field, own, root);
  });
}

/** `#/$defs/name`; others are not followed. */
function pointedAt(reference: string, root: Schema): Schema | undefined {
  let at: unknown = root;
  for (const step of reference.replace(/^#\/?/, "").split("/").filter(Boolean))
    at = isObject(at) ? at[step] : undefined;
  // One that points at itself would never end.
  return isObject(at) && !("$ref" in at) ? at : undefined;
}
