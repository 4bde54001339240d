// Where only trusted documents run: what was imported runs by its id over every transport, and nothing else does,
// save for administrators and routers. Documents are checked against the schema as callers see it: renamed, and with
// the fields of graph.yaml.

import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { cp, mkdtemp, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createClient } from "graphql-sse";
import { eventually } from "../kit/eventually.ts";
import { closeServer, listen, runRouter } from "../kit/federation-router.ts";
import { startGateway, type RunningGateway } from "../kit/gateway.ts";

const graph = `entities:
  Ticket:
    fields:
      summary:
        description: In a sentence.
        requires: {subject: {type: String!, data: internal}}
        model: demo/echo
        prompt: Summarise the ticket with this {{subject}}.
`;
const ticketsSdl = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type Query { ticket: Ticket }
type Ticket @key(fields: "id") { id: ID! subject: String! }`;
const input = { model: "demo/echo", messages: [{ user: { text: "Tell it." } }] };
const me = "query Me { aiCaller { team } }";
const story =
  "subscription Story($input: AiCompletionInput!) { aiCompletion(input: $input) { ... on AiTextDelta { text } } }";
const entity = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Ticket { summary } } }`;
const hashOf = (query: string): string => hash("sha256", query, "hex");

let gateway: RunningGateway;
let employee: string;
let origin: string;
const delivered: string[] = [];
const listener = createServer((request, response) => {
  void text(request).then((body) => {
    delivered.push(body);
    return response.writeHead(204).end();
  });
});

interface Answer {
  readonly status: number;
  readonly data?: Record<string, unknown>;
  readonly errors?: readonly { message: string; extensions: { code: string; fix?: string } }[];
}

async function send(body: object, key = employee, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await gateway.post("/graphql", body, { authorization: `Bearer ${key}`, ...headers });
  return { ...((await answer.json()) as object), status: answer.status };
}
const codeOf = ({ errors }: Answer): string | undefined => errors?.[0]?.extensions.code;

interface Imported {
  readonly added?: readonly { id: string; name: string | null; problems: readonly string[] }[];
  readonly known?: number;
  readonly problems?: readonly { id: string; name: string | null; message: string }[];
  readonly message?: string;
}

async function importing(...documents: readonly { id?: string; body: string }[]): Promise<Imported> {
  const query = `mutation ($documents: [DocumentInput!]!) { importDocuments(documents: $documents) {
    ... on DocumentsImported { known added { id name problems } } ... on DocumentsRefused { problems { id name message } }
    ... on Failure { message } } }`;
  const headers = { "x-portcullis-names": "own" };
  const { data } = await send({ query, variables: { documents } }, gateway.adminKey, headers);
  return data?.["importDocuments"] as Imported;
}

before(async () => {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-trusted-"));
  await cp(fileURLToPath(new URL("../../policies", import.meta.url)), folder, { recursive: true });
  await writeFile(join(folder, "graph.yaml"), graph);
  origin = await listen(listener);
  gateway = await startGateway({
    NODE_ENV: "production",
    PORTCULLIS_DEMO: "1",
    PORTCULLIS_SECRET: "s".repeat(40),
    PORTCULLIS_POLICIES: folder,
    PORTCULLIS_TRUSTED_DOCUMENTS: "only",
    PORTCULLIS_CALLBACK_ORIGINS: origin,
    GRAPHQL_PREFIX: "Ai",
  });
  employee = await gateway.makeKey();
  const { added } = await importing({ body: me }, { id: "Story.v1", body: story }, { body: entity });
  assert.deepEqual(
    new Map(added?.map(({ id, name }) => [id, name])),
    new Map([
      ["Story.v1", "Story"],
      [hashOf(me), "Me"],
      [hashOf(entity), null],
    ]),
  );
});
after(async () => {
  await gateway.close();
  await closeServer(listener);
});

