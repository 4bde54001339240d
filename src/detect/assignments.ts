// Finds secrets that only their name gives away: `password: …`, `CLIENT_SECRET=…`, `Authorization: Bearer …`.
// `families.ts` calls it where such a name stands. Placeholders, code references and prose are not values.

import { eachMatch, type Detector } from "./span.ts";

const name = String.raw`(pass(?:word|wd|phrase|code|wort)|pwd|contraseña|mot de passe|kennwort|(?:secret|token|api|access|auth|private|encryption|signing|account|storage|master|webhook|shared|license|service)[_ .-]?(?:access[_ .-]?)?key|secret|token|credentials?|auth)`;
const suffix = String.raw`(?:[_-]?(?:value|string|base64|hash|b64|prod|dev|test|staging|live|id|\d{1,2})){0,2}`;
const link = String.raw`["'\x60\])]{0,2}\s{0,4}(?::=|=>|==?|:| is:?| was:?|,)\s{0,4}(?:["'\x60]|b["'])?`;
const assignment = new RegExp(
  String.raw`${name}(?![a-z])${suffix}${link}([^\s"'\x60,;<>(){}\[\]|\\]{6,512})(["'\x60(\[]?)`,
  "gi",
);
const authorization =
  /(?<![A-Za-z])(Bearer|Basic|Token)[ \t]{1,4}([A-Za-z0-9._~+/-]{16,2048}={0,3})(?![\w.~+/-])/gi;

const placeholder =
  /^(?:[$%&#@{<[]|process\.|os\.|env\.|config\.|settings\.|self\.|this\.|req\.|ctx\.|secrets?\.|vars?\.)|x{4}|\*{3}|\.{3}|•|…|your|example|placeholder|change-?me|dummy|sample|redacted|insert|todo|goes-?here|not-?set|^(?:undefined|string|required|optional|incorrect|invalid|hidden|disabled|enabled|protected|encrypted)$/i;

const passwordNames = /^(?:pass|pwd|contra|mot|kenn)/i;

export const findAssignments: Detector = (region, found) => {
  eachMatch(assignment, region, (match, start) => {
    const value = (match[2] ?? "").replace(/[.?:]+$/, "");
    const closing = match[3] ?? "";
    if (closing === "(" || closing === "[" || value.length < 6 || placeholder.test(value)) return;
    const isPassword = passwordNames.test(match[1] ?? "");
    if (isPassword ? !isPasswordLike(value) : !isKeyLike(value)) return;
    const from = start + match[0].length - closing.length - (match[2] ?? "").length;
    found.push({
      label: "secret",
      kind: isPassword ? "password" : "generic-secret",
      start: from,
      end: from + value.length,
      certain: false,
    });
  });
  eachMatch(authorization, region, (match, start) => {
    const value = match[2] ?? "";
    if (placeholder.test(value) || !isKeyLike(value)) return;
    const from = start + match[0].length - value.length;
    found.push({
      label: "secret",
      kind: "authorization",
      start: from,
      end: from + value.length,
      certain: false,
    });
  });
};

/** More than one sort of character: a capitalised word is one sort. */
function isPasswordLike(value: string): boolean {
  const plain = value.replace(/^[A-Z](?=[a-z])/, "");
  const sorts = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((sort) => sort.test(plain)).length;
  if (/^[A-Za-z]+(?:[-_./:][A-Za-z]+)*$/.test(value)) return false;
  return sorts >= 2;
}

/** Long, of letters and digits, and without the repetition of words. */
function isKeyLike(value: string): boolean {
  if (value.length < 16 || !/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  if (/^\d{4}-\d\d-\d\d/.test(value) || /^https?:/.test(value)) return false;
  return entropy(value) >= 3.2;
}

/** Shannon entropy in bits per character. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}
