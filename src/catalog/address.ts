// Whether a base URL names an address that is this machine's or a private network's own.
// `guarantees` rest on it, so a host name proves nothing: only a literal address (or localhost) counts.

import { BlockList, isIPv6 } from "node:net";

// https://www.rfc-editor.org/rfc/rfc1918 and https://www.rfc-editor.org/rfc/rfc4193. Link-local is left out:
// clouds answer there for themselves.
const ownNetworks = new BlockList();
ownNetworks.addSubnet("127.0.0.0", 8, "ipv4");
ownNetworks.addSubnet("10.0.0.0", 8, "ipv4");
ownNetworks.addSubnet("172.16.0.0", 12, "ipv4");
ownNetworks.addSubnet("192.168.0.0", 16, "ipv4");
ownNetworks.addAddress("::1", "ipv6");
ownNetworks.addSubnet("fc00::", 7, "ipv6");

export function isPrivateAddress(baseUrl: string): boolean {
  if (!URL.canParse(baseUrl)) return false;
  const host = new URL(baseUrl).hostname.replace(/\.$/, "");
  // https://www.rfc-editor.org/rfc/rfc6761#section-6.3
  if (host === "localhost" || host.endsWith(".localhost")) return true;
  const bare = host.replace(/^\[|\]$/g, "");
  if (isIPv6(bare)) return ownNetworks.check(bare, "ipv6");
  return /^\d+(\.\d+){3}$/.test(bare) && ownNetworks.check(bare, "ipv4");
}

/** `https://host/v1/` and `https://host/v1` are one base URL. */
export const sameBaseUrl = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && plain(a) === plain(b);

/** Without the slash at the end that some write and some do not. */
export const plain = (url: string): string => url.replace(/\/+$/, "");
