// Where requests leave through a proxy, media do too: it is told the address that was checked, and never the name.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { after, test } from "node:test";
import { startGateway } from "../kit/gateway.ts";
import { startMediaHost } from "../kit/media-host.ts";
import { startUpstream } from "../kit/upstream.ts";

const targets: string[] = [];
const tunnels = new Set<Socket>();
const proxy = createServer((_, response) => void response.writeHead(500).end());
proxy.on("connect", (request: IncomingMessage, client: Socket) => {
  targets.push(request.url ?? "");
  const { port } = new URL(`http://${request.url}`);
  const server = connect(Number(port), "127.0.0.1", () => client.write("HTTP/1.1 200 OK\r\n\r\n"));
  for (const socket of [client, server]) {
    tunnels.add(socket);
    socket.on("error", () => undefined).on("close", () => tunnels.delete(socket));
  }
  client.pipe(server).pipe(client);
});
proxy.listen(0, "127.0.0.1");
await once(proxy, "listening");

const host = await startMediaHost();
const ollama = await startUpstream();
const gateway = await startGateway(
  {
    PORTCULLIS_FETCH_ORIGINS: host.origin,
    OLLAMA_BASE_URL: ollama.baseUrl,
    HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
  },
  { mediaNetwork: host.network },
);
after(async () => {
  await gateway.close();
  await Promise.all([host.close(), ollama.close()]);
  for (const socket of tunnels) socket.destroy();
  proxy.close();
});

const png = Buffer.from("\x89PNG\r\n\x1a\n a picture", "latin1");

test("the proxy connects to the checked address, and the certificate is the host's", async () => {
  host.answers("/photo.png", (_, response) => response.setHeader("content-type", "image/png").end(png));
  const url = `${host.origin}/photo.png`;
  const content = [{ type: "image", source: { type: "url", url } }];
  const body = { model: "ollama/llava", max_tokens: 10, messages: [{ role: "user", content }] };
  const answer = await gateway.post("/v1/messages", body);
  assert.equal(answer.status, 200, await answer.text());
  const port = new URL(host.origin).port;
  assert.deepEqual(targets, [`127.0.0.1:${port}`]);
  assert.equal(host.seen[0]?.headers.host, `media.example:${port}`);
  const [message] = (ollama.seen[0]?.body["messages"] ?? []) as { readonly content: readonly object[] }[];
  assert.deepEqual(message?.content, [
    { type: "image_url", image_url: { url: `data:image/png;base64,${png.toString("base64")}` } },
  ]);
});

test("a host whose certificate is another's is not read", async () => {
  const other = await startMediaHost("other.example");
  const impostor = await startGateway(
    { PORTCULLIS_FETCH_ORIGINS: other.origin.replace("other", "media"), OLLAMA_BASE_URL: ollama.baseUrl },
    { mediaNetwork: other.network },
  );
  const url = `${other.origin.replace("other", "media")}/photo.png`;
  const content = [{ type: "image_url", image_url: { url } }];
  const answer = await impostor.post("/v1/chat/completions", {
    model: "ollama/llava",
    messages: [{ role: "user", content }],
  });
  assert.match(await answer.text(), /could not be reached/);
  assert.equal(other.seen.length, 0);
  await impostor.close();
  await other.close();
});
