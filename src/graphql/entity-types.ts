// Types of a company's own subgraphs, with the fields that graph.yaml lets a model answer.
// `views.ts` adds them to the schema, `federation.ts` finds them by reference. What a field requires
// comes with the reference: the router fetches it from the subgraph that owns it.

import { extendSchema, isObjectType, parse, type GraphQLObjectType, type GraphQLSchema } from "graphql";
import { mayUse, type Caller } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import { scalarOf } from "../policy/graph-parts.ts";
import type { EntityField, EntityType } from "../policy/graph-file.ts";
import { federationLink, paid } from "./directives.ts";
import { answerEntityField } from "./entity-answers.ts";

export function withEntityTypes(schema: GraphQLSchema, types: readonly EntityType[]): GraphQLSchema {
  const sdl = [`extend union _Entity = ${types.map(({ name }) => name).join(" | ")}`, ...types.map(sdlOf)];
  const extended = extendSchema(schema, parse(sdl.join("\n")), { assumeValidSDL: true });
  for (const type of types) {
    const object = extended.getType(type.name);
    if (isObjectType(object)) furnish(object, type);
  }
  extended.extensions = { ...extended.extensions, directives: { link: [linkWithRequires] } };
  return extended;
}

const linkWithRequires = { ...federationLink, import: [...federationLink.import, "@external", "@requires"] };

function sdlOf(type: EntityType): string {
  const required = new Map(type.fields.flatMap((field) => field.requires.map((one) => [one.name, one.type])));
  return `"""A type of another subgraph, with fields that a model answers."""
type ${type.name} {
  ${type.key}: ID!
  ${[...required].map(([name, scalar]) => `${name}: ${scalar}`).join("\n")}
  ${type.fields.map((field) => `${field.name}${argumentsOf(field)}: String`).join("\n")}
}`;
}

function argumentsOf(field: EntityField): string {
  if (field.arguments.length === 0) return "";
  const written = field.arguments.map(
    ({ name, type, otherwise }) => `${name}: ${type}${otherwise === undefined ? "" : ` = ${otherwise}`}`,
  );
  return `(${written.join(", ")})`;
}

/** Resolvers and federation directives, on objects that `extendSchema` has just made. */
function furnish(object: GraphQLObjectType, type: EntityType): void {
  object.extensions = { directives: { key: [{ fields: type.key }] } };
  const fields = object.getFields();
  for (const { requires } of type.fields) {
    for (const { name } of requires) {
      const external = fields[name];
      if (external) external.extensions = { directives: { external: [{}] } };
    }
  }
  for (const declared of type.fields) {
    const field = fields[declared.name];
    if (!field) continue;
    const { paid: isPaid, directives } = paid(1000);
    const needs = [{ fields: declared.requires.map(({ name }) => name).join(" ") }];
    field.description = declared.description;
    field.extensions = { paid: isPaid, directives: { ...directives, requires: needs } };
    field.resolve = (source: Readonly<Record<string, unknown>>, given: Record<string, unknown>, context) =>
      answerEntityField({ declared, source, given, context });
  }
}

/** What the router sent of it, checked: values go into a prompt as they are, and nothing else does. */
export function entityOf(type: EntityType, reference: unknown, caller: Caller): object {
  if (!mayUse(caller, "complete")) throw new Failure("FORBIDDEN", 'This key lacks the scope "complete".');
  const given = (reference ?? {}) as Readonly<Record<string, unknown>>;
  const key = given[type.key];
  if (typeof key !== "string" && typeof key !== "number") {
    throw new Failure("INVALID_REQUEST", `A reference to ${type.name} needs its ${type.key}.`, {
      path: "representations",
    });
  }
  const taken: Record<string, unknown> = { __typename: type.name, [type.key]: String(key) };
  for (const { name, type: scalar } of type.fields.flatMap(({ requires }) => requires)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined || value === null) continue;
    if (!fits[scalarOf(scalar)](value)) {
      throw new Failure("INVALID_REQUEST", `${type.name}.${name} must be ${scalar}.`, {
        path: "representations",
      });
    }
    taken[name] = value;
  }
  return taken;
}

const isText = (value: unknown): boolean => typeof value === "string";
const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);

const fits: Readonly<Record<ReturnType<typeof scalarOf>, (value: unknown) => boolean>> = {
  String: isText,
  ID: (value) => isText(value) || isNumber(value),
  Int: isNumber,
  Float: isNumber,
  Boolean: (value) => typeof value === "boolean",
};
