// OpenAI's published schemas as validators, where they lie beside the repository.
// Tests of whatever answers OpenAI clients use them; every such test must pass without them too.

import { existsSync } from "node:fs";
import { registerHooks } from "node:module";

const location = new URL("../../../shared/openai/openai-schemas.mjs", import.meta.url);

export const schemasPresent = existsSync(location);

/** Names a schema. Empty where the value keeps to it, to the letter and not only as far as OpenAI itself does. */
export type SchemaCheck = (schema: string, value: unknown) => readonly string[];

/** The document does not know that embeddings may be base64. */
const looserThanWritten: ReadonlySet<string> = new Set(["CreateEmbeddingResponse"]);

export async function loadSchemaCheck(): Promise<SchemaCheck> {
  // The validators need ajv, which is installed here and not beside them.
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, specifier.startsWith("ajv") ? { ...context, parentURL: import.meta.url } : context),
  });
  const module = (await import(location.href)) as SchemaModule;
  hooks.deregister();
  const schemas = module.loadSchemas();
  return (schema, value) => {
    const { errors, strict } = module.check(schemas, schema, value);
    if (errors.length > 0 || strict || looserThanWritten.has(schema)) return errors;
    return [`departs from ${schema} where OpenAI itself does`];
  };
}

interface SchemaModule {
  loadSchemas(): unknown;
  check(
    schemas: unknown,
    name: string,
    value: unknown,
  ): { readonly errors: readonly string[]; readonly strict: boolean };
}
