// What one character stands for once disguise is taken off: NFKC, look-alikes, foreign digits, nothing at all.
// `normal-form.ts` asks it for every character beyond ASCII; it knows one character at a time and no context.

/** Letters that look like Latin ones: Cyrillic, Greek, Armenian, and a few of Latin's own. Signs beside words are none. */
const lookAlikes = pairs(
  "аaАAвbВBсcСCԁdеeЕEѐeёeһhНHіiІIїiјjЈJкkКKӏlӀIмmМMоoОOрpРPԛqԚQѕsЅSтtТTцuуyУYхxХXѵvѴVԝwԜWүyҮYҺHԌGԍgᴢzⅼl" +
    "αaΑAΒBϲcϹCΕEεeΖZΗHηnιiΙIϳjͿJκkΚKΜMΝNνvοoΟOρpΡPτtΤTυuΥYχxΧXγyωwσo" +
    'օoՕOսuՍUոnհhցgզqԼLіiտmɑaɡgıiɩiʏyᴠvᴡwᴄcᴏo×x∕/⁄/‐-‑-‒-–-—-―-−-⁃-﹘-˗-‘\'’\'‛\'“"”"„"‟"′\'″"։:׃:∶:ː:․.。.۰0٠0™ ℠ ',
);

function pairs(table: string): ReadonlyMap<string, string> {
  const characters = Array.from(table);
  const map = new Map<string, string>();
  for (let index = 0; index + 1 < characters.length; index += 2) {
    map.set(characters[index] ?? "", characters[index + 1] ?? "");
  }
  return map;
}

/** Zero-width, bidi and other format characters, variation selectors, combining marks, fillers, tags. */
const invisible = /^(?:\p{Cf}|\p{Mn}|\p{Me}|[\u115f\u1160\u3164\uffa0])$/u;
const decimalDigit = /^\p{Nd}$/u;
const space = /^[\p{Zs}]$/u;
const ascii = /^[\x20-\x7e]+$/;

const known = new Map<number, string>();

/** What the character counts as: itself, ASCII text, or "" where it is not seen. */
export function unmask(codePoint: number): string {
  const remembered = known.get(codePoint);
  if (remembered !== undefined) return remembered;
  const result = work(String.fromCodePoint(codePoint), codePoint);
  if (known.size < 20_000) known.set(codePoint, result);
  return result;
}

function work(character: string, codePoint: number): string {
  if (invisible.test(character)) return "";
  if (space.test(character)) return " ";
  const direct = lookAlikes.get(character);
  if (direct !== undefined) return direct;
  if (decimalDigit.test(character)) return String(digitValue(codePoint));
  const compatible = character.normalize("NFKC");
  const folded = Array.from(compatible)
    .map((one) => lookAlikes.get(one) ?? one)
    .join("");
  if (ascii.test(folded)) return folded;
  const base = character.normalize("NFKD").replace(/\p{Mn}/gu, "");
  return compatible !== character && ascii.test(base) ? base : character;
}

/** Unicode keeps the ten digits of a script together and in order. */
function digitValue(codePoint: number): number {
  let zero = codePoint;
  while (codePoint - zero < 9 && decimalDigit.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return codePoint >= 0x1d7ce && codePoint <= 0x1d7ff ? (codePoint - 0x1d7ce) % 10 : codePoint - zero;
}
