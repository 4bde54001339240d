// Bodies, headers and methods that are made to hurt, at every address that takes any: typed, bounded answers, nothing
// executed, no prototype touched, and the next caller served.

import assert from "node:assert/strict";
import { before, beforeEach, test, type TestContext } from "node:test";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { bearer, runGraphqlDoor, type RunningGraphqlDoor } from "../kit/graphql-door.ts";
import { entranceOf, entries, notingCallbacks } from "../kit/graphql-entries.ts";
import { ask, openSocket, type RawAnswer } from "../kit/http.ts";
import { saying, scriptGateway } from "../kit/scripted-answers.ts";

const gateway = scriptGateway((asked) => saying(asked, ["ok"]));
const delivered: string[] = [];
let door: RunningGraphqlDoor;
before(async (context) => {
  door = await runGraphqlDoor(context as TestContext, gateway, { callbacks: notingCallbacks(delivered) });
});
beforeEach(() => void gateway.asked.splice(0));

const query =
  'mutation { complete(input: {model: "demo/echo", messages: [{user: {text: "a"}}]}) { __typename } }';
const whole = JSON.stringify({ query, extensions: { operationId: "a" } });
/** Whatever takes a body; graphql-sse's refusals are the door's own here, since bodies are read first. */
const addresses: Readonly<Record<string, { path: string; headers: Record<string, string> }>> = {
  post: { path: "/graphql", headers: { accept: "application/json" } },
  "event stream": { path: "/graphql", headers: { accept: "text/event-stream" } },
  multipart: { path: "/graphql", headers: { accept: "multipart/mixed;subscriptionSpec=1.0" } },
  callback: { path: "/graphql", headers: { accept: "application/json;callbackSpec=1.0" } },
  "single connection": { path: "/graphql/stream", headers: { accept: "application/json" } },
};

const codeOf = ({ text }: RawAnswer): string | undefined =>
  (JSON.parse(text) as { errors?: readonly { extensions: { code: string } }[] }).errors?.[0]?.extensions.code;

/** Refused with this at every address, in few words, and nothing was asked of the gateway. */
async function refusedEverywhere(
  body: string | Buffer,
  code: string,
  headers: Record<string, string> = {},
): Promise<void> {
  for (const [name, address] of Object.entries(addresses)) {
    const { path } = address;
    const all = { ...bearer, "content-type": "application/json", ...address.headers, ...headers };
    const answer = await ask(door.port, { path, headers: all, body });
    assert.equal(codeOf(answer), code, `${name}: ${answer.text.slice(0, 300)}`);
    assert.ok(answer.text.length < 2_000, name);
    assert.doesNotMatch(answer.text, /SyntaxError|stack|node_modules/, name);
  }
  assert.equal(gateway.asked.length, 0);
  const served = await door.ask("{ caller { key } }");
  assert.deepEqual([served.status, door.faults], [200, []]);
}

test("what forms and pages of other origins can send is not taken", async () => {
  const form = new URLSearchParams({ query }).toString();
  for (const type of [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/graphql",
    "application/json; charset=utf-16",
    "application/jsonx",
    "text/plain; application/json",
    "",
  ])
    await refusedEverywhere(type.includes("form") ? form : whole, "UNSUPPORTED_MEDIA_TYPE", {
      "content-type": type,
    });
});

test("compressed bodies are not taken, so that none swells", async () => {
  const zeros = Buffer.from(JSON.stringify({ query, variables: { a: "0".repeat(20_000_000) } }));
  for (const [encoding, body] of [
    ["gzip", gzipSync(zeros)],
    ["deflate", deflateSync(zeros)],
    ["br", brotliCompressSync(zeros.subarray(0, 1_000_000))],
    ["zstd", gzipSync(zeros)],
    ["gzip, gzip", gzipSync(gzipSync(zeros))],
  ] as const)
    await refusedEverywhere(body, "UNSUPPORTED_MEDIA_TYPE", { "content-encoding": encoding });
});

test("bodies that are not one JSON object of UTF-8 are refused", async () => {
  const bodies: readonly (string | Buffer)[] = [
    Buffer.from(whole, "utf16le"),
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(whole, "utf16le")]),
    Buffer.concat([Buffer.from(whole.slice(0, 40)), Buffer.from([0xc3, 0x28]), Buffer.from(whole.slice(40))]),
    `[${whole}]`,
    `[${Array.from({ length: 1_000 }, () => whole).join(",")}]`,
    "null",
    "",
    `${whole} ${whole}`,
    `{"query": ${whole}`,
    '{"query":"{ __typename }","variables":[]}',
    '{"query":"{ __typename }","variables":"a"}',
    '{"query":"{ __typename }","extensions":7}',
    '{"query":"{ __typename }","operationName":{}}',
    '{"query":{"__proto__":"a"}}',
    '{"query":["{ __typename }"]}',
    '{"variables":{}}',
  ];
  for (const body of bodies) await refusedEverywhere(body, "INVALID_REQUEST");
});

