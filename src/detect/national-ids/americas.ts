// Identity numbers of the United States, Canada, Mexico and Brazil.
// Rules: SSA and IRS publications, CMS (MBI), Canada Revenue Agency, RENAPO (CURP), Receita Federal (CPF, CNPJ).

import { isDay, isTrivial, luhn, number, weightedSum } from "../checksums.ts";
import { idPattern, type IdRow } from "./id-row.ts";

const socialSecurityWords = /\b(?:ssn|social security|soc\.? sec|social)\b/i;
const taxWords = /\b(?:itin|tin|tax(?:payer)?)\b/i;

export const americas: readonly IdRow[] = [
  {
    kind: "us-ssn",
    leads: [3],
    pattern: idPattern(String.raw`\d{3}([- .])\d{2}\1\d{4}`),
    valid: (digits, raw) => isSsn(digits) && raw.charAt(3) === "-",
    words: socialSecurityWords,
    needs: "accept",
    certain: true,
  },
  {
    kind: "us-ssn",
    leads: [3],
    pattern: idPattern(String.raw`\d{3}([ .])\d{2}\1\d{4}`),
    valid: isSsn,
    words: socialSecurityWords,
    needs: "formatted",
    certain: false,
  },
  {
    kind: "us-ssn",
    leads: [3, 5, 9],
    pattern: idPattern(String.raw`\d{3}-?\d{2}-?\d{4}`),
    valid: isSsn,
    words: socialSecurityWords,
    needs: "words",
    certain: false,
  },
  {
    kind: "us-itin",
    leads: [3, 5, 9],
    pattern: idPattern(String.raw`9\d\d([- ]?)(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])\1\d{4}`),
    words: taxWords,
    needs: "formatted",
    certain: false,
  },
  {
    kind: "us-itin",
    leads: [3, 5, 9],
    pattern: idPattern(String.raw`9\d\d-?(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])-?\d{4}`),
    words: taxWords,
    needs: "words",
    certain: false,
  },
  {
    kind: "us-routing-number",
    leads: [4, 8, 9],
    pattern: idPattern(String.raw`(?:0\d|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)\d\d(-?)\d{4}\1\d`),
    valid: (digits) => !isTrivial(digits) && weightedSum(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0,
    words: /\b(?:routing|aba|rtn|wire)\b/i,
    needs: "formatted",
    certain: true,
  },
  {
    kind: "us-medicare-id",
    leads: [1],
    label: "phi",
    pattern: idPattern(
      "[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\\d-?[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\\d-?[AC-HJKMNP-RT-Y]{2}\\d\\d",
      "i",
    ),
    words: /\b(?:medicare|mbi|beneficiary)\b/i,
    needs: "formatted",
    certain: true,
  },
  {
    kind: "us-dea-number",
    leads: [1, 2],
    opens: "letter",
    pattern: idPattern("[A-HJ-NPRSTUX][A-Z9]\\d{7}"),
    valid: isDeaNumber,
    words: /\b(?:dea|licen[cs]e|prescriber|medical certificate)\b/i,
    needs: "accept",
    certain: true,
  },
  {
    kind: "us-npi",
    leads: [4, 7, 10],
    pattern: idPattern(String.raw`[12]\d{3}([ -]?)\d{3}\1\d{3}`),
    valid: (digits) => luhn(`80840${digits}`) && !/^.(\d)\1{7}/.test(digits),
    words: /\b(?:npi|national provider|provider (?:id|identifier|number))\b/i,
    needs: "words",
    certain: true,
  },
  {
    kind: "ca-sin",
    leads: [3, 6, 9],
    pattern: idPattern(String.raw`[1-79]\d\d([- ]?)\d{3}\1\d{3}`),
    valid: (digits) => luhn(digits) && !isTrivial(digits),
    words: /\b(?:sin|social insurance|assurance sociale|nas)\b/i,
    needs: "formatted",
    certain: true,
  },
  {
    kind: "ca-sin",
    leads: [3],
    pattern: idPattern(String.raw`[0-79]\d\d-\d{3}-\d{3}`),
    valid: (digits) => luhn(digits) && !isTrivial(digits),
    words: /\b(?:sin|social insurance|assurance sociale|nas)\b/i,
    needs: "formatted",
    certain: true,
  },
  {
    kind: "mx-curp",
    leads: [4],
    opens: "letter",
    pattern: idPattern(
      "[A-Z][AEIOUX][A-Z]{2}\\d{6}[HMX](?:AS|B[CS]|C[CLMSH]|D[FG]|G[TR]|HG|JC|M[CNS]|N[ETL]|OC|PL|Q[TR]|S[PLR]|T[CSL]|VZ|YN|ZS)[B-DF-HJ-NP-TV-Z]{3}[A-Z0-9]\\d",
      "gi",
    ),
    valid: isCurp,
    words: /\bcurp\b/i,
    needs: "accept",
    certain: true,
  },
  {
    kind: "br-cpf",
    leads: [3, 6, 9, 11],
    pattern: idPattern(String.raw`\d{3}(\.?)\d{3}\1\d{3}[-/ ]?\d{2}`),
    valid: isCpf,
    words: /\b(?:cpf|cadastro de pessoas?)\b/i,
    needs: "formatted",
    certain: true,
  },
  {
    kind: "br-cnpj",
    leads: [2, 5, 8, 12, 14],
    pattern: idPattern(String.raw`\d{2}(\.?)\d{3}\1\d{3}/?\d{4}-?\d{2}`),
    valid: isCnpj,
    words: /\b(?:cnpj|cadastro nacional)\b/i,
    needs: "accept",
    certain: true,
  },
];

/** SSA: no area 000, 666 or 9xx, no group 00, no serial 0000; and not the numbers of famous adverts. */
function isSsn(digits: string): boolean {
  if (/^(?:000|666|9)|^\d{3}00|0000$/.test(digits) || isTrivial(digits)) return false;
  return digits !== "078051120" && digits !== "219099999" && !digits.startsWith("98765432");
}

function isDeaNumber(text: string): boolean {
  const digits = text.slice(2);
  const sum = weightedSum(digits, [1, 2, 1, 2, 1, 2]);
  return !isTrivial(digits) && sum % 10 === number(digits, 6, 7);
}

const curpAlphabet = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ";

function isCurp(text: string): boolean {
  if (!isDay(number(text, 6, 8), number(text, 8, 10))) return false;
  let sum = 0;
  for (let index = 0; index < 17; index++) sum += curpAlphabet.indexOf(text.charAt(index)) * (18 - index);
  return (10 - (sum % 10)) % 10 === number(text, 17, 18);
}

const brazilianCheck = (digits: string, weights: readonly number[]): number => {
  const rest = weightedSum(digits, weights) % 11;
  return rest < 2 ? 0 : 11 - rest;
};

function isCpf(digits: string): boolean {
  if (isTrivial(digits)) return false;
  const first = brazilianCheck(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]);
  const second = brazilianCheck(digits, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
  return first === number(digits, 9, 10) && second === number(digits, 10, 11);
}

function isCnpj(digits: string): boolean {
  if (isTrivial(digits)) return false;
  const first = brazilianCheck(digits, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
  const second = brazilianCheck(digits, [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
  return first === number(digits, 12, 13) && second === number(digits, 13, 14);
}
