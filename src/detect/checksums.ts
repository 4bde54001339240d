// Check-digit arithmetic, each rule once. Pure functions on strings of digits.
// Detectors of cards, accounts and ids call it; none of these says that a number is in use.

const digitAt = (digits: string, index: number): number => digits.charCodeAt(index) - 48;

/** ISO/IEC 7812-1 annex B. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let index = digits.length - 1, double = false; index >= 0; index--, double = !double) {
    let value = digitAt(digits, index);
    if (double && (value *= 2) > 9) value -= 9;
    sum += value;
  }
  return sum % 10 === 0;
}

export function weightedSum(digits: string, weights: readonly number[]): number {
  let sum = 0;
  for (let index = 0; index < weights.length; index++) sum += digitAt(digits, index) * (weights[index] ?? 0);
  return sum;
}

export function remainder(digits: string, modulus: number): number {
  let value = 0;
  for (let index = 0; index < digits.length; index++) value = (value * 10 + digitAt(digits, index)) % modulus;
  return value;
}

/** ISO 7064 MOD 97-10 over letters and digits, as IBAN uses it once rearranged. */
export function mod97(characters: string): number {
  let value = 0;
  for (let index = 0; index < characters.length; index++) {
    const code = characters.charCodeAt(index);
    if (code < 58) value = (value * 10 + code - 48) % 97;
    else value = (value * 100 + (code & 31) + 9) % 97;
  }
  return value;
}

/** ISO 7064 MOD 11,10: the last digit checks the rest. */
export function iso7064Mod11Mod10(digits: string): boolean {
  let product = 10;
  for (let index = 0; index < digits.length - 1; index++) {
    const sum = (digitAt(digits, index) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === digitAt(digits, digits.length - 1);
}

const verhoeffProducts = [
  "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
  "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
]; // prettier-ignore
const verhoeffShifts = [
  "0123456789", "1576283094", "5803796142", "8916043527",
  "9453126870", "4286573901", "2793806415", "7046913258",
]; // prettier-ignore

export function verhoeff(digits: string): boolean {
  let check = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = digitAt(digits, digits.length - 1 - index);
    const shifted = Number(verhoeffShifts[index % 8]?.[digit]);
    check = Number(verhoeffProducts[check]?.[shifted]);
  }
  return check === 0;
}

const daysIn = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export const isDay = (month: number, day: number): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= (daysIn[month - 1] ?? 0);

export const number = (text: string, start: number, end: number): number => Number(text.slice(start, end));

/** One digit over and over, or counting up from the beginning: never issued, often typed. */
export function isTrivial(digits: string): boolean {
  return (
    /^(\d)\1*$/.test(digits) ||
    "01234567890123456789".startsWith(digits) ||
    "12345678901234567890".startsWith(digits)
  );
}
