// Automatic persisted queries: registered by their hash, found by it over every transport, and never under another's.
// Apollo's own link is one of the clients.

import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { test } from "node:test";
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { createClient } from "graphql-sse";
import { bearer, runGraphqlDoor, type Answer } from "../kit/graphql-door.ts";
import { ask } from "../kit/http.ts";
import { saying, scriptGateway } from "../kit/scripted-answers.ts";

const gateway = scriptGateway((asked) => saying(asked, ["Hel", "lo"]));
const input = { model: "demo/echo", messages: [{ user: { text: "Say hello." } }] };
const queried = "query Me { caller { key } }";
const streamed =
  "subscription ($input: CompletionInput!) { completion(input: $input) { ... on TextDelta { text } } }";
const hashOf = (query: string): string => hash("sha256", query, "hex");
const named = (sha256Hash: string, version = 1) => ({ persistedQuery: { version, sha256Hash } });
const json = { ...bearer, "content-type": "application/json" };
const codeOf = ({ errors }: Answer): unknown => errors?.[0]?.extensions.code;

async function setUp(context: Parameters<typeof runGraphqlDoor>[0]) {
  const door = await runGraphqlDoor(context, gateway);
  const post = async (body: object, headers: Record<string, string> = {}) => {
    const request = { path: "/graphql", headers: { ...json, ...headers }, body: JSON.stringify(body) };
    const answer = await ask(door.port, request);
    return { ...answer, ...(JSON.parse(answer.text) as Answer), status: answer.status };
  };
  const get = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    ask(door.port, {
      path: `/graphql?${new URLSearchParams(fields).toString()}`,
      headers: { ...bearer, accept: "application/json", ...headers },
    });
  return { ...door, post, get };
}

test("a hash is asked for once with its query, and is enough from then on", async (context) => {
  const { post } = await setUp(context);
  const extensions = named(hashOf(queried));
  const missed = await post({ extensions });
  assert.deepEqual([missed.status, codeOf(missed)], [200, "PERSISTED_QUERY_NOT_FOUND"]);
  assert.equal(missed.errors?.[0]?.message, "PersistedQueryNotFound");
  const data = { caller: { key: "key:test" } };
  assert.deepEqual((await post({ query: queried, extensions })).data, data);
  assert.deepEqual((await post({ extensions })).data, data);
  for (const documentId of [hashOf(queried), `sha256:${hashOf(queried)}`])
    assert.deepEqual((await post({ documentId })).data, data, documentId);
  const strict = { accept: "application/graphql-response+json" };
  assert.equal((await post({ documentId: "unheard-of" }, strict)).status, 400);
});

test("a query under another's hash is refused and not kept", async (context) => {
  const { post } = await setUp(context);
  const extensions = named(hashOf(queried));
  const refused = await post({ query: "{ caller { name } }", extensions });
  assert.deepEqual([codeOf(refused), refused.data], ["INVALID_REQUEST", undefined]);
  assert.equal(codeOf(await post({ extensions })), "PERSISTED_QUERY_NOT_FOUND");
});

test("a query that is not valid is not kept", async (context) => {
  const { post } = await setUp(context);
  const query = "{ nonsense }";
  const extensions = named(hashOf(query));
  assert.equal(codeOf(await post({ query, extensions })), "GRAPHQL_VALIDATION_FAILED");
  assert.equal(codeOf(await post({ extensions })), "PERSISTED_QUERY_NOT_FOUND");
});

test("what is not an id is refused with its place", async (context) => {
  const { post } = await setUp(context);
  const odd = [
    { extensions: named(hashOf(queried), 2) },
    { extensions: { persistedQuery: { version: 1 } } },
    { extensions: { persistedQuery: "abc" } },
    { documentId: 7 },
    { documentId: "" },
    { documentId: "x".repeat(1_000) },
    { extensions: { persistedQuery: { version: 1, sha256Hash: ["__proto__"] } } },
  ];
  for (const body of odd) {
    const answer = await post(body);
    assert.deepEqual([answer.status, codeOf(answer)], [400, "INVALID_REQUEST"], JSON.stringify(body));
  }
  for (const documentId of ["__proto__", "constructor"])
    assert.equal(codeOf(await post({ documentId })), "PERSISTED_QUERY_NOT_FOUND");
});

