// Finds secrets of a known form: issuers' tokens, JWTs, private keys, webhook addresses, connection strings.
// `families.ts` calls it; `assignments.ts` finds the secrets that only their name gives away.

import { secretForms } from "./secret-forms.ts";
import { eachMatch, type Detector } from "./span.ts";

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** Longest first, so that `sk-ant-` is not read as `sk-`. */
const byPrefix = secretForms
  .flatMap(({ kind, prefixes, body }) =>
    prefixes.map((prefix) => ({ prefix, kind, body: new RegExp(`${body}(?![A-Za-z0-9])`, "y") })),
  )
  .sort((a, b) => b.prefix.length - a.prefix.length);
const anyPrefix = new RegExp(
  `(?<![A-Za-z0-9])(?:${byPrefix.map(({ prefix }) => escape(prefix)).join("|")})`,
  "g",
);
const formsByPrefix = Map.groupBy(byPrefix, ({ prefix }) => prefix);

const jwt = /(?<![A-Za-z0-9_-])eyJ[\w-]{10,4000}\.(?:eyJ)?[\w-]{8,8000}(?:\.[\w-]{0,4000}){0,3}/g;
const keyBeginning =
  /-----BEGIN[ A-Z0-9_-]{0,60}PRIVATE KEY(?: BLOCK)?-----\s{0,8}(?:[A-Z][A-Za-z-]{2,16}: [^\n]{1,100}\s{1,4}){0,4}[A-Za-z0-9+/=]{32}/g;
/** The last line, or what no key holds. */
const keyEnd = /-----END[ A-Z0-9_-]{0,60}-----|[^\s\\A-Za-z0-9+/=:,().-]/g;
const longestKey = 16 * 1024;
const webhook =
  /(?<![\w.-])https:\/\/(?:hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9+/]{40,60}|[a-z0-9.-]{0,60}webhook\.office\.com\/webhookb2\/[\w@/-]{60,200}|(?:[a-z]+\.)?discord(?:app)?\.com\/api\/webhooks\/\d{15,20}\/[\w-]{50,80})/g;
const connection =
  /(?<![A-Za-z0-9.+-])[A-Za-z][A-Za-z0-9+.-]{1,20}:\/\/[^\s:@/"'`<>\\]{0,80}:([^\s@"'`<>\\]{1,200})@[^\s"'`<>\\,;)]{1,255}/g;
/** One look that spares most regions the forms without a literal beginning. */
const anyUnprefixed = /\.atlasv1\.|-us\d|_mmk|\dQ~|:AA[\w-]{9}|\d[|%][\w-]{9}|\.[\w-]{6}\.[\w-]{9}/;
const unprefixed: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  { kind: "terraform-token", pattern: /(?<![\w.])[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,70}(?![\w=-])/g },
  {
    kind: "discord-token",
    pattern: /(?<![\w.-])[MNO][A-Za-z0-9_-]{23,25}\.[\w-]{6}\.[\w-]{27,38}(?![\w.-])/g,
  },
  { kind: "mailchimp-key", pattern: /(?<![\w-])[0-9a-f]{32}-us\d{1,2}(?![\w-])/g },
  { kind: "facebook-token", pattern: /(?<!\w)\d{15,16}[|%][A-Za-z0-9_-]{27,40}(?![\w-])/g },
  { kind: "maxmind-key", pattern: /(?<!\w)[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk(?!\w)/g },
  { kind: "azure-client-secret", pattern: /(?<![\w~.-])[\w~.]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/g },
  { kind: "telegram-token", pattern: /(?<![\w:-])\d{8,10}:AA[\w-]{33}(?![\w-])/g },
];

/** What documentation writes where a password goes. */
const placeholder =
  /^(?:pass(?:word)?|pwd|secret|user|\*+|x+|\.+|\$.*|\{.*|%.*|\[.*|your.*|my-?pass.*|changeme)$/i;

export const findSecrets: Detector = (region, found) => {
  const push = (kind: string, start: number, length: number) =>
    found.push({ label: "secret", kind, start, end: start + length, certain: true });
  eachMatch(anyPrefix, region, (match, start) => {
    for (const { body, kind } of formsByPrefix.get(match[0]) ?? []) {
      body.lastIndex = match.index + match[0].length;
      const rest = body.exec(region.text)?.[0];
      if (rest === undefined || !looksRandom(rest)) continue;
      push(kind, start, match[0].length + rest.length);
      anyPrefix.lastIndex = body.lastIndex;
      return;
    }
  });
  eachMatch(jwt, region, (match, start) => push("jwt", start, match[0].length));
  if (anyUnprefixed.test(region.text)) {
    for (const { kind, pattern } of unprefixed)
      eachMatch(pattern, region, (match, start) => push(kind, start, match[0].length));
  }
  if (region.text.includes("-----BEGIN")) {
    eachMatch(keyBeginning, region, (match, start) => {
      const end = endOfKey(region.whole, start + match[0].length, start + longestKey);
      keyBeginning.lastIndex = Math.max(keyBeginning.lastIndex, end - region.offset);
      push("private-key", start, end - start);
    });
  }
  if (!region.text.includes("://")) return;
  eachMatch(webhook, region, (match, start) => push("webhook-url", start, match[0].length));
  eachMatch(connection, region, (match, start) => {
    if (!placeholder.test(match[1] ?? "")) push("connection-string", start, match[0].length);
  });
};

function endOfKey(text: string, from: number, limit: number): number {
  keyEnd.lastIndex = from;
  const match = keyEnd.exec(text);
  const end = match ? (match[0].length > 1 ? keyEnd.lastIndex : match.index) : text.length;
  return Math.min(end, limit);
}

/** Not one character over and over, nor words joined by hyphens. */
function looksRandom(body: string): boolean {
  if (/^(.)\1*$/.test(body) || /^x{6}|\.{3}|your|example|placeholder/i.test(body)) return false;
  return (
    /\d/.test(body) ||
    (/[a-z]/.test(body) && /[A-Z]/.test(body)) ||
    (body.length === 34 && /^[a-z]+$/.test(body)) ||
    (body.length === 16 && /^[A-Z]+$/.test(body) && new Set(body).size >= 8)
  );
}
