// The data tag of a request: a level and a set of labels, and the order between two of them.
// Everyone uses it; it knows nothing of who declared a tag or who may see the data.

export const levels = ["public", "internal", "confidential", "restricted"] as const;
export type Level = (typeof levels)[number];

export interface Sensitivity {
  readonly level: Level;
  /** Sorted and unique. */
  readonly labels: readonly string[];
}

/** The lowest level that data carrying the label can have. Labels absent here raise nothing. */
export const labelFloors: Readonly<Record<string, Level>> = {
  contact: "internal",
  unscanned: "internal",
  pii: "confidential",
  phi: "restricted",
  pci: "restricted",
  secret: "restricted",
};

/** Labels every installation knows; a published policy may add its own. */
export const builtInLabels = ["contact", "pii", "phi", "pci", "secret", "eu", "minors", "unscanned"] as const;

/** A ceiling that names the key also admits the value. */
const impliedLabels: Readonly<Record<string, string>> = { pii: "contact" };

export const publicData: Sensitivity = { labels: [], level: "public" };

const rankOf = (level: Level): number => levels.indexOf(level);

const higherLevel = (a: Level, b: Level): Level => (rankOf(a) >= rankOf(b) ? a : b);

export const isAtLeast = (level: Level, floor: Level): boolean => rankOf(level) >= rankOf(floor);

/** Makes a well-formed tag: labels sorted and unique, the level lifted to the floors of its labels. */
export function sensitivity(level: Level, labels: Iterable<string> = []): Sensitivity {
  const unique = [...new Set(labels)].sort();
  let lifted = level;
  for (const label of unique) lifted = higherLevel(lifted, labelFloors[label] ?? "public");
  return { labels: unique, level: lifted };
}

export function joinSensitivity(a: Sensitivity, b: Sensitivity): Sensitivity {
  const bAddsNothing =
    rankOf(b.level) <= rankOf(a.level) && b.labels.every((label) => a.labels.includes(label));
  if (bAddsNothing) return a;
  return sensitivity(higherLevel(a.level, b.level), [...a.labels, ...b.labels]);
}

/** True where data tagged `data` may go wherever `ceiling` is allowed. */
export function isWithin(data: Sensitivity, ceiling: Sensitivity): boolean {
  if (rankOf(data.level) > rankOf(ceiling.level)) return false;
  return data.labels.every(
    (label) =>
      ceiling.labels.includes(label) || ceiling.labels.some((named) => impliedLabels[named] === label),
  );
}

export const formatSensitivity = ({ level, labels }: Sensitivity): string =>
  labels.length === 0 ? level : `${level}+${labels.join("+")}`;

export type ParsedSensitivity =
  | { readonly ok: true; readonly value: Sensitivity }
  | { readonly ok: false; readonly problem: string };

/** Reads `level(+label)*`: lower case, no spaces, nothing empty, labels from `knownLabels`. */
export function parseSensitivity(
  text: string,
  knownLabels: { has(label: string): boolean },
): ParsedSensitivity {
  const [level, ...labels] = text.split("+");
  if (!isLevel(level)) {
    return { ok: false, problem: `"${clip(text)}" must start with one of ${levels.join(", ")}` };
  }
  for (const label of labels) {
    if (!knownLabels.has(label)) {
      return { ok: false, problem: `"${clip(label)}" is not a label that the published policy knows` };
    }
  }
  return { ok: true, value: sensitivity(level, labels) };
}

export function isLevel(text: unknown): text is Level {
  return levels.includes(text as Level);
}

const clip = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
