// Finds IP and MAC addresses.
// `families.ts` calls it. Versions, times, section numbers and C++ names must not be taken for one.

import { eachMatch, hasContextBefore, type Detector } from "./span.ts";

const ipv4 = /(?<![\w-]|\w\.|\w[:/]\d{0,9}\.)(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\w-]|\.\d|\.\w)/g;
const ipv6 =
  /(?<![\w:.-])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}(?:\.\d{1,3}){0,3}(?:%\w{1,16})?(?![\w:])/g;
const mac =
  /(?<![\w:.-])(?:[0-9A-Fa-f]{2}([:-])[0-9A-Fa-f]{2}(?:\1[0-9A-Fa-f]{2}){4}|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})(?![\w:-]|\.\w)/g;

const versionWords =
  /(?:\b(?:v|ver|version|release|build|firmware|chapter|section|§|oid|assembly|driver)\.?:?\s{0,2}|\bv|§ ?)$/i;

export const findNetworkAddresses: Detector = (region, found) => {
  if (region.text.includes(".")) {
    eachMatch(ipv4, region, (match, start) => {
      if (!isHostAddress(match.slice(1, 5)) || hasContextBefore(region.whole, start, versionWords, 16))
        return;
      found.push({
        label: "contact",
        kind: "ip-address",
        start,
        end: start + match[0].length,
        certain: false,
      });
    });
  }
  if (region.text.includes(":")) {
    eachMatch(ipv6, region, (match, start) => {
      if (!isIpv6(match[0])) return;
      found.push({
        label: "contact",
        kind: "ip-address",
        start,
        end: start + match[0].length,
        certain: false,
      });
    });
  }
  eachMatch(mac, region, (match, start) => {
    if (/^[0f:.-]+$/i.test(match[0])) return;
    found.push({
      label: "contact",
      kind: "mac-address",
      start,
      end: start + match[0].length,
      certain: false,
    });
  });
};

/** Octets in range, and neither "no address" nor a netmask. */
function isHostAddress(octets: readonly string[]): boolean {
  if (octets.some((octet) => Number(octet) > 255 || (octet.length > 1 && octet.startsWith("0"))))
    return false;
  if (octets.every((octet) => octet === "0")) return false;
  return !(octets[0] === "255" && octets[1] === "255");
}

function isIpv6(text: string): boolean {
  const address = text.split("%")[0] ?? "";
  if (!/\d/.test(address) || /:::/.test(address)) return false;
  const halves = address.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  if (groups.some((group) => group === "")) return false;
  const last = groups.at(-1) ?? "";
  const hasIpv4 = last.includes(".");
  if (hasIpv4 && !/^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(last)) return false;
  const count = groups.length + (hasIpv4 ? 1 : 0);
  return halves.length === 2 ? count <= 7 && count >= 1 : count === 8;
}
