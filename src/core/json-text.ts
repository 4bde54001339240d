// The JSON text of names and moments, for lines and rows that are written with every request.
// The log and the records build their texts from it; whatever is larger goes through the engine's own writer.

/** What JSON writes as it stands. */
const plain = /^[ !#-[\]-~]*$/;

export const quoted = (text: string): string => (plain.test(text) ? `"${text}"` : JSON.stringify(text));

/** Far more than a company has keys, teams, models and rules; callers may make some up. */
const mostNames = 2_000;
const longestName = 120;
let names = new Map<string, string>();

/** The same for what comes again and again, at a fourth of the time. */
export function quotedName(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  const spelled = quoted(name);
  if (name.length > longestName) return spelled;
  if (names.size >= mostNames) names = new Map();
  names.set(name, spelled);
  return spelled;
}

let second = Number.NaN;
/** Up to the point before the milliseconds. */
let secondText = "";

/** As `Date` writes it, who takes ten times as long; `milliseconds` are whole, since the epoch. */
export function isoTime(milliseconds: number): string {
  const own = Math.floor(milliseconds / 1_000);
  if (own !== second) {
    secondText = new Date(milliseconds).toISOString().slice(0, -4);
    second = own;
  }
  const rest = milliseconds - own * 1_000;
  return `${secondText}${rest < 10 ? "00" : rest < 100 ? "0" : ""}${rest}Z`;
}
