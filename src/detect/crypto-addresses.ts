// Finds cryptocurrency addresses, by base58check, bech32 or the fixed form of an Ethereum address.
// `families.ts` calls it where letters and digits mix. Hashes and commit ids have no such check.

import { hash } from "node:crypto";
import { keccak256 } from "./keccak.ts";
import { eachMatch, hasContext, type Detector } from "./span.ts";

const base58 = /(?<![A-Za-z0-9])[13LMDTXmn29A][1-9A-HJ-NP-Za-km-z]{25,34}(?![A-Za-z0-9])/g;
const bech32 =
  /(?<![A-Za-z0-9])(?:bc1|tb1|ltc1|bitcoincash:[qp]|BC1|LTC1)[02-9ac-hj-np-zAC-HJ-NP-Z]{11,87}(?![A-Za-z0-9])/g;
const ethereum = /(?<![A-Za-z0-9])0x[0-9a-fA-F]{40}(?![A-Za-z0-9])/g;
const monero = /(?<![A-Za-z0-9])[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}(?![A-Za-z0-9])/g;

/** In one case it may be any hash of 20 bytes. */
const etherWords =
  /\b(?:ethereum|ether|eth|wallet|metamask|erc-?\d+|usd[tc]|token|contract|0x|crypto|blockchain|polygon|etherscan)\b/i;

/** First byte of the decoded address. */
const kindsByVersion: Readonly<Record<number, string>> = {
  0: "bitcoin-address",
  5: "bitcoin-address",
  111: "bitcoin-address",
  196: "bitcoin-address",
  48: "litecoin-address",
  50: "litecoin-address",
  30: "dogecoin-address",
  65: "tron-address",
  76: "dash-address",
};

export const findCryptoAddresses: Detector = (region, found) => {
  const push = (kind: string, start: number, text: string, certain: boolean) =>
    found.push({ label: "pii", kind, start, end: start + text.length, certain });
  eachMatch(base58, region, (match, start) => {
    const kind = kindOfBase58(match[0]);
    if (kind !== undefined) push(kind, start, match[0], true);
  });
  eachMatch(bech32, region, (match, start) => {
    const text = match[0].toLowerCase();
    if (text.startsWith("bitcoincash:")) {
      if (match[0].length === 54) push("bitcoin-cash-address", start, match[0], true);
    } else if (isBech32(text))
      push(text.startsWith("ltc") ? "litecoin-address" : "bitcoin-address", start, match[0], true);
  });
  eachMatch(ethereum, region, (match, start) => {
    const text = match[0];
    const isMixed = /[a-f]/.test(text) && /[A-F]/.test(text);
    const isAddress = isMixed
      ? hasRightCapitals(text)
      : !/^0x(.)\1{30}/.test(text) && hasContext(region.whole, start, start + text.length, etherWords);
    if (isAddress) push("ethereum-address", start, text, isMixed);
  });
  eachMatch(monero, region, (match, start) => push("monero-address", start, match[0], true));
};

/** EIP-55: a letter is a capital where the hash of the small ones has 8 or more. */
function hasRightCapitals(address: string): boolean {
  const hex = address.slice(2);
  const digest = keccak256(hex.toLowerCase());
  return Array.from(hex).every((digit, index) => {
    const isCapital = Number.parseInt(digest.charAt(index), 16) >= 8;
    return digit === (isCapital ? digit.toUpperCase() : digit.toLowerCase());
  });
}

const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

function kindOfBase58(text: string): string | undefined {
  let value = 0n;
  for (const character of text) value = value * 58n + BigInt(alphabet.indexOf(character));
  const hex = value.toString(16).padStart(50, "0");
  if (hex.length !== 50) return undefined;
  const bytes = Buffer.from(hex, "hex");
  const once = hash("sha256", bytes.subarray(0, 21), "buffer");
  const check = hash("sha256", once, "buffer").subarray(0, 4);
  return check.equals(bytes.subarray(21)) ? kindsByVersion[bytes[0] ?? -1] : undefined;
}

const bech32Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const bech32Constants = new Set([1, 0x2bc830a3]);

/** BIP 173 and BIP 350. */
function isBech32(text: string): boolean {
  const separator = text.lastIndexOf("1");
  const prefix = text.slice(0, separator);
  const values = Array.from(prefix).map((character) => character.charCodeAt(0) >> 5);
  values.push(0, ...Array.from(prefix).map((character) => character.charCodeAt(0) & 31));
  for (const character of text.slice(separator + 1)) values.push(bech32Alphabet.indexOf(character));
  let checksum = 1;
  for (const value of values) {
    const top = checksum >>> 25;
    checksum = ((checksum & 0x1ffffff) << 5) ^ value;
    for (const [bit, generator] of generators.entries()) if ((top >> bit) & 1) checksum ^= generator;
  }
  return bech32Constants.has(checksum);
}
