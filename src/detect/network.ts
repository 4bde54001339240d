// Finds IP and MAC addresses.
// `families.ts` calls it. Versions, times, section numbers and C++ names must not be taken for one.

import { eachMatch, hasContextBefore, type Detector } from "./span.ts";

const ipv4 =
  /\b(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(?:3[0-2]|[12]?\d)(?!\d|\.\d))?(?![\w-]|\.\w)/g;
const ipv6 =
  /(?:\b[0-9A-Fa-f]{1,4}(?=:)|(?<![\w:.-])(?=::[0-9A-Fa-f]))(?::[0-9A-Fa-f]{0,4}){2,8}(?:\.\d{1,3}){0,3}(?:%\w{1,16})?(?:\/(?:12[0-8]|1[01]\d|[1-9]?\d)(?!\d))?(?![\w:])/g;
const mac =
  /\b(?:[0-9A-Fa-f]{2}([:-])[0-9A-Fa-f]{2}(?:\1[0-9A-Fa-f]{2}){4}|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})(?![\w:-]|\.\w)/g;
const ipv6Sign = /:[0-9A-Fa-f]{0,4}:/;
const macSign = /[0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-]|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\./;
/** What stands before an address that is only part of something longer. */
const joined = /[\w-]$|\w\.$/;

const versionWords =
  /(?:\b(?:v|ver|version|release|build|firmware|chapter|section|§|oid|assembly|driver)\.?:?\s{0,2}|\bv|§ ?)$/i;

export const findNetworkAddresses: Detector = (region, found) => {
  const push = (kind: string, start: number, text: string) => {
    if (joined.test(region.whole.slice(Math.max(0, start - 2), start))) return;
    found.push({ label: "contact", kind, start, end: start + text.length, certain: false });
  };
  eachMatch(ipv4, region, (match, start) => {
    if (!isHostAddress(match.slice(1, 5)) || hasContextBefore(region.whole, start, versionWords, 16)) return;
    push("ip-address", start, match[0]);
  });
  if (ipv6Sign.test(region.text)) {
    eachMatch(ipv6, region, (match, start) => {
      if (isIpv6(match[0]) && region.whole.charAt(start - 1) !== ":") push("ip-address", start, match[0]);
    });
  }
  if (macSign.test(region.text)) {
    eachMatch(mac, region, (match, start) => {
      if (!/^[0f:.-]+$/i.test(match[0])) push("mac-address", start, match[0]);
    });
  }
};

/** Octets in range, and neither "no address" nor a netmask. */
function isHostAddress(octets: readonly string[]): boolean {
  if (octets.some((octet) => Number(octet) > 255 || (octet.length > 1 && octet.startsWith("0"))))
    return false;
  if (octets.every((octet) => octet === "0")) return false;
  return !(octets[0] === "255" && octets[1] === "255");
}

function isIpv6(text: string): boolean {
  const address = text.split(/[%/]/)[0] ?? "";
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