test("JSON that is nested a million levels deep is refused before it is parsed", async () => {
  for (const levels of [10_000, 1_000_000]) {
    await refusedEverywhere("[".repeat(levels) + "]".repeat(levels), "INVALID_REQUEST");
    const deep = `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
    await refusedEverywhere(`{"query":"{ __typename }","variables":${deep}}`, "INVALID_REQUEST");
    await refusedEverywhere(`{"query":"{ __typename }","extensions":${deep}}`, "INVALID_REQUEST");
  }
});

test("more than 25 MB are refused, announced or not, and not kept", async () => {
  const body = Buffer.alloc(25_000_001, "a");
  await refusedEverywhere(body, "PAYLOAD_TOO_LARGE");
  await refusedEverywhere(body, "PAYLOAD_TOO_LARGE", { "transfer-encoding": "chunked" });
});

test("a caller who announces 25 MB and sends none is told before, and let go", async () => {
  for (const { path } of Object.values(addresses)) {
    const { socket, until, closed } = openSocket(door.port);
    const head = [
      `POST ${path} HTTP/1.1`,
      "host: 127.0.0.1",
      `authorization: ${bearer.authorization}`,
      "content-type: application/json",
      "content-length: 99999999",
    ];
    socket.write(`${head.join("\r\n")}\r\n\r\n{"query":`);
    assert.match(await until("PAYLOAD_TOO_LARGE"), /^HTTP\/1\.1 413 /);
    socket.end();
    await closed;
  }
});

test("the last of two equal names counts, and names of prototypes mean nothing", async () => {
  const twice = '{"query":"{ nonsense }","query":"{ caller { key } }","variables":{"a":1,"a":2}}';
  const headers = { ...bearer, "content-type": "application/json" };
  const answer = await ask(door.port, { path: "/graphql", headers, body: twice });
  assert.equal(answer.text, '{"data":{"caller":{"key":"key:test"}}}');
  await refusedEverywhere(
    '{"__proto__":{"query":"{ caller { key } }"},"constructor":{"prototype":{"query":"a"}}}',
    "INVALID_REQUEST",
  );
});

const hostile =
  '{"__proto__":{"polluted":"yes","isAdmin":true},"constructor":{"prototype":{"polluted":"yes"}}}';
const bare = { asked: "{ caller { key } }", expected: /"key":"key:test"/ };
const prototypeUses: readonly { readonly asked: string; readonly expected: RegExp }[] = [
  bare,
  {
    asked: "{ __proto__: caller { constructor: key toString: team } }",
    expected: /"__proto__":\{"constructor":"key:test"/,
  },
  { asked: "query constructor { caller { key } }", expected: /key:test/ },
  { asked: "query ($__proto__: Int, $constructor: Int) { caller { key } }", expected: /VALIDATION_FAILED/ },
  {
    asked:
      'query ($__proto__: JSON!) { quote(input: {model: "demo/echo", messages: [], tools: [{name: "a", parameters: $__proto__}]}) { __typename } }',
    expected: /"__typename":"Quote"/,
  },
  {
    asked:
      '{ quote(input: {model: "demo/echo", messages: [], __proto__: {n: 1}, constructor: 1}) { __typename } }',
    expected: /VALIDATION_FAILED/,
  },
  {
    asked:
      '{ quote(input: {model: "demo/echo", messages: [], tools: [{name: "a", parameters: {__proto__: {polluted: 1}, constructor: {prototype: {polluted: 1}}}}]}) { __typename } }',
    expected: /"__typename":"Quote"/,
  },
  { asked: "{ __proto__ { a } constructor }", expected: /VALIDATION_FAILED/ },
  {
    asked: '{ model(id: "__proto__") { id } a: model(id: "constructor") { id } }',
    expected: /"model":null,"a":null/,
  },
  {
    asked:
      '{ _entities(representations: [{__typename: "__proto__", id: "a"}, {__typename: "constructor", id: "a"}]) { __typename } }',
    expected: /INVALID_REQUEST/,
  },
];

for (const [way, send] of Object.entries(entries)) {
  test(`${way}: names of prototypes are names like any other`, async () => {
    const entrance = entranceOf(door, "pc_all", delivered);
    const variables = JSON.parse(hostile) as unknown;
    const extensions = JSON.parse(hostile) as object;
    for (const { asked, expected } of prototypeUses) {
      const received = await send(entrance, { query: asked, variables, extensions });
      assert.match(received?.text ?? "", expected, asked);
    }
    for (const operationName of ["__proto__", "constructor", "toString"]) {
      const received = await send(entrance, { query: "query A { caller { key } }", operationName });
      assert.match(received?.text ?? "", /INVALID_REQUEST/, operationName);
    }
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    assert.equal(({} as { isAdmin?: unknown }).isAdmin, undefined);
    assert.deepEqual(door.faults, []);
  });
}

test("no method but POST changes anything", async () => {
  const search = new URLSearchParams({ query }).toString();
  for (const path of ["/graphql", "/graphql/stream"])
    for (const method of ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
      for (const accept of ["application/json", "text/event-stream", "*/*"]) {
        const headers = { ...bearer, accept };
        const answer = await ask(door.port, { method, path: `${path}?${search}`, headers });
        const isRefusedInside = answer.status === 200 && answer.text.includes("METHOD_NOT_ALLOWED");
        const isToken = method === "PUT" && answer.status === 201;
        assert.ok(
          answer.status >= 400 || isRefusedInside || isToken,
          `${method} ${path} ${accept}: ${answer.status}`,
        );
      }
  assert.equal(gateway.asked.length, 0);
});

test("a URL that is too long, and a header that is, end the connection and nothing else", async () => {
  for (const head of [
    `GET /graphql?query=${"x".repeat(100_000)} HTTP/1.1`,
    `GET /graphql HTTP/1.1\r\nx-task: ${"x".repeat(100_000)}`,
  ]) {
    const { socket, received, closed } = openSocket(door.port);
    socket.write(`${head}\r\nhost: 127.0.0.1\r\nauthorization: ${bearer.authorization}\r\n\r\n`);
    await closed;
    // A socket that is closed on a sender may lose what it was told.
    assert.match(received(), /^(?:HTTP\/1\.1 431 .*)?$/s);
  }
  assert.equal((await door.ask("{ caller { key } }")).status, 200);
});
