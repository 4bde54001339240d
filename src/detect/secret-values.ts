// Tells a password or key from what documentation and programs write in its place.
// `assignments.ts` asks it about a value that stands behind the name of a secret. Knows nothing of the name.

const placeholder =
  /^(?:\$\w{0,40}$|\$[({[]|\{\{[^{}]*\}\}$|\{[^{}]*\}$|<|#|&|%[\w({]|@\w+$|\[|process\.|os\.|env\.|config\.|settings\.|self\.|this\.|req\.|request\.|ctx\.|secrets?\.|vars?\.|https?:)|^[x*•.…]{3}|x{6}|\*{3}|\.{3}|•|…|your|example|placeholder|change-?me|dummy|sample|redacted|insert|fake|todo|goes-?here|not-?set|^(?:undefined|string|required|optional|incorrect|invalid|hidden|disabled|enabled|protected|encrypted)$/i;

export const isPlaceholder = (value: string): boolean => placeholder.test(value);

/** More than one sort of character: a capitalised word is one sort, words joined by signs are none. */
export function isPasswordLike(value: string): boolean {
  const plain = value.replace(/^[A-Z](?=[a-z])/, "");
  const sorts = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((sort) => sort.test(plain)).length;
  return sorts >= 2 && !/^[A-Za-z]+(?:[-_./:=]+[A-Za-z]*)*$/.test(value);
}

/** Letters, digits and no repetition as in words; `isQuoted` lets rare signs stand for digits. */
export function isKeyLike(value: string, isQuoted: boolean): boolean {
  const bits = entropy(value);
  if (isQuoted && bits >= 3.5 && (value.match(/[^\w\-./:\s]/g)?.length ?? 0) >= 4) return true;
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value) || /^\d{4}-\d\d-\d\d/.test(value)) return false;
  if (wordy.test(value) || alphabet.test(value)) return false;
  return value.length >= 16 ? bits >= 3 : value.length >= 10 && bits >= 3.3;
}

/** `checkout-v2-flow`, `DOC_Vector_5_32`: words and small numbers. */
const wordy = /^[A-Za-z]+\d{0,2}(?:[-_.:/](?:[A-Za-z]+\d{0,2}|v?\d{1,3}))*$/;
const alphabet = /abcdefghij|0123456789(?!a?b?c?d?e?f?0)/i;

/** Shannon entropy in bits per character. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}
