// Hears of every connection that this process tries to open and every name that it looks up, whoever asks: sockets, TLS,
// the upstream client and fetch alike. A test compares what was dialled with what was configured.

import diagnostics from "node:diagnostics_channel";
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import type { Socket } from "node:net";

export interface ObservedNetwork {
  /** `host:port` as asked for, and `address:port` as tried, each once. */
  readonly dialled: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
  close(): void;
}

export function observeNetwork(): ObservedNetwork {
  const dialled = new Set<string>();
  const names = new Set<string>();

  const onSocket = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket };
    socket.on("connectionAttempt", (address: string, port: number) => dialled.add(`${address}:${port}`));
    socket.on("lookup", (_error, _address, _family, host: string) => names.add(host));
  };
  const onConnect = (message: unknown): void => {
    const { connectParams } = message as { readonly connectParams: Readonly<Record<string, unknown>> };
    const port = String(connectParams["port"]) || (connectParams["protocol"] === "https:" ? "443" : "80");
    dialled.add(`${String(connectParams["hostname"])}:${port}`);
  };
  diagnostics.subscribe("net.client.socket", onSocket);
  diagnostics.subscribe("undici:client:beforeConnect", onConnect);

  const { lookup } = dns;
  const { lookup: lookupSoon } = dns.promises;
  // Each overload takes the name first; all else goes on untouched.
  const heard = <F>(real: F): F =>
    ((host: string, ...rest: readonly unknown[]) => {
      names.add(host);
      return (real as (host: string, ...rest: readonly unknown[]) => unknown)(host, ...rest);
    }) as F;
  dns.lookup = heard(lookup);
  dns.promises.lookup = heard(lookupSoon);
  syncBuiltinESMExports();

  return {
    dialled,
    names,
    close() {
      diagnostics.unsubscribe("net.client.socket", onSocket);
      diagnostics.unsubscribe("undici:client:beforeConnect", onConnect);
      dns.lookup = lookup;
      dns.promises.lookup = lookupSoon;
      syncBuiltinESMExports();
    },
  };
}
