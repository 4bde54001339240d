// Media by address at an origin that the operator listed reach a provider that fetches none itself, by their bytes; every
// other address is refused by its path, and nobody is dialled that a name only pretends to be.

import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { eventually } from "../kit/eventually.ts";
import { startGateway } from "../kit/gateway.ts";
import { publicAddress, startMediaHost } from "../kit/media-host.ts";
import { answerError, answerOpenai, startUpstream } from "../kit/upstream.ts";

type Body = Readonly<Record<string, unknown>>;

const host = await startMediaHost();
const [ollama, deepseek, together] = await Promise.all([startUpstream(), startUpstream(), startUpstream()]);
const gateway = await startGateway(
  {
    PORTCULLIS_FETCH_ORIGINS: host.origin,
    OLLAMA_BASE_URL: ollama.baseUrl,
    DEEPSEEK_BASE_URL: deepseek.baseUrl,
    DEEPSEEK_API_KEY: "deepseek-key",
    TOGETHER_BASE_URL: together.baseUrl,
    TOGETHER_API_KEY: "together-key",
    GROQ_BASE_URL: together.baseUrl,
    GROQ_API_KEY: "groq-key",
    LITELLM_BASE_URL: together.baseUrl,
    LITELLM_API_KEY: "litellm-key",
  },
  { mediaNetwork: host.network },
);
after(async () => {
  await gateway.close();
  await Promise.all([host.close(), ollama.close(), deepseek.close(), together.close()]);
});

const png = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.from("a picture of nothing")]);
const pdf = Buffer.from("%PDF-1.7 a paper");
beforeEach(() => {
  for (const list of [host.seen, host.dialled, host.resolved, ollama.seen, deepseek.seen, together.seen])
    list.length = 0;
  host.resolvesTo(publicAddress);
  for (const upstream of [ollama, deepseek, together]) upstream.behave(answerOpenai("Nothing."));
  host.answers("/photo.png?size=2", (_, response) =>
    response.setHeader("content-type", "image/png").end(png),
  );
  host.answers("/paper.pdf", (_, response) => response.setHeader("content-type", "application/pdf").end(pdf));
});

const image = (url: string): Body => ({ type: "image_url", image_url: { url } });
const paper = `${host.origin}/paper.pdf`;
const photo = `${host.origin}/photo.png?size=2`;

async function ask(model: string, parts: readonly Body[], headers: Record<string, string> = {}) {
  const content = [{ type: "text", text: "What is this?" }, ...parts];
  const answer = await gateway.post(
    "/v1/chat/completions",
    { model, messages: [{ role: "user", content }] },
    headers,
  );
  const body = (await answer.json()) as { readonly error?: Body };
  return {
    status: answer.status,
    error: body.error,
    params: answer.headers.get("x-portcullis-params") ?? "",
  };
}

const arrived = (upstream: typeof ollama): unknown =>
  (upstream.seen[0]?.body["messages"] as { content: Body[] }[] | undefined)?.[0]?.content.slice(1);

test("an image at a listed origin arrives as bytes, and the answer says so", async () => {
  const { status, params } = await ask("ollama/llava", [image(photo)], { cookie: "session=caller" });
  assert.equal(status, 200);
  assert.deepEqual(arrived(ollama), [image(`data:image/png;base64,${png.toString("base64")}`)]);
  assert.match(params, /messages\[0\]/);
  const [request] = host.seen;
  assert.equal(request?.headers.host, new URL(host.origin).host);
  assert.deepEqual(
    ["authorization", "cookie", "referer"].filter((name) => name in (request?.headers ?? {})),
    [],
  );
  assert.deepEqual([host.resolved, host.dialled], [["media.example"], [publicAddress]]);
  assert.ok(!gateway.logLines.join("").includes(png.toString("base64")));
});

test("a document arrives as bytes under its name", async () => {
  const { status } = await ask("deepseek/deepseek-chat", [{ type: "file", file: { file_data: paper } }]);
  assert.equal(status, 200);
  const file = { filename: "paper.pdf", file_data: `data:application/pdf;base64,${pdf.toString("base64")}` };
  assert.deepEqual(arrived(deepseek), [{ type: "file", file }]);
});

test("a provider that fetches for itself is given the address, and nothing is fetched", async () => {
  const { status } = await ask("together/some-vision-model", [image(photo)]);
  assert.equal(status, 200);
  assert.deepEqual(arrived(together), [image(photo)]);
  assert.deepEqual([host.seen.length, host.resolved.length], [0, 0]);
});

test("it is fetched once for a request, however many deployments are tried and parts name it", async () => {
  const busy = answerError(503, { error: { message: "busy" } });
  together.behave(busy);
  const document = { type: "file", file: { file_data: paper } };
  const { status } = await ask("gpt-oss-120b", [document, document], { "x-data-sensitivity": "internal" });
  assert.equal(status, 502);
  assert.deepEqual([together.seen.length, host.seen.length], [2, 1]);
});

