// Finds phone numbers: international ones by their plan, national ones by grouping, or by plan beside a word that says so.
// `families.ts` calls it where digits crowd. Plain digits without such a word are order numbers until proven otherwise.

import { isInPlan, isInternationalNumber } from "./phone-plans.ts";
import { eachMatch, hasContext, hasContextBefore, type Detector, type Region, type Span } from "./span.ts";

const international =
  /[+0](?<!(?:[\w+]|[\w)][-./])[+0])(?:(?<=\+)|0 ?|11[ .-]?)\(?\d(?:[ ./()-]{0,3}\d){5,15}(?![\w]|[-./]\d)/g;
const northAmerican = /(?:\(|\b)([2-9]\d\d)(?:\) ?|([ .-]))([2-9]\d\d)([ .-])(\d{4})(?![\w]|[-./]\d)/g;
const longToken = /[\w+/=]$|[\w)][-.,]$/;
const national = /[(\d](?<!(?:[\w+/=]|[\w)][-./,])[(\d])(?:[ ./()-]{0,3}\d){6,12}(?![\w]|[-./]\d)/g;

const phoneWords =
  /\b(?:(?:tele)?phones?|tel|cell(?:ular|phone)?|mobile?s?|mobil(?:e|nummer)|handy|fax|call(?: me| us)?|dial|ring|text(?: me| us)?|sms|whats ?app|hotline|landline|telefon[oe]?|téléphone|telefoon|telefonnummer|rufnummer|celular|m[oó]vil|portable|numer telefonu|puhelin|contact (?:number|no)|reach (?:me|us|him|her) (?:at|on)|pager|extension|ext)\b/i;

const unlike =
  /\b(?:order|invoice|tracking|ticket|serial|imei|isbn|sku|account|acct|card|ssn|zip|version|id|reference|ref|timestamp|case|part|model)\b[^\n]{0,16}$/i;

/** Groupings that nothing but a phone number of that country has. */
const unmistakable: readonly { readonly form: RegExp; readonly region: string }[] = [
  { form: /^0[1-9]([ .-])\d\d\1\d\d\1\d\d\1\d\d$/, region: "FR" },
  {
    form: /^\(?0(?:2\d\)? \d{4} \d{4}|1\d1\)? \d{3} \d{4}|[17]\d{3}\)? \d{6}|[17]\d{3}\)? \d{3} \d{3}|[38]\d\d\)? \d{3} \d{4})$/,
    region: "GB",
  },
  { form: /^\(0[2378]\) \d{4} \d{4}$/, region: "AU" },
  { form: /^04\d\d \d{3} \d{3}$/, region: "AU" },
  { form: /^\([1-9]\d\) 9?\d{4}-\d{4}$/, region: "BR" },
  { form: /^0\d{2,4}[/-] ?\d{3,8}$|^0\d{2,4} \d{3,4} \d{3,5}$/, region: "DE" },
  { form: /^0(?:[23489]|5\d|7\d)-\d{7}$/, region: "IL" },
  { form: /^01[0-9][- ]\d{3,4}[- ]\d{4}$/, region: "KR" },
  { form: /^0[789]0-\d{4}-\d{4}$/, region: "JP" },
];

/** Where a national number beside a phone word may be from. */
const homeRegions = [
  "US",
  "GB",
  "DE",
  "FR",
  "ES",
  "IT",
  "NL",
  "IN",
  "AU",
  "BR",
  "BE",
  "CH",
  "AT",
  "PL",
  "SE",
  "FI",
  "PT",
  "JP",
  "KR",
  "CN",
  "MX",
  "ZA",
  "TR",
  "SG",
  "IE",
  "IL",
  "DK",
  "NO",
  "TH",
  "HK",
];

export const findPhones: Detector = (region, found) => {
  eachMatch(international, region, (match, start) => findInternational(match[0], start, region, found));
  eachMatch(northAmerican, region, (match, start) => findNorthAmerican(match, start, region, found));
  eachMatch(national, region, (match, start) => findNational(match[0], start, region, found));
};

function findInternational(text: string, start: number, region: Region, found: Span[]): void {
  const digits = text
    .replace("(0)", "")
    .replace(/\D/g, "")
    .replace(/^(?:011|00)/, "");
  if (digits.length < 7 || !isInternationalNumber(digits)) return;
  const isGrouped = /[ .-]/.test(text.slice(3));
  if (
    !text.startsWith("+") &&
    !isGrouped &&
    !hasContext(region.whole, start, start + text.length, phoneWords)
  )
    return;
  push(found, start, text);
}

function findNorthAmerican(match: RegExpExecArray, start: number, region: Region, found: Span[]): void {
  const [text, area = "", separator, exchange = "", second, line = ""] = match;
  const trunk = /(?<!\w)1[ .-]$/.test(region.whole.slice(Math.max(0, start - 3), start)) ? 2 : 0;
  const from = start - trunk;
  if (longToken.test(region.whole.slice(Math.max(0, from - 2), from))) return;
  const isParenthesised = text.startsWith("(");
  if (!isParenthesised && separator === undefined) return;
  if (!hasContext(region.whole, from, start + text.length, phoneWords)) {
    const isLoose = separator === " " || (separator !== undefined && separator !== second);
    if (isLoose || hasContextBefore(region.whole, from, unlike)) return;
  }
  // 555 numbers are fictional, and written as if they were not.
  const isFictional = (exchange === "555" || area === "555") && !area.endsWith("11");
  if (!isFictional && !isInternationalNumber(`1${area}${exchange}${line}`)) return;
  push(found, from, region.whole.slice(from, start + text.length));
}

function findNational(text: string, start: number, region: Region, found: Span[]): void {
  const digits = text.replace(/\D/g, "");
  if (digits.length < 7 || digits.length > 12) return;
  const significant = digits.startsWith("0") ? digits.slice(1) : digits;
  for (const { form, region: country } of digits.startsWith("0") || text.startsWith("(")
    ? unmistakable
    : []) {
    if (form.test(text) && isInPlan(significant, country) && !hasContextBefore(region.whole, start, unlike)) {
      push(found, start, text);
      return;
    }
  }
  if (!hasContext(region.whole, start, start + text.length, phoneWords)) return;
  if (hasContextBefore(region.whole, start, unlike, 20)) return;
  const isGiven =
    homeRegions.some((country) => isInPlan(digits, country) || isInPlan(significant, country)) ||
    isInternationalNumber(digits) ||
    /^1?[2-9]\d\d555\d{4}$/.test(digits);
  if (isGiven) push(found, start, text);
}

function push(found: Span[], start: number, text: string): void {
  const inner = text.replace(/^\((?![^)]*\))/, "");
  const trimmed = inner.replace(/^([^(]*)\)$/, "$1");
  const from = start + text.length - inner.length;
  found.push({ label: "contact", kind: "phone", start: from, end: from + trimmed.length, certain: false });
}
