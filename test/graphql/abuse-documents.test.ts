// Documents and variables that are made to hurt, through every entry: each is refused in words, the answer is short and
// tells nothing of the schema, and the next caller is served.

import assert from "node:assert/strict";
import { before, test, type TestContext } from "node:test";
import { runGraphqlDoor, type RunningGraphqlDoor } from "../kit/graphql-door.ts";
import { entranceOf, entries, notingCallbacks, type Received, type Sent } from "../kit/graphql-entries.ts";
import { saying, scriptGateway } from "../kit/scripted-answers.ts";

const gateway = scriptGateway((asked) => saying(asked, ["ok"]));
const delivered: string[] = [];
let door: RunningGraphqlDoor;
before(async (context) => {
  const callbacks = notingCallbacks(delivered);
  door = await runGraphqlDoor(context as TestContext, gateway, { production: true, callbacks });
});

const many = (count: number, one: (index: number) => string, between = " "): string =>
  Array.from({ length: count }, (_, index) => one(index)).join(between);
const within = (levels: number, left: string, right: string, inner = ""): string =>
  left.repeat(levels) + inner + right.repeat(levels);
const nested = (levels: number): unknown => JSON.parse(within(levels, "[", "]"));
const tooLong = "GRAPHQL_PARSE_FAILED";
const invalid = "GRAPHQL_VALIDATION_FAILED";

