// GraphQL over HTTP: the specification's audits, and every refusal before GraphQL begins.

import assert from "node:assert/strict";
import { test } from "node:test";
import { auditServer } from "graphql-http";
import { bearer, runGraphqlDoor } from "../kit/graphql-door.ts";
import { ask } from "../kit/http.ts";
import { saying, scriptGateway } from "../kit/scripted-answers.ts";

const gateway = scriptGateway((asked) => saying(asked, ["ok"]));
const json = { ...bearer, "content-type": "application/json" };

interface Body {
  readonly data?: unknown;
  readonly errors: readonly { message: string; extensions: Record<string, unknown> }[];
}
const bodyOf = (text: string): Body => JSON.parse(text) as Body;

const fetchWithKey = (input: string, init: RequestInit = {}): Promise<Response> =>
  fetch(input, { ...init, headers: { ...bearer, ...(init.headers as Record<string, string>) } });

test("every audit of GraphQL over HTTP passes", async (context) => {
  const { url } = await runGraphqlDoor(context, gateway);
  const results = await auditServer({ url, fetchFn: fetchWithKey });
  const failed = results.filter(({ status }) => status !== "ok");
  for (const one of failed)
    context.diagnostic(`${one.status}: ${one.name}: ${"reason" in one ? one.reason : ""}`);
  context.diagnostic(`${results.length - failed.length} of ${results.length} audits pass`);
  assert.deepEqual(
    failed.map(({ name }) => name),
    [],
  );
});

test("what a page of another origin could send is refused", async (context) => {
  const { port } = await runGraphqlDoor(context, gateway);
  const query = "mutation { __typename }";
  for (const [type, body] of [
    ["application/x-www-form-urlencoded", `query=${encodeURIComponent(query)}`],
    ["text/plain", JSON.stringify({ query })],
    [
      "multipart/form-data; boundary=x",
      '--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{}\r\n--x--',
    ],
    ["application/graphql", query],
    ["application/json; charset=utf-16", JSON.stringify({ query })],
  ] as const) {
    const answer = await ask(port, { path: "/graphql", headers: { ...bearer, "content-type": type }, body });
    assert.equal(answer.status, 415, type);
    assert.equal(bodyOf(answer.text).errors[0]?.extensions["code"], "UNSUPPORTED_MEDIA_TYPE");
  }
  const url = `/graphql?query=${encodeURIComponent(query)}`;
  const byGet = await ask(port, { path: url, headers: { ...bearer, accept: "application/json" } });
  assert.equal(byGet.status, 405);
});

test("a body that is not one JSON object is refused in words", async (context) => {
  const { port, faults } = await runGraphqlDoor(context, gateway);
  for (const body of ['{"query":', "[]", "null", '"text"', "", '[{"query":"{__typename}"}]']) {
    const answer = await ask(port, { path: "/graphql", headers: json, body });
    assert.equal(answer.status, 400, body);
    const [error] = bodyOf(answer.text).errors;
    assert.equal(error?.extensions["code"], "INVALID_REQUEST");
    assert.doesNotMatch(answer.text, /originalError|stack|SyntaxError/);
  }
  assert.deepEqual(faults, []);
});

test("a body over 25 MB is refused, announced or not", async (context) => {
  const { port } = await runGraphqlDoor(context, gateway);
  const body = JSON.stringify({ query: "{ __typename }", variables: { a: "x".repeat(25_000_000) } });
  const announced = await ask(port, { path: "/graphql", headers: json, body });
  assert.equal(announced.status, 413);
  assert.equal(bodyOf(announced.text).errors[0]?.extensions["code"], "PAYLOAD_TOO_LARGE");
  const chunked = await ask(port, {
    path: "/graphql",
    headers: { ...json, "transfer-encoding": "chunked" },
    body,
  });
  assert.equal(chunked.status, 413);
  const fits = JSON.stringify({ query: "{ __typename }", variables: { a: "x".repeat(24_000_000) } });
  assert.equal((await ask(port, { path: "/graphql", headers: json, body: fits })).status, 200);
});

