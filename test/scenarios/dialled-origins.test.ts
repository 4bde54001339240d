// No request makes the gateway dial an origin that is not configured: addresses in every field, part, tool and header of
// every door, answers of providers that name some, and names that a listed origin only pretends to be.

import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import {
  anthropicMessages,
  bodiesWithFields,
  chat,
  chatParts,
  graphqlRequests,
  headerNames,
  plain,
  responses,
  tools,
} from "../kit/addressed-requests.ts";
import { startGateway } from "../kit/gateway.ts";
import { observeNetwork } from "../kit/observed-network.ts";
import { answerError, startUpstream } from "../kit/upstream.ts";

/** Nobody may ever come here. */
let visits = 0;
const canary = createServer((socket) => {
  visits += 1;
  socket.destroy();
}).listen(0, "127.0.0.1");
await once(canary, "listening");
const canaryPort = (canary.address() as AddressInfo).port;

const upstream = await startUpstream();
const names = ["OPENAI", "ANTHROPIC", "GEMINI", "MISTRAL", "OLLAMA", "OPENROUTER", "AZURE_OPENAI", "BEDROCK"];
const gateway = await startGateway({
  ...Object.fromEntries(names.map((name) => [`${name}_BASE_URL`, upstream.baseUrl])),
  ...Object.fromEntries(names.map((name) => [`${name}_API_KEY`, "upstream-key"])),
  BEDROCK_API_KEY: "id:secret",
  // Listed, and yet never to be dialled: it is an address of this machine.
  PORTCULLIS_FETCH_ORIGINS: `https://localhost:${canaryPort},https://127.0.0.1:${canaryPort}`,
});
const network = observeNetwork();
const port = (origin: string): string => new URL(origin).port;
const configured = new Set([port(gateway.url), port(upstream.origin)].flatMap((at) => [`127.0.0.1:${at}`]));

before(() => upstream.behave(answerError(400, { error: { message: "no", type: "invalid_request_error" } })));
after(async () => {
  network.close();
  await gateway.close();
  await upstream.close();
  canary.close();
});

/** By address, by name, as a listed origin, as a cloud's metadata, and as a stranger. */
const addresses = [
  `http://127.0.0.1:${canaryPort}/canary.png`,
  `http://localhost:${canaryPort}/canary.png`,
  `https://localhost:${canaryPort}/canary.png`,
  `https://127.0.0.1:${canaryPort}/canary.png`,
  "http://169.254.169.254/latest/meta-data/",
  "https://canary.portcullis.invalid/canary.pdf",
];
const [address = ""] = addresses;
const models = [
  "openai/gpt-4.1",
  "openai/gpt-5",
  "anthropic/claude-sonnet-4-5",
  "gemini/gemini-2.5-flash",
  "mistral/mistral-large-latest",
  "ollama/llava",
  "openrouter/some/model",
  "azure-openai/gpt-4.1",
  "bedrock/anthropic.claude-sonnet-4-5",
  "demo/echo",
];

/** One that fetches everything itself, one that fetches some of it, one that fetches nothing: they are asked about all. */
const fetching: ReadonlySet<string> = new Set(["gemini/gemini-2.5-flash", "openai/gpt-4.1", "ollama/llava"]);

async function send(path: string, body: unknown, headers: Record<string, string> = {}): Promise<void> {
  const answer = await gateway.post(path, body, headers);
  await answer.body?.cancel();
}

/** Localhost is listed, and so is looked up; it is no other name's fault that the answer is refused. */
function nobodyElseWasDialled(): void {
  const strangers = [...network.dialled].filter((one) => !configured.has(one));
  assert.deepEqual(strangers, []);
  assert.deepEqual(
    [...network.names].filter((name) => name !== "localhost" && name !== "127.0.0.1"),
    [],
  );
  assert.equal(visits, 0);
}

for (const model of models) {
  test(`whatever address a request for ${model} holds, in a part, a tool or a reference, is not dialled`, async () => {
    for (const url of fetching.has(model) ? addresses : addresses.slice(1, 3)) {
      const parts = chatParts(url).map((part) => chat(model, [part]));
      const withTools = tools(url).map((tool) => ({ ...chat(model), tools: [tool] }));
      for (const body of [...parts, ...withTools])
        await send("/v1/chat/completions", body, { "x-unsupported": "reroute" });
      for (const body of responses(model, url)) await send("/v1/responses", body);
      for (const body of anthropicMessages(model, url)) await send("/v1/messages", body);
      for (const body of graphqlRequests(model, url)) await send("/graphql", body);
    }
    nobodyElseWasDialled();
  });

  test(`no field beside a request for ${model} steers where it goes`, async () => {
    const bodies = bodiesWithFields(chat(model), address);
    for (const body of fetching.has(model) ? bodies : bodies.slice(0, 4))
      await send("/v1/chat/completions", body);
    for (const body of bodiesWithFields({ model, input: "hi" }, address).slice(0, 4))
      await send("/v1/responses", body);
    const message = { model, max_tokens: 10, messages: [{ role: "user", content: "hi" }] };
    for (const path of ["/v1/messages", "/v1/messages/count_tokens"])
      for (const body of bodiesWithFields(message, address).slice(0, 4)) await send(path, body);
    for (const [path, own] of Object.entries(plain(model, address)))
      for (const body of own) await send(path, body);
    nobodyElseWasDialled();
  });
}

test("an address for a model, or within its name, is no address", async () => {
  for (const url of addresses)
    for (const model of [
      url,
      `ollama/${url}`,
      `openai/../${url}`,
      `gemini/x?alt=${url}`,
      `azure-openai/@${url}`,
      `bedrock/${url}`,
    ])
      for (const body of [chat(model), { model, input: "hi" }]) {
        await send("/v1/chat/completions", body);
        await send("/v1/embeddings", body);
      }
  nobodyElseWasDialled();
});

test("no header steers where a request goes", async () => {
  const all = Object.fromEntries(headerNames.map((name) => [name, address]));
  for (const model of models) await send("/v1/chat/completions", chat(model), all);
  for (const name of headerNames)
    await send("/v1/chat/completions", chat("ollama/llava"), { [name]: address });
  for (const target of [address, `//127.0.0.1:${canaryPort}/v1/models`, "/v1/chat/completions"]) {
    const headers = { host: `127.0.0.1:${canaryPort}`, authorization: `Bearer ${gateway.adminKey}` };
    const asked = httpRequest(gateway.url, { method: "POST", path: target, headers });
    asked.end(JSON.stringify(chat("ollama/llava")));
    const [answer] = (await once(asked, "response")) as [NodeJS.ReadableStream];
    answer.resume();
    await once(answer, "end");
  }
  nobodyElseWasDialled();
});

test("neither a provider's redirect nor an address in its answer is followed", async () => {
  upstream.behave((_, response) => {
    response.writeHead(307, { location: address, refresh: `0;url=${address}` }).end();
  });
  for (const model of models) await send("/v1/chat/completions", chat(model));
  upstream.behave((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ created: 1, data: [{ url: address, revised_prompt: address }] }));
  });
  await send("/v1/images/generations", { model: "openai/dall-e-3", prompt: "a canary" });
  await send("/graphql", graphqlRequests("openai/dall-e-3", address)[4]);
  nobodyElseWasDialled();
});

test("what was configured was dialled, so that the watch is known to see", () => {
  assert.ok(network.dialled.has(`127.0.0.1:${port(upstream.origin)}`));
  assert.ok(upstream.seen.length > 100);
  assert.ok(network.names.has("localhost"));
});
