// A schema whose resolvers answer, fail, or answer with nothing, by chance; for the test of compiled operations.
// The same seed and the same place in the answer give the same every time, so that two executors can be compared.

import {
  buildSchema,
  GraphQLError,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  isAbstractType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from "graphql";
import { randomFrom } from "../soak/random.ts";

export interface Circumstances {
  readonly seed: number;
}

export const chanceSdl = /* GraphQL */ `
  enum Colour {
    RED
    GREEN
    BLUE
  }
  scalar JSON
  input Inner {
    colour: Colour = GREEN
    list: [Int!]
    deep: [[Inner]]
    need: Float!
  }
  input Choice @oneOf {
    text: String
    number: Int
    inner: Inner
  }
  input Wide {
    id: ID!
    flag: Boolean = true
    inner: Inner
    choice: Choice
    choices: [Choice!]
    any: JSON
    name: String
  }
  interface Being {
    id: ID
    name: String!
    friend: Being
    colour(of: Colour = RED, inner: Inner): Colour
  }
  type Cat implements Being {
    id: ID
    name: String!
    friend: Being
    colour(of: Colour = RED, inner: Inner): Colour
    lives: Int!
    owner: Dog
  }
  type Dog implements Being {
    id: ID
    name: String!
    friend: Being
    colour(of: Colour = RED, inner: Inner): Colour
    tricks: [String!]!
    pups: [Dog]!
  }
  type Rock {
    weight: Float
    echo(wide: Wide, choice: Choice, list: [Int], text: String! = "so"): String
  }
  union Thing = Cat | Dog | Rock
  type Query {
    being: Being
    cat: Cat!
    things(first: Int = 2): [Thing!]
    beings: [[Being]!]
    thing: Thing
    rock: Rock!
    echo(wide: Wide!): String
    again: Query
  }
  type Mutation {
    one: Cat!
    two(wide: Wide): Thing
    three: [Dog!]
    four: Int
  }
`;

export function chanceSchema(): GraphQLSchema {
  const schema = buildSchema(chanceSdl);
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith("__")) continue;
    if (isAbstractType(type)) type.resolveType = (value) => (value as { type?: string }).type ?? "Rock";
    if (!isObjectType(type)) continue;
    if (type.name === "Rock") type.isTypeOf = (value) => (value as { type?: string }).type === "Rock";
    for (const field of Object.values(type.getFields())) {
      if (field.name === "lives") continue;
      field.resolve = (_source, given: unknown, context: Circumstances, info) => answer(given, context, info);
    }
  }
  return schema;
}

const keysOf = ({ path }: GraphQLResolveInfo): string => {
  const keys: (string | number)[] = [];
  for (let at: typeof path | undefined = path; at; at = at.prev) keys.push(at.key);
  return keys.join(".");
};

/** Of ten answers about seven are good ones. */
function answer(given: unknown, { seed }: Circumstances, info: GraphQLResolveInfo): unknown {
  const place = keysOf(info);
  const { next } = randomFrom(seed, place);
  const late = next() < 0.4;
  const value = outcome();
  return late ? later(value, Math.floor(next() * 4)) : now(value);

  function outcome(): () => unknown {
    const dice = next();
    if (dice < 0.05) return () => null;
    if (dice < 0.1)
      return () => {
        throw new Error(`broken at ${place}`);
      };
    if (dice < 0.12) return () => new GraphQLError(`refused at ${place}`, { extensions: { code: "NO" } });
    if (dice < 0.13)
      return () => {
        // oxlint-disable-next-line no-throw-literal -- resolvers can throw anything
        throw "a word";
      };
    if (dice < 0.15) return () => ({ type: "Nothing" });
    const good = valueOf(info.returnType);
    return () => good;
  }

  function valueOf(type: GraphQLOutputType): unknown {
    if (isNonNullType(type)) return valueOf(type.ofType);
    if (isListType(type))
      return Array.from({ length: Math.floor(next() * 4) }, () => {
        const dice = next();
        if (dice < 0.1) return null;
        const item = dice < 0.2 ? new Error(`an item of ${place}`) : valueOf(type.ofType);
        return next() < 0.2 ? later(() => item, 1) : item;
      });
    if (isEnumType(type)) return next() < 0.1 ? "PINK" : "BLUE";
    if (type.name === "String") return `${place} ${sorted(given)}`;
    if (type.name === "ID" || type.name === "Int") return Math.floor(next() * 100);
    if (type.name === "Float") return next() < 0.1 ? "no number" : next();
    const members = isAbstractType(type) ? info.schema.getPossibleTypes(type) : [type];
    const member = members[Math.floor(next() * members.length)];
    return { type: String(member), lives: next() < 0.2 ? undefined : 9 };
  }
}

const now = (value: () => unknown): unknown => value();

/** In which order the fields of an input stand is nobody's to rely on. */
const sorted = (given: unknown): string =>
  JSON.stringify(given, (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

async function later(value: () => unknown, turns: number): Promise<unknown> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
  return value();
}