test("what the policy denies is never fetched", async () => {
  const { status, error } = await ask("litellm/relayed", [{ type: "file", file: { file_data: paper } }]);
  assert.deepEqual([status, error?.["code"]], [403, "policy_denied"]);
  assert.deepEqual([host.resolved.length, host.seen.length, together.seen.length], [0, 0, 0]);
});

const elsewhere = new URL(host.origin);
const unlisted: Readonly<Record<string, string>> = {
  "another host": "https://other.example/photo.png",
  "another port": `https://media.example:1/photo.png`,
  "plain http": `http://media.example:${elsewhere.port}/photo.png`,
  "a name in front": `https://user:word@media.example:${elsewhere.port}/photo.png`,
  "another scheme": "file:///etc/passwd",
};
for (const [what, url] of Object.entries(unlisted)) {
  test(`${what} is not the listed origin: refused by its path, and nobody is asked`, async () => {
    const { status, error } = await ask("ollama/llava", [image(url)]);
    assert.deepEqual(
      [status, error?.["code"], error?.["param"]],
      [400, "unsupported_parameter", "messages[0].content[1]"],
    );
    assert.deepEqual([host.resolved, host.seen, ollama.seen], [[], [], []]);
  });
}

const inner = [
  "127.0.0.1",
  "10.1.2.3",
  "169.254.169.254",
  "100.64.1.1",
  "::1",
  "fd00:ec2::254",
  "::ffff:10.0.0.1",
];
for (const address of inner) {
  test(`a listed host that resolves to ${address} is not dialled, nor where another address is public`, async () => {
    host.resolvesTo(publicAddress, address);
    const { status, error } = await ask("ollama/llava", [image(photo)]);
    assert.deepEqual([status, error?.["param"]], [400, "messages[0].content[1]"]);
    assert.match(String(error?.["message"]), /not public/);
    assert.deepEqual([host.resolved, host.dialled, host.seen], [["media.example"], [], []]);
  });
}

test("a name that changes its mind after the check changes nothing: it is resolved once, and that address dialled", async () => {
  host.answers("/photo.png?size=2", (_, response) => {
    host.resolvesTo("127.0.0.1");
    response.setHeader("content-type", "image/png").end(png);
  });
  const { status } = await ask("ollama/llava", [image(photo)]);
  assert.deepEqual([status, host.resolved.length, host.dialled], [200, 1, [publicAddress]]);
});

const wrong: Readonly<Record<string, readonly [Parameters<typeof host.answers>[1], RegExp]>> = {
  redirects: [
    (_, response) => response.writeHead(302, { location: "http://127.0.0.1/secret" }).end(),
    /redirects/,
  ],
  "answers with an error": [(_, response) => response.writeHead(500).end("stack trace"), /status 500/],
  "sends a page": [
    (_, response) => response.setHeader("content-type", "image/png").end("<!doctype html><h1>Sign in"),
    /no image/,
  ],
  "sends another kind": [
    (_, response) => response.setHeader("content-type", "application/pdf").end(pdf),
    /no image/,
  ],
  "says that it is too large": [
    (_, response) =>
      response.writeHead(200, { "content-type": "image/png", "content-length": 21 * 1_048_576 }).write(png),
    /larger than 20 MB/,
  ],
  "sends without end": [
    (_, response) => {
      response.writeHead(200, { "content-type": "image/png" }).write(png);
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(1 << 20)));
      };
      response.on("drain", more);
      more();
    },
    /larger than 20 MB/,
  ],
  "breaks off": [
    (_, response) => {
      response.writeHead(200, { "content-type": "image/png", "content-length": 1_000 }).write(png);
      response.socket?.destroySoon();
    },
    /broke off/,
  ],
  compresses: [
    (_, response) =>
      response.writeHead(200, { "content-type": "image/png", "content-encoding": "gzip" }).end("zip"),
    /compressed/,
  ],
};
for (const [what, [answer, message]] of Object.entries(wrong)) {
  test(`a server that ${what} is an error at the part's path, and the provider is not asked`, async () => {
    host.answers("/photo.png?size=2", answer);
    const { error } = await ask("ollama/llava", [image(photo)]);
    assert.match(String(error?.["message"]), message);
    assert.equal(error?.["param"], "messages[0].content[1]");
    assert.deepEqual([host.seen.length, ollama.seen.length], [1, 0]);
  });
}

test("a caller who leaves ends the fetching at once", async () => {
  const closed = new Promise<void>((resolve) => {
    host.answers("/photo.png?size=2", (request) => void request.socket.on("close", () => resolve()));
  });
  const leaving = new AbortController();
  const asked = fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${gateway.adminKey}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "ollama/llava", messages: [{ role: "user", content: [image(photo)] }] }),
    signal: leaving.signal,
  }).catch(() => undefined);
  await eventually(() => host.seen.length === 1, 10_000);
  leaving.abort();
  await Promise.all([asked, closed]);
  assert.equal(ollama.seen.length, 0);
});
