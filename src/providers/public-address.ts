// Whether an address is one that the whole internet may reach. `fetch-media.ts` asks before it dials for a caller:
// what is private, local, special or unreadable is not public, so that nobody reads an inner server through the gateway.

import { BlockList, isIP } from "node:net";

/** https://www.iana.org/assignments/iana-ipv4-special-registry, read 2026-11-21; multicast and reserved ranges with them. */
const special4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  // Azure answers its machines there about themselves, at an address that looks public.
  "168.63.129.16/32",
];

/** Global unicast is 2000::/3 alone; mapped, translated, local and multicast addresses all lie outside it. */
const global6 = "2000::/3";
/** Inside it: special registry https://www.iana.org/assignments/iana-ipv6-special-registry, and 6to4, which carries an IPv4 address. */
const special6 = ["2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"];

const listOf = (ranges: readonly string[], family: "ipv4" | "ipv6"): BlockList => {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = "", bits] = range.split("/");
    list.addSubnet(network, Number(bits), family);
  }
  return list;
};

const refused4 = listOf(special4, "ipv4");
const refused6 = listOf(special6, "ipv6");
const allowed6 = listOf([global6], "ipv6");

export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !refused4.check(address, "ipv4");
  // A zone belongs to an interface of this machine.
  if (family !== 6 || address.includes("%")) return false;
  return allowed6.check(address, "ipv6") && !refused6.check(address, "ipv6");
}