test("a document runs by its id, by its hash, and by its own text", async () => {
  const data = { aiCaller: { team: "team:tests" } };
  const persistedQuery = { version: 1, sha256Hash: hashOf(me) };
  for (const body of [
    { documentId: hashOf(me) },
    { documentId: `sha256:${hashOf(me)}` },
    { extensions: { persistedQuery } },
    { query: me, extensions: { persistedQuery } },
    { query: me },
  ])
    assert.deepEqual(await send(body), { status: 200, data }, JSON.stringify(body));
  const url = `${gateway.url}/graphql?documentId=${hashOf(me)}`;
  const byGet = await fetch(url, { headers: { authorization: `Bearer ${employee}` } });
  assert.deepEqual(await byGet.json(), { data });
});

test("no other document runs, and none can be registered", async () => {
  const query = "{ aiCaller { key } }";
  const refused = await send({ query });
  assert.deepEqual([refused.status, codeOf(refused)], [403, "FORBIDDEN"]);
  assert.match(refused.errors?.[0]?.extensions.fix ?? "", /documents import/);
  const extensions = { persistedQuery: { version: 1, sha256Hash: hashOf(query) } };
  assert.equal(codeOf(await send({ extensions })), "PERSISTED_QUERY_NOT_SUPPORTED");
  assert.equal(codeOf(await send({ query, extensions })), "FORBIDDEN");
  assert.equal(codeOf(await send({ documentId: hashOf(query) })), "PERSISTED_QUERY_NOT_FOUND");
  assert.equal(codeOf(await send({ documentId: "Story.v1", query })), "INVALID_REQUEST");
  assert.equal(codeOf(await send({ query: "{ __typename }" })), "FORBIDDEN");
  assert.equal(codeOf(await send({ query: `${me} ` })), "FORBIDDEN", "byte for byte");
  const headers = { authorization: `Bearer ${gateway.adminKey}` };
  const numbers = await (await fetch(`${gateway.url}/metrics`, { headers })).text();
  assert.match(numbers, /portcullis_documents_total\{document="other"\} 4\n/);
});

test("a subscription runs by its id over every transport", async () => {
  const body = { documentId: "Story.v1", variables: { input } };
  for (const accept of ["text/event-stream", "multipart/mixed;boundary=graphql;subscriptionSpec=1.0"]) {
    const headers = { authorization: `Bearer ${employee}`, accept };
    assert.match(await (await gateway.post("/graphql", body, headers)).text(), /"text":/, accept);
    const query = story.replace("Story", "Other");
    const refused = await gateway.post("/graphql", { query, variables: { input } }, headers);
    assert.match(await refused.text(), /FORBIDDEN/, accept);
  }
  const client = createClient({
    url: `${gateway.url}/graphql/stream`,
    headers: { authorization: `Bearer ${employee}` },
    singleConnection: true,
    retryAttempts: 0,
  });
  const run = async (asked: object): Promise<string> => {
    const results: unknown[] = [];
    for await (const result of client.iterate(asked as never)) results.push(result);
    return JSON.stringify(results);
  };
  assert.match(await run(body), /"text":/);
  assert.match(await run({ query: "{ aiCaller { key } }" }), /FORBIDDEN/);
  client.dispose();

  const subscription = { callbackUrl: `${origin}/c`, subscriptionId: "s1", verifier: "v1" };
  const headers = { accept: "application/json;callbackSpec=1.0" };
  assert.equal((await send({ ...body, extensions: { subscription } }, employee, headers)).status, 200);
  await eventually(() => delivered.at(-1)?.includes("complete") === true, 10_000);
  assert.ok(delivered.some((one) => one.includes('"text":')));
});

test("an administrator runs anything, and so does a router: with its key, or with its key beside its user's", async () => {
  const query = "{ aiCaller { team } }";
  const representations = [{ __typename: "Ticket", id: "t1", subject: "The gate sticks" }];
  const asked = { query: entity.replace("query (", "query E("), variables: { of: representations } };
  const router = await gateway.makeKey({ scopes: ["complete", "freeform"] });
  for (const key of [gateway.adminKey, router])
    assert.equal((await send({ query }, key)).status, 200, "as itself");
  assert.equal(codeOf(await send(asked)), "FORBIDDEN");
  const answered = await send(asked, employee, { "x-router-key": router });
  assert.match(JSON.stringify(answered.data), /The gate sticks/);
  const other = await send({ query }, employee, { "x-router-key": employee });
  assert.deepEqual([other.status, codeOf(other)], [403, "FORBIDDEN"]);
  assert.equal((await send({ query }, employee, { "x-router-key": "pc_nonsense" })).status, 401);
});

