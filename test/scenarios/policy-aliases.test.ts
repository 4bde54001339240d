// Many answers asked for in one operation: each is decided alone, and there is a limit to how many.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startGateway } from "../kit/gateway.ts";
import { startUpstream } from "../kit/upstream.ts";

const outside = await startUpstream();
const gateway = await startGateway({ PORTKEY_BASE_URL: outside.baseUrl });
after(async () => {
  await gateway.close();
  await outside.close();
});

interface Aliased {
  readonly data?: Record<string, { readonly __typename: string; readonly effective?: string }> | null;
  readonly errors?: readonly { readonly message: string }[];
}

/** Each alias says who it is in its prompt, so that what arrives can be told apart. */
async function aliased(
  tags: readonly string[],
  text = (index: number): string => `I am ${index}`,
): Promise<Aliased> {
  const fields = tags.map(
    (tag, index) =>
      `a${index}: complete(input: { model: "portkey/any", sensitivity: "${tag}", messages: [{ user: { text: "${text(index)}" } }] }) { __typename ... on PolicyDenied { code } }`,
  );
  const answer = await gateway.post("/graphql", { query: `mutation { ${fields.join("\n")} }` });
  return (await answer.json()) as Aliased;
}

const arrived = (): readonly string[] =>
  outside.seen.map(({ body }) => JSON.stringify(body["messages"]).match(/I am \d+/)?.[0] ?? "?").toSorted();

test("200 aliased answers in one operation are refused, and nothing is sent", async () => {
  const answer = await aliased(Array.from({ length: 200 }, () => "public"));
  assert.ok(answer.errors !== undefined && answer.errors.length > 0);
  assert.equal(answer.data ?? undefined, undefined);
  assert.deepEqual(outside.seen, []);
});

test("11 are one too many, also through a fragment that is spread", async () => {
  assert.ok((await aliased(Array.from({ length: 11 }, () => "public"))).errors);
  const spread = Array.from({ length: 11 }, (_, index) => `...F${index}`).join(" ");
  const fragments = Array.from(
    { length: 11 },
    (_, index) =>
      `fragment F${index} on Mutation { f${index}: complete(input: { model: "portkey/any", sensitivity: "public", messages: [{ user: { text: "Hi" } }] }) { __typename } }`,
  ).join("\n");
  const answer = await gateway.post("/graphql", { query: `mutation { ${spread} }\n${fragments}` });
  assert.ok(((await answer.json()) as Aliased).errors);
  assert.deepEqual(outside.seen, []);
});

test("10 with different tags are each decided alone", async () => {
  const tags = [
    "public",
    "restricted+phi",
    "public",
    "internal",
    "confidential+pii",
    "public",
    "restricted+secret",
    "internal+eu",
    "public",
    "restricted",
  ];
  const { data, errors } = await aliased(tags);
  assert.equal(errors, undefined);
  tags.forEach((tag, index) => {
    const expected = tag === "public" ? "Completion" : "PolicyDenied";
    assert.equal(data?.[`a${index}`]?.__typename, expected, `a${index} with ${tag}`);
  });
  assert.deepEqual(arrived(), ["I am 0", "I am 2", "I am 5", "I am 8"]);
});

test("what is found in one alias raises that alias alone", async () => {
  outside.seen.length = 0;
  const { data } = await aliased(["public", "public", "public"], (index) =>
    index === 1 ? "I am 1 and my card is 4111 1111 1111 1111" : `I am ${index}`,
  );
  assert.deepEqual(
    Object.values(data ?? {}).map((one) => one.__typename),
    ["Completion", "PolicyDenied", "Completion"],
  );
  assert.deepEqual(arrived(), ["I am 0", "I am 2"]);
});