test("without a key nothing but the shape of the schema is told", async (context) => {
  const { port } = await runGraphqlDoor(context, gateway);
  const plain = { "content-type": "application/json" };
  const shape = await ask(port, {
    path: "/graphql",
    headers: plain,
    body: '{"query":"{ __schema { queryType { name } } }"}',
  });
  assert.equal(shape.status, 200);
  for (const accept of ["application/json", "application/graphql-response+json", "text/event-stream"]) {
    const answer = await ask(port, {
      path: "/graphql",
      headers: { ...plain, accept },
      body: '{"query":"{ caller { key } }"}',
    });
    assert.equal(answer.status, 401, accept);
    assert.match(answer.text, /"code":"UNAUTHENTICATED"/);
  }
  const wrong = await ask(port, {
    path: "/graphql",
    headers: { ...plain, authorization: "Bearer nonsense!" },
    body: '{"query":"{ __typename }"}',
  });
  assert.equal(wrong.status, 401);
});

test("in production the shape of the schema needs a scope, and suggestions tell nothing", async (context) => {
  const { port } = await runGraphqlDoor(context, gateway, { production: true });
  const send = (query: string, key?: string) =>
    ask(port, {
      path: "/graphql",
      headers: { "content-type": "application/json", ...(key && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ query }),
    });
  const looks = [
    "{ __schema { types { name } } }",
    '{ __type(name: "Key") { name } }',
    "{ _service { sdl } }",
  ];
  for (const query of [...looks, `query { ...F } fragment F on Query { _service { sdl } }`]) {
    assert.equal((await send(query)).status, 401);
    const refused = await send(query, "pc_catalog");
    assert.equal(refused.status, 403);
    assert.equal(bodyOf(refused.text).errors[0]?.extensions["code"], "FORBIDDEN");
    assert.equal((await send(query, "pc_introspect")).status, 200);
  }
  assert.equal((await send("{ nonsense }")).status, 401);
  const misspelt = await send("{ modles { totalCount } }", "pc_catalog");
  assert.match(misspelt.text, /Cannot query field/);
  assert.doesNotMatch(misspelt.text, /Did you mean/);
});

test("a browser gets GraphiQL with an example for each operation, and in production only by scope", async (context) => {
  const page = { accept: "text/html,application/xhtml+xml" };
  const open = await runGraphqlDoor(context, gateway);
  const shown = await ask(open.port, { path: "/graphql", headers: page });
  assert.equal(shown.status, 200);
  assert.match(shown.headers["content-type"] ?? "", /text\/html/);
  for (const operation of ["Catalog", "Quote", "RoutePlan", "Complete", "Stream", "Embed", "CreateKey"]) {
    assert.match(shown.text, new RegExp(`(query|mutation|subscription) ${operation}`));
  }
  const closed = await runGraphqlDoor(context, gateway, { production: true });
  assert.equal((await ask(closed.port, { path: "/graphql", headers: page })).status, 401);
  const scoped = await ask(closed.port, {
    path: "/graphql",
    headers: { ...page, authorization: "Bearer pc_introspect" },
  });
  assert.match(scoped.text, /GraphiQL/);
});

test("every answer carries a request id, the caller's own where it sent one", async (context) => {
  const { port } = await runGraphqlDoor(context, gateway);
  const body = '{"query":"{ __typename }"}';
  const minted = await ask(port, { path: "/graphql", headers: json, body });
  assert.match(String(minted.headers["x-request-id"]), /^req_\d+$/);
  const own = await ask(port, { path: "/graphql", headers: { ...json, "x-request-id": "trace-7" }, body });
  assert.equal(own.headers["x-request-id"], "trace-7");
  const wild = await ask(port, {
    path: "/graphql",
    headers: { ...json, "x-request-id": "a b<script>" },
    body,
  });
  assert.match(String(wild.headers["x-request-id"]), /^req_/);
});