test("a real router serves its users, and none of them gets past it with the same question", async (context) => {
  const query = "{ ticket { summary } aiCaller { team name } }";
  const { sdl } = (await gateway.graphql<{ _service: { sdl: string } }>("{ _service { sdl } }")).data
    ._service;
  const ticket = { __typename: "Ticket", id: "t1", subject: "The gate sticks" };
  const tickets = createServer((_request, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify({ data: { ticket } }));
  });
  context.after(() => closeServer(tickets));
  const subgraphs = [
    { name: "portcullis", url: `${gateway.url}/graphql`, sdl },
    { name: "tickets", url: `${await listen(tickets)}/graphql`, sdl: ticketsSdl },
  ];
  const ownKey = await gateway.makeKey({ scopes: ["freeform"] });
  const router = await runRouter(context, subgraphs, { "x-router-key": ownKey });
  const ask = async (url: string): Promise<Answer> => {
    const headers = { authorization: `Bearer ${employee}`, "content-type": "application/json" };
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query }) });
    return (await answer.json()) as Answer;
  };
  const answered = await ask(router);
  assert.match(JSON.stringify(answered.data?.["ticket"]), /The gate sticks/, JSON.stringify(answered));
  assert.deepEqual(answered.data?.["aiCaller"], { team: "team:tests", name: "test" });
  assert.equal(codeOf(await ask(`${gateway.url}/graphql`)), "FORBIDDEN");
});

test("what does not fit the schema, the limits or its id is refused by name, and nothing else is imported", async () => {
  const good = "query Good { aiCaller { name } }";
  const deep = `query Deep { ${"a: aiCaller { name } ".repeat(40)} }`;
  const { problems } = await importing(
    { body: good },
    { body: "query Own { caller { key } }" },
    { body: deep },
    { id: hashOf("other"), body: "query Hashed { aiCaller { key } }" },
    { id: "md5:x", body: "query Reserved { aiCaller { key } }" },
    { body: "fragment F on AiCaller { key }" },
    { body: "query Broken {" },
  );
  const told = problems?.map(({ name, message }) => `${name}: ${message}`).join("\n") ?? "";
  assert.match(told, /^Own: Cannot query field "caller" on type "Query"\.$/m);
  assert.match(told, /^Deep: The document asks for more than 30 aliases\.$/m);
  assert.match(told, /^Hashed: Its id is a sha256, but not that of its text/m);
  assert.match(told, /^Reserved: Its id must be made of/m);
  assert.match(told, /^null: .*never used/m);
  assert.match(told, /^null: Syntax Error/m);
  assert.equal(problems?.length, 6);
  assert.equal(codeOf(await send({ documentId: hashOf(good) })), "PERSISTED_QUERY_NOT_FOUND");
  assert.match((await importing({ id: "Story.v1", body: good })).message ?? "", /known with another text/);
  assert.equal((await importing({ body: me })).known, 1);
});

test("what is removed runs no more", async () => {
  const body = "query Gone { aiCaller { name } }";
  await importing({ id: "Gone", body });
  assert.equal((await send({ documentId: "Gone" })).status, 200);
  const query = `mutation { removeDocuments(ids: ["Gone", "sha256:${hashOf("nothing")}"]) { ... on DocumentsRemoved { ids } } }`;
  const { data } = await send({ query }, gateway.adminKey, { "x-portcullis-names": "own" });
  assert.deepEqual(data, { removeDocuments: { ids: ["Gone"] } });
  assert.equal(codeOf(await send({ documentId: "Gone" })), "PERSISTED_QUERY_NOT_FOUND");
  assert.equal(codeOf(await send({ query: body })), "FORBIDDEN");
});
