// The connections of each configured origin, and the only place from which a request leaves.
// Redirects are never followed; proxies are honoured; nothing here knows what is being sent.

import { isIP, isIPv6 } from "node:net";
import { rootCertificates } from "node:tls";
import { Client, ProxyAgent, type Dispatcher } from "undici";
import type { Carrier } from "./http-exchange.ts";
import { Origin } from "./http1/origin.ts";

export interface PoolSettings {
  readonly httpsProxy: string | undefined;
  readonly noProxy: string | undefined;
}

export interface Pools {
  /** `connectTimeout` in milliseconds; absent: 5 seconds. */
  for(origin: string, connectTimeout?: number): Carrier;
  /**
   * One connection to one address of a host whose name is checked in its certificate, and nowhere resolved again.
   * Not kept: who asked destroys it.
   */
  apart(url: URL, address: string, authority?: string): Dispatcher;
  close(): Promise<void>;
}

interface Kept extends Carrier {
  /** Ends what runs on it. */
  destroy(): unknown;
}

const connectMilliseconds = 5_000;
/** What is asked of a provider at once has limits of its own, in routes.yaml: this only keeps a process from running out of sockets. */
const connectionsPerOrigin = 4_096;

export function createPools(settings: PoolSettings): Pools {
  const carriers = new Map<string, Kept>();

  function open(origin: string, connectTimeout: number): Kept {
    const url = new URL(origin);
    const { httpsProxy, noProxy } = settings;
    return httpsProxy === undefined || bypassesProxy(url, noProxy)
      ? new Origin(url, connectTimeout, connectionsPerOrigin)
      : new ProxyAgent({ uri: httpsProxy, connections: connectionsPerOrigin, connectTimeout });
  }

  function apart(url: URL, address: string, authority: string | undefined): Dispatcher {
    const host = isIPv6(address) ? `[${address}]` : address;
    const at = `https://${host}:${url.port || "443"}`;
    const servername = isIP(url.hostname.replace(/^\[|\]$/g, "")) === 0 ? url.hostname : "";
    const ca = authority === undefined ? {} : { ca: [...rootCertificates, authority] };
    const tls = { servername, ...ca };
    const { httpsProxy } = settings;
    if (httpsProxy === undefined || bypassesProxy(url, settings.noProxy))
      return new Client(at, { connect: { ...tls, timeout: connectMilliseconds }, allowH2: false });
    return new ProxyAgent({ uri: httpsProxy, requestTls: tls, connectTimeout: connectMilliseconds });
  }

  return {
    apart,
    for(origin, connectTimeout) {
      const name = connectTimeout === undefined ? origin : `${origin} ${connectTimeout}`;
      const known = carriers.get(name);
      if (known) return known;
      const carrier = open(origin, connectTimeout ?? connectMilliseconds);
      carriers.set(name, carrier);
      return carrier;
    },
    async close() {
      const all = [...carriers.values()];
      carriers.clear();
      await Promise.all(all.map((carrier) => carrier.destroy()));
    },
  };
}

/** HTTPS_PROXY is for https origins; NO_PROXY lists hosts, `.suffix`, `host:port` or `*`. */
function bypassesProxy(origin: URL, noProxy: string | undefined): boolean {
  if (origin.protocol !== "https:") return true;
  const entries = (noProxy ?? "").split(/[\s,]+/).filter(Boolean);
  const port = origin.port || "443";
  return entries.some((entry) => {
    const [host = "", entryPort] = entry
      .toLowerCase()
      .replace(/^\*?\./, ".")
      .split(":");
    if (entryPort !== undefined && entryPort !== port) return false;
    if (host === "*") return true;
    return host.startsWith(".")
      ? origin.hostname.endsWith(host) || origin.hostname === host.slice(1)
      : origin.hostname === host || origin.hostname.endsWith(`.${host}`);
  });
}
