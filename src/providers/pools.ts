// One undici pool per configured origin, and the only place from which a request leaves.
// Redirects are never followed; proxies are honoured; nothing here knows what is being sent.

import { isIP, isIPv6 } from "node:net";
import { rootCertificates } from "node:tls";
import { Client, Pool, ProxyAgent, type Dispatcher } from "undici";

export interface PoolSettings {
  readonly httpsProxy: string | undefined;
  readonly noProxy: string | undefined;
}

export interface Pools {
  /** `connectTimeout` in milliseconds; absent: 5 seconds. */
  for(origin: string, connectTimeout?: number): Dispatcher;
  /**
   * One connection to one address of a host whose name is checked in its certificate, and nowhere resolved again.
   * Not kept: who asked destroys it.
   */
  apart(url: URL, address: string, authority?: string): Dispatcher;
  close(): Promise<void>;
}

const connectMilliseconds = 5_000;
const connectionsPerOrigin = 256;

export function createPools(settings: PoolSettings): Pools {
  const dispatchers = new Map<string, Dispatcher>();

  function open(origin: string, connectTimeout: number): Dispatcher {
    const options = { connections: connectionsPerOrigin, connectTimeout };
    if (settings.httpsProxy === undefined || bypassesProxy(new URL(origin), settings.noProxy)) {
      return new Pool(origin, { ...options, keepAliveTimeout: 30_000, allowH2: false });
    }
    return new ProxyAgent({ uri: settings.httpsProxy, ...options });
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
      const known = dispatchers.get(name);
      if (known) return known;
      const dispatcher = open(origin, connectTimeout ?? connectMilliseconds);
      dispatchers.set(name, dispatcher);
      return dispatcher;
    },
    async close() {
      const all = [...dispatchers.values()];
      dispatchers.clear();
      await Promise.all(all.map((dispatcher) => dispatcher.destroy()));
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
