// Names as a company's graph sees them: with GRAPHQL_PREFIX, `Model` is served as `AiModel` and
// `complete` as `aiComplete`. The code, the CLI and the printed schema keep the names of their own.

import { isIntrospectionType, isSpecifiedScalarType, type GraphQLSchema } from "graphql";

export interface Names {
  /** As it is served; the same where it is not renamed. */
  type(own: string): string;
  rootField(own: string): string;
  /** As the code calls it; undefined where nothing is served by that name. */
  ownType(served: string): string | undefined;
  /** A sentence that names types and root fields. */
  words(text: string): string;
}

export const ownNames: Names = {
  type: (own) => own,
  rootField: (own) => own,
  ownType: (served) => served,
  words: (text) => text,
};

/**
 * Roots and the machinery of federation have one name in every subgraph. `PageInfo` is shared with
 * whoever has one, as Relay names it; so are the scalars that say the same in every graph.
 */
const common = new Set(["_Any", "_Entity", "_Service", "PageInfo", "DateTime", "JSON"]);

export function prefixedNames(schema: GraphQLSchema, prefix: string): Names {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const isRoot = new Set(roots.map((root) => root?.name));
  const types = new Map(
    Object.values(schema.getTypeMap())
      .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
      .filter(({ name }) => !isRoot.has(name) && !common.has(name))
      .map(({ name }) => [name, prefix + name]),
  );
  const fields = new Map(
    roots
      .flatMap((root) => Object.keys(root?.getFields() ?? {}))
      .filter((name) => !name.startsWith("_"))
      .map((name) => [name, inCamelCase(prefix) + name.charAt(0).toUpperCase() + name.slice(1)]),
  );
  const own = new Map([...types].map(([name, served]) => [served, name]));
  const mentioned = mentionsOf([...types, ...fields]);
  return {
    type: (name) => types.get(name) ?? name,
    rootField: (name) => fields.get(name) ?? name,
    ownType: (served) => own.get(served) ?? (types.has(served) ? undefined : served),
    words: (text) => text.replace(mentioned, (name) => fields.get(name) ?? types.get(name) ?? name),
  };
}

/** `Ai` → `ai`, `AI` → `ai`, `OpenAi` → `openAi`. */
const inCamelCase = (prefix: string): string =>
  prefix === prefix.toUpperCase() ? prefix.toLowerCase() : prefix.charAt(0).toLowerCase() + prefix.slice(1);

/** Only what cannot be an ordinary word: `routePlan`, or any name before "query", "mutation" or "field". */
function mentionsOf(renamed: readonly (readonly [own: string, served: string])[]): RegExp {
  const names = renamed.map(([own]) => own);
  const odd = names.filter((name) => /[a-z][A-Z]/.test(name));
  return new RegExp(
    `\\b(?:${odd.join("|")})\\b|\\b(?:${names.join("|")})\\b(?= (?:query|mutation|subscription|field)\\b)`,
    "g",
  );
}