/** What is sent, and the code that answers it. */
const abuses: Readonly<Record<string, readonly [sent: Sent, code: string]>> = {
  "lists 10,000 deep": [{ query: `{ model(id: ${within(10_000, "[", "]")}) { id } }` }, tooLong],
  "lists 200 deep": [{ query: `{ model(id: ${within(200, "[", "]")}) { id } }` }, invalid],
  "objects 10,000 deep": [{ query: `{ model(id: ${within(10_000, "{a:", "}", "1")}) { id } }` }, tooLong],
  "selections 10,000 deep": [{ query: within(10_000, "{a", "}") }, tooLong],
  "selections 300 deep": [{ query: within(300, "{a", "}", "{b}") }, invalid],
  "types 10,000 deep": [{ query: `query ($a: ${within(10_000, "[", "]", "Int")}) { __typename }` }, tooLong],
  "types 400 deep": [{ query: `query ($a: ${within(400, "[", "]", "Int")}) { caller { key } }` }, invalid],
  "variables 150 deep": [{ query: "{ caller { key } }", variables: { a: nested(150) } }, "INVALID_REQUEST"],
  "variables 3,000 deep": [
    { query: "{ caller { key } }", variables: { a: nested(3_000) } },
    "INVALID_REQUEST",
  ],
  "extensions 3,000 deep": [
    { query: "{ caller { key } }", extensions: { a: nested(3_000) } },
    "INVALID_REQUEST",
  ],
  "fragments in a circle": [
    { query: "{ ...A } fragment A on Query { ...B } fragment B on Query { caller { key } ...A }" },
    invalid,
  ],
  "fragments that double 80 times": [
    {
      query: `{ ...F0 } ${many(80, (level) => `fragment F${level} on Query { ${level === 79 ? "caller { key }" : `...F${level + 1} ...F${level + 1}`} }`)}`,
    },
    invalid,
  ],
  "1,000 operations": [{ query: many(1_000, (index) => `query Q${index} { caller { key } }`) }, tooLong],
  "100 operations and none named": [
    { query: many(100, (index) => `query Q${index} { caller { key } }`) },
    "INVALID_REQUEST",
  ],
  "10,000 aliases": [{ query: `{ ${many(10_000, (index) => `a${index}: __typename`)} }` }, tooLong],
  "200 aliases": [{ query: `{ ${many(200, (index) => `a${index}: __typename`)} }` }, invalid],
  "11 paid fields": [
    {
      query: `mutation ($i: CompletionInput!) { ${many(11, (index) => `a${index}: complete(input: $i) { __typename }`)} }`,
    },
    invalid,
  ],
  "one directive 1,000 times": [{ query: `{ caller ${"@skip(if: true) ".repeat(1_000)} { key } }` }, tooLong],
  "one directive 120 times": [{ query: `{ caller ${"@skip(if: true)".repeat(120)} { key } }` }, invalid],
  "400 unknown directives": [{ query: `{ caller ${"@x ".repeat(400)} { key } }` }, invalid],
  "@defer": [{ query: "{ ... @defer { caller { key } } }" }, invalid],
  "@stream": [{ query: "{ providers @stream { id } }" }, invalid],
  "a name of a million characters": [{ query: `{ ${"x".repeat(1_000_000)} }` }, tooLong],
  "25 names of 30,000 characters": [
    { query: `{ ${many(25, (index) => "x".repeat(30_000) + index)} }` },
    invalid,
  ],
  "a value of 900,000 characters": [
    { query: `{ models(sort: ${"E".repeat(900_000)}) { totalCount } }` },
    invalid,
  ],
  "a million lines": [{ query: `${"\n".repeat(999_000)}{ ${many(30, (index) => `x${index}`)} }` }, tooLong],
  "a million carriage returns": [{ query: `${"\r".repeat(999_000)}{ nonsense }` }, tooLong],
  "a block string of ten million lines": [
    { query: `{ model(id: """${"\n".repeat(10_000_000)}""") { id } }` },
    tooLong,
  ],
  "300 unknown fields": [{ query: `{ ${many(300, (index) => `modles${index}`)} }` }, invalid],
  "300 unknown arguments": [
    { query: `{ models(${many(300, (index) => `frist${index}: 1`)}) { totalCount } }` },
    invalid,
  ],
  "an argument 300 times": [{ query: `{ models(${"first: 1 ".repeat(300)}) { totalCount } }` }, invalid],
  "a variable of two million characters where a number stands": [
    {
      query: "query ($first: Int) { models(first: $first) { totalCount } }",
      variables: { first: "9".repeat(2_000_000) },
    },
    "BAD_USER_INPUT",
  ],
  "20,000 wrong messages": [
    {
      query: "mutation ($i: CompletionInput!) { complete(input: $i) { __typename } }",
      variables: {
        i: { model: "demo/echo", messages: Array.from({ length: 20_000 }, () => ({ nobody: 1 })) },
      },
    },
    "BAD_USER_INPUT",
  ],
  "a schema under another name": [{ query: "{ harmless: __schema { types { name } } }" }, "FORBIDDEN"],
  "a type through fragments": [
    { query: '{ ...F } fragment F on Query { ... on Query { a: __type(name: "Key") { name } } }' },
    "FORBIDDEN",
  ],
  "this subgraph's SDL": [{ query: "{ caller { key } ... { _service { sdl } } }" }, "FORBIDDEN"],
  "no operation at all": [{ query: "fragment F on Query { caller { key } }" }, invalid],
  "an empty document": [{ query: "" }, tooLong],
  "a document of control characters": [{ query: "\u0000\u0001{ caller { key } }" }, tooLong],
};

const longestAnswer = 20_000;

/** What is wrong with how it was refused; nothing where all is well. */
function* complaints(code: string, { text }: Received): Generator<string> {
  if (!text.includes(`"code":"${code}"`)) yield `not ${code}: ${text.slice(0, 300)}`;
  if (text.length > longestAnswer) yield `${text.length} characters`;
  if (/Did you mean|"stack"|node_modules|"INTERNAL"/.test(text))
    yield `tells too much: ${text.slice(0, 300)}`;
  if (text.split('"message"').length > 60) yield "too many errors";
}

for (const [way, send] of Object.entries(entries)) {
  test(`${way}: what is made to hurt is refused in words, and the next is served`, async () => {
    const entrance = entranceOf(door, "pc_complete+catalog", delivered);
    const wrong: string[] = [];
    for (const [name, [sent, code]] of Object.entries(abuses)) {
      if (way === "get" && sent.query?.startsWith("mutation") === true) continue;
      const received = await send(entrance, sent);
      if (received) wrong.push(...[...complaints(code, received)].map((why) => `${name}: ${why}`));
    }
    assert.deepEqual(wrong, []);
    const served = await send(entrance, { query: "{ caller { key } }" });
    assert.match(served?.text ?? "", /key:complete\+catalog/);
    assert.deepEqual(door.faults, []);
  });
}
