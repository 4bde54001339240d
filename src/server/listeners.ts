// Listens for an HTTP server, on Linux at several sockets of one port: Node takes one connection from each in a turn of
// its loop, and where many answers stream a turn takes long, so that new callers would wait behind the old.
// `server.ts` listens and stops through it. A port that somebody else has is never shared.

import type { Server as HttpServer } from "node:http";
import { createServer, type AddressInfo, type ListenOptions, type Server, type ServerOpts } from "node:net";

export type ListenTarget = { readonly host: string; readonly port: number } | { readonly path: string };

export interface Listeners {
  /** Answers where it listens: a port, or the path. */
  listen(target: ListenTarget): Promise<AddressInfo | string>;
  /** Connections open now. */
  connections(): Promise<number>;
  /** Takes no more; resolves when the last connection is gone. */
  close(): Promise<void>;
}

const socketsPerPort = 8;
/** Elsewhere the kernel does not spread connections over the sockets of a port. */
const mayShare = process.platform === "linux";

/** `options` are those of its connections. */
export function createListeners(http: HttpServer, options: ServerOpts): Listeners {
  const servers: Server[] = [http];

  async function share(target: ListenOptions): Promise<void> {
    // With others of the same user the port could be shared too: that must stay a mistake which is told.
    if (target.port !== 0) await probe(target);
    try {
      await listening(http, { ...target, reusePort: true });
    } catch {
      // Not every kernel has it.
      return await listening(http, target);
    }
    const { address, port } = http.address() as AddressInfo;
    while (servers.length < socketsPerPort) {
      const other = createServer(options, (socket) => void http.emit("connection", socket));
      await listening(other, { host: address, port, reusePort: true });
      servers.push(other);
    }
  }

  return {
    async listen(target) {
      if ("port" in target && mayShare) await share(target);
      else await listening(http, target);
      return http.address() ?? "";
    },
    async connections() {
      const counts = await Promise.all(servers.map(connectionsOf));
      return counts.reduce((sum, count) => sum + count);
    },
    async close() {
      await Promise.all(servers.map(closed));
    },
  };
}

async function probe(target: ListenOptions): Promise<void> {
  const server = createServer();
  await listening(server, target);
  await closed(server);
}

const listening = (server: Server, target: ListenOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(target, () => {
      server.off("error", reject);
      resolve();
    });
  });

const closed = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

const connectionsOf = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