test("by GET it is answered for the caller's own cache, and a mutation never", async (context) => {
  const { post, get } = await setUp(context);
  const extensions = JSON.stringify(named(hashOf(queried)));
  await post({ query: queried, extensions: named(hashOf(queried)) });
  const first = await get({ extensions });
  assert.match(first.text, /key:test/);
  assert.equal(first.headers["cache-control"], "private, no-cache");
  assert.match(first.headers.vary ?? "", /authorization/);
  const etag = first.headers.etag ?? "";
  const again = await get({ documentId: hashOf(queried) }, { "if-none-match": `"other", ${etag}` });
  assert.deepEqual([again.status, again.text, again.headers.etag], [304, "", etag]);
  const other = await get({ extensions }, { "if-none-match": etag, authorization: "Bearer pc_catalog" });
  assert.equal(other.status, 200, "another caller has another answer");
  assert.equal((await get({ query: queried })).headers["cache-control"], "no-store");

  const mutation = "mutation { __typename }";
  await post({ query: mutation, extensions: named(hashOf(mutation)) });
  assert.equal((await get({ documentId: hashOf(mutation) })).status, 405);
});

for (const accept of ["text/event-stream", "multipart/mixed;boundary=graphql;subscriptionSpec=1.0"]) {
  test(`a subscription is found by its hash as ${accept}`, async (context) => {
    const { port } = await setUp(context);
    const extensions = named(hashOf(streamed));
    const send = (body: object) =>
      ask(port, { path: "/graphql", headers: { ...json, accept }, body: JSON.stringify(body) });
    assert.match((await send({ extensions })).text, /PersistedQueryNotFound/);
    const variables = { input };
    for (const query of [streamed, undefined])
      assert.match((await send({ query, extensions, variables })).text, /"Hel".*"lo"/s);
  });
}

test("a single connection knows hashes too", async (context) => {
  const { url } = await setUp(context);
  const client = createClient({
    url: `${url}/stream`,
    headers: { ...bearer },
    singleConnection: true,
    retryAttempts: 0,
  });
  const run = async (query: string | undefined): Promise<string> => {
    const results: unknown[] = [];
    const asked = { query: query as string, variables: { input }, extensions: named(hashOf(streamed)) };
    for await (const result of client.iterate(asked)) results.push(result);
    return JSON.stringify(results);
  };
  assert.match(await run(undefined), /PersistedQueryNotFound/);
  for (const query of [streamed, undefined]) assert.match(await run(query), /"Hel".*"lo"/);
  client.dispose();
});

test("Apollo Client registers by itself, and sends its hash alone afterwards, by GET", async (context) => {
  const { url } = await setUp(context);
  const sent: string[] = [];
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.from([
      new PersistedQueryLink({ sha256: hashOf, useGETForHashedQueries: true }),
      new HttpLink({
        uri: url,
        headers: { ...bearer },
        fetch: (target, init) => {
          sent.push(`${init?.method} ${typeof init?.body === "string" ? init.body : ""}`);
          return fetch(target, init);
        },
      }),
    ]),
  });
  const query = async (): Promise<unknown> =>
    (await client.query({ query: gql(queried), fetchPolicy: "network-only" })).data;
  const data = { caller: { __typename: "Caller", key: "key:test" } };
  assert.deepEqual([await query(), await query()], [data, data]);
  assert.deepEqual(
    sent.map((one) => [one.slice(0, 4).trim(), one.includes("caller")]),
    [
      ["GET", false],
      ["POST", true],
      ["GET", false],
    ],
  );
  client.stop();
});
