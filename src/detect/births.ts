// Finds dates of birth: a full date shortly after a word that says so.
// `families.ts` calls it where there are digits. A date alone, or a year alone, is nobody's birthday.

import { isDay } from "./checksums.ts";
import { eachMatch, hasContextBefore, type Detector } from "./span.ts";

const monthNames =
  "jan(?:uary|uar|vier|eiro)?|feb(?:ruary|ruar)?|f[ée]vrier|febrero|febbraio|fevereiro|mar(?:ch|s|zo|[çc]o)?|m(?:ä|ae)rz|maart|apr(?:il|ile)?|avril|abril|may|mai|mei|mayo|maggio|maio|jun(?:e|i|io|ho)?|juin|giugno|jul(?:y|i|io|ho)?|juillet|luglio|aug(?:ust|ustus)?|ao[ûu]t|agosto|sep(?:t(?:ember|embre|iembre)?)?|settembre|setembro|o[ck]t(?:ober|obre|ubre)?|ottobre|outubro|nov(?:ember|embre|iembre|embro)?|de[czs](?:ember|embre|embro)?|d[ée]cembre|diciembre|dicembre|dezembro";

const date = new RegExp(
  [
    String.raw`(?<![\w./-])(?:(\d{1,4})([./-]| [./-] )(\d{1,2})\2(\d{1,4})`,
    String.raw`(\d{1,2})(?:st|nd|rd|th|\.|º)?(?: (?:of|de))?[ -](?:${monthNames})\.?(?:,| de| of)?[ -](\d{4}|\d{2})`,
    String.raw`(?:${monthNames})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})`,
    String.raw`((?:19|20)\d{2})(\d{2})(\d{2}))(?![\w/-]|\.\d)`,
  ].join("|"),
  "gi",
);

const birthWord =
  /\bborn\b|\bbirth|\bd\.?o\.?b\b|\bb-?day\b|\bgeb(?:oren|urt|\.)|\bn[ée]e? le\b|naissance|\bnacid[oa]|nacimiento|\bnat[oa] (?:il|a)\b|nascita|geboorte|urodz|\bur\. |nascid[oa]|nascimento|syntym|född|f(?:ö|oe)delse|doğum|जन्म|생년월일|เกิด/i;
const birthWords = new RegExp(`(?:${birthWord.source})[^\\n]{0,40}$`, "i");

export const findBirthDates: Detector = (region, found) => {
  if (!birthWord.test(region.text)) return;
  eachMatch(date, region, (match, start) => {
    if (!isCalendarDate(match) || !hasContextBefore(region.whole, start, birthWords)) return;
    found.push({ label: "pii", kind: "date-of-birth", start, end: start + match[0].length, certain: false });
  });
};

const isYear = (year: string | undefined): boolean =>
  year !== undefined && (year.length === 2 || (Number(year) >= 1880 && Number(year) <= 2099));

function isCalendarDate(match: RegExpExecArray): boolean {
  const [, first, , second, third, day, year, monthDay, monthYear, y, m, d] = match;
  if (day !== undefined) return isDay(1, Number(day)) && isYear(year);
  if (monthDay !== undefined) return isDay(1, Number(monthDay)) && isYear(monthYear);
  if (y !== undefined) return isDay(Number(m), Number(d));
  if (first === undefined || third === undefined) return false;
  const middle = Number(second);
  if (first.length === 4) return isYear(first) && third.length <= 2 && isDay(middle, Number(third));
  if (first.length > 2 || (third.length !== 4 && third.length !== 2) || !isYear(third)) return false;
  return isDay(middle, Number(first)) || isDay(Number(first), middle);
}
