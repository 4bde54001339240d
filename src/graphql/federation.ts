// What a federation router asks of a subgraph: its SDL, and its entities by reference.
// Specification: https://www.apollographql.com/docs/graphos/reference/federation/subgraph-spec

import { Failure } from "../core/errors.ts";
import { mayUse, type Scope } from "../core/caller.ts";
import { builder } from "./builder.ts";
import { receiptOf, type GraphqlContext } from "./context.ts";
import { entityOf } from "./entity-types.ts";
import { printServiceSdl } from "./sdl.ts";

const mostRepresentations = 500;

/** By type name: the scope that it needs, and how it is found. */
const entities: Readonly<
  Record<string, { scopes: readonly Scope[]; find(id: string, context: GraphqlContext): unknown }>
> = {
  Model: { scopes: ["catalog"], find: (id, { catalog }) => catalog.model(id) },
  Provider: { scopes: ["catalog"], find: (id, { catalog }) => catalog.provider(id) },
  Deployment: { scopes: ["catalog"], find: (id, { catalog }) => catalog.deployment(id) },
  Receipt: { scopes: ["receipts", "records"], find: (id, context) => receiptOf(context, id) },
};

const Entity = builder.unionType("_Entity", {
  description: "Every type that other subgraphs may point at.",
  types: ["Model", "Provider", "Deployment", "Receipt"],
  resolveType: (value) => (value as unknown as { __typename: string }).__typename,
});

const Service = builder.objectRef<{ readonly sdl: string }>("_Service").implement({
  description: "This subgraph as a router composes it.",
  fields: (t) => ({ sdl: t.exposeString("sdl", { description: "Its schema." }) }),
});

builder.queryFields((t) => ({
  _entities: t.field({
    type: [Entity],
    nullable: { list: false, items: true },
    description: "Entities by reference, in the order in which they were asked for.",
    args: { representations: t.arg({ type: ["_Any"], required: true, description: "The references." }) },
    resolve(_root, { representations }, context) {
      if (representations.length > mostRepresentations) {
        throw new Failure("INVALID_REQUEST", `At most ${mostRepresentations} entities at once.`, {
          path: "representations",
        });
      }
      return representations.map((one) => resolveReference(one, context)) as never[];
    },
  }),
  _service: t.field({
    type: Service,
    description: "This subgraph's schema, for composition.",
    resolve: (_root, _arguments, _context, info) => ({ sdl: printServiceSdl(info.schema) }),
  }),
}));

async function resolveReference(reference: unknown, context: GraphqlContext): Promise<object | null> {
  const { __typename: name, id } = (reference ?? {}) as { __typename?: unknown; id?: unknown };
  const type = context.entityTypes.find((one) => one.name === name);
  if (type) return entityOf(type, reference, context.caller);
  const own = typeof name === "string" ? context.names.ownType(name) : undefined;
  const entity = own !== undefined && Object.hasOwn(entities, own) ? entities[own] : undefined;
  if (!entity || typeof id !== "string") {
    throw new Failure("INVALID_REQUEST", "A reference needs the __typename of an entity and its id.", {
      path: "representations",
    });
  }
  if (!entity.scopes.some((scope) => mayUse(context.caller, scope))) {
    throw new Failure("FORBIDDEN", `This key lacks the scope "${entity.scopes[0]}".`);
  }
  const found = await entity.find(id, context);
  return typeof found === "object" && found !== null ? { ...found, __typename: own } : null;
}
