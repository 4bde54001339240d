// The scalars of the contract: exact money, moments, free JSON, and the data tag.
// A tag travels as text: only the published policy knows which labels exist, so the gateway reads it.

import { GraphQLError, Kind, type ValueNode } from "graphql";
import { builder } from "./builder.ts";

const wrong = (type: string, wanted: string): GraphQLError =>
  new GraphQLError(`${type} must be ${wanted}.`, { extensions: { code: "BAD_USER_INPUT" } });

builder.scalarType("Decimal", {
  description: 'US dollars, decimal string: "0.000412".',
  serialize: (value) => value,
  parseValue(value) {
    if (typeof value === "number" && Number.isFinite(value)) return String(value);
    if (typeof value === "string") return value;
    throw wrong("Decimal", 'a decimal string such as "0.05"');
  },
});

const moment = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

builder.scalarType("DateTime", {
  description: "A moment with its offset, as RFC 3339 writes it: 2026-11-20T08:30:00Z.",
  specifiedByURL: "https://scalars.graphql.org/andimarek/date-time.html",
  extensions: {},
  serialize: (value) => value.toISOString() as never,
  parseValue(value) {
    const date = typeof value === "string" && moment.test(value) ? new Date(value) : undefined;
    if (!date || Number.isNaN(date.getTime()))
      throw wrong("DateTime", "a moment such as 2026-11-20T08:30:00Z");
    return date;
  },
});

builder.scalarType("JSON", {
  description: "Any JSON value, passed through unchanged.",
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => plain(node, variables ?? {}),
});

builder.scalarType("Sensitivity", {
  description: '"internal" or "confidential+pii". TypeScript: Level | `${Level}+${string}`.',
  serialize: (value) => value,
  parseValue(value) {
    if (typeof value === "string") return value;
    throw wrong("Sensitivity", 'a tag such as "confidential+pii"');
  },
});

builder.scalarType("_Any", {
  description: "A reference to an entity: its __typename and its key fields.",
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => plain(node, variables ?? {}),
});

/** A literal as the JSON it stands for, variables inside it filled in. */
function plain(node: ValueNode, variables: Readonly<Record<string, unknown>>): unknown {
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.LIST:
      return node.values.map((value) => plain(value, variables));
    case Kind.OBJECT:
      return Object.fromEntries(
        node.fields.map((field) => [field.name.value, plain(field.value, variables)]),
      );
    case Kind.VARIABLE:
      return variables[node.name.value];
    default:
      return node.value;
  }
}
