// A server of media on loopback that the gateway takes for one on the internet: real TLS, a real socket, and only the
// resolver and the last step of dialling are the test's. It counts who came.

import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { MediaNetwork } from "../../src/providers/fetch-media.ts";
import { identityFor } from "./certificate.ts";

export interface MediaHost {
  /** As an operator lists it. */
  readonly origin: string;
  readonly network: MediaNetwork;
  readonly seen: IncomingMessage[];
  /** Addresses that were dialled, in order. */
  readonly dialled: string[];
  readonly resolved: string[];
  /** What the name resolves to from now on. */
  resolvesTo(...addresses: readonly string[]): void;
  answers(path: string, answer: (request: IncomingMessage, response: ServerResponse) => void): void;
  close(): Promise<void>;
}

/** Somewhere on the internet: nothing is ever sent there. */
export const publicAddress = "93.184.215.14";

export async function startMediaHost(host = "media.example"): Promise<MediaHost> {
  const { key, certificate } = identityFor(host);
  const seen: IncomingMessage[] = [];
  const dialled: string[] = [];
  const resolved: string[] = [];
  const paths = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>();
  let addresses: readonly string[] = [publicAddress];
  const server = createServer({ key, cert: certificate }, (request, response) => {
    seen.push(request);
    const answer = paths.get(request.url ?? "");
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `https://${host}:${port}`,
    seen,
    dialled,
    resolved,
    network: {
      async resolve(name) {
        resolved.push(name);
        return addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
      },
      dialled(address) {
        dialled.push(address);
        return "127.0.0.1";
      },
      authority: certificate,
    },
    resolvesTo: (...next) => void (addresses = next),
    answers: (path, answer) => void paths.set(path, answer),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
