// The closed vocabulary of the policy files, and the words a bundle adds to it by `word` rows.
// The readers check every cell against it; a word that is not here is refused, never ignored.

import { builtInLabels } from "../core/sensitivity.ts";
import type { Action } from "../core/request.ts";
import { findingKinds } from "../detect/kinds.ts";
import { lexiconCategory } from "../detect/words/lexicon.ts";

export const actions = ["complete", "embed", "image", "moderate"] as const satisfies readonly Action[];

export const effects = ["allow", "deny"] as const;
export type Effect = (typeof effects)[number];

/** What happens to a finding, in the order in which they are asked for: the first that a row grants is done. */
export const safetyActions = ["block", "redact", "flag"] as const;

/** How answers are let out, asked for in this order too; where no row grants one, `hold`. */
export const releaseModes = ["complete", "hold", "lookahead"] as const;

/** What else a `p2` row can say of the regime that answers stand under. */
export const regimeWords = [...releaseModes, "check-first", "demand", "fail-open"] as const;
export type RegimeWord = (typeof regimeWords)[number];

/** What a regime row is about: all findings, or the classifier that it demands. */
export const regimeCategory = (word: RegimeWord): string =>
  word === "demand" ? "semantic-classifier" : "anything";

export const environments = ["production", "staging", "test", "development"] as const;
export type Environment = (typeof environments)[number];

/** Guarantees and how a sentence names them. `region:<x>` is known besides. */
export const guaranteeNames: Readonly<Record<string, string>> = {
  "no-training": "no training",
  "zero-retention": "zero retention",
  "retention-30": "retention of at most 30 days",
  baa: "a BAA",
  dpa: "a DPA",
  soc2: "SOC 2",
  "self-hosted": "self-hosting",
};

/** The hazards of Llama Guard 3; only semantic classifiers find them. */
const hazardCodes: readonly string[] = Array.from({ length: 14 }, (_, index) => `S${index + 1}`);

/** What safety rows can be about. A category covers everything below it: `secret` also `secret.jwt`. */
export const categoryRoots = [
  "secret",
  "pci",
  "pii",
  "phi",
  "contact",
  "leak",
  "lexicon",
  "unknown",
  ...hazardCodes,
] as const;

/** What a deny row can name a provider by, besides its guarantees. */
export const identityKinds = ["vendor", "family", "model", "provider"] as const;
export type IdentityKind = (typeof identityKinds)[number];

/** Kinds of finding that no row may put on observe: a checksum or a fixed form already proves them. */
export const certainKinds = [
  "secret",
  "pci",
  "credit-card",
  "iban",
  "private-key",
  "jwt",
  "password",
  "generic-secret",
  "authorization",
] as const;

export const wordKinds = ["label", "guarantee", "category"] as const;
export type WordKind = (typeof wordKinds)[number];

export interface Vocabulary {
  readonly labels: ReadonlySet<string>;
  readonly guarantees: ReadonlySet<string>;
  readonly categories: ReadonlySet<string>;
  /** Of words.csv; undefined where the bundle has none, and rows may name lists that are not there yet. */
  readonly lists: readonly string[] | undefined;
}

export function vocabularyOf(
  declared: readonly { kind: WordKind; name: string }[],
  lists?: readonly string[],
): Vocabulary {
  const named = (kind: WordKind): string[] =>
    declared.filter((word) => word.kind === kind).map((word) => word.name);
  return {
    labels: new Set([...builtInLabels, ...named("label")]),
    guarantees: new Set([...Object.keys(guaranteeNames), ...named("guarantee")]),
    categories: new Set([...categoryRoots, ...named("category")]),
    lists,
  };
}

const region = /^region:[a-z0-9][a-z0-9-]{0,30}$/;

export const isGuarantee = (word: string, vocabulary: Vocabulary): boolean =>
  vocabulary.guarantees.has(word) || region.test(word);

/** Ours are closed: a kind that is misspelt would match nothing, for good. */
const closedRoots: readonly string[] = [...Object.keys(findingKinds), "leak", "unknown", ...hazardCodes];

const foundKinds: readonly string[] = [
  ...Object.entries(findingKinds).flatMap(([label, kinds]) => kinds.map((kind) => `${label}.${kind}`)),
  "leak.system-prompt",
];

const knownBelow: ReadonlySet<string> = new Set(foundKinds.flatMap(categoryChain));

/** Below categories of a company's own anything may stand; below ours, what is found. */
export function isCategory(word: string, vocabulary: Vocabulary): boolean {
  if (vocabulary.categories.has(word) || knownBelow.has(word)) return true;
  const root = word.split(".")[0] ?? "";
  if (closedRoots.includes(root)) return false;
  if (root === "lexicon" && vocabulary.lists !== undefined)
    return listCategories(vocabulary).some((known) => categoryChain(known).includes(word));
  return categoryChain(word).some((part) => vocabulary.categories.has(part));
}

export const listCategories = ({ lists }: Pick<Vocabulary, "lists">): readonly string[] =>
  (lists ?? []).map(lexiconCategory);

/** For suggestions: roots, and all that is found below them. */
export const everyCategory = (vocabulary: Vocabulary): readonly string[] => [
  ...vocabulary.categories,
  ...knownBelow,
  ...listCategories(vocabulary),
];

/** What a `p3` row can name: a label, a kind, or both as `contact.phone`. */
export const observableKinds: readonly string[] = [
  ...Object.keys(findingKinds),
  ...Object.values(findingKinds).flat(),
  ...knownBelow,
];

/** `pii.us-ssn` → itself, `pii.us`, `pii`. The root, which a company may have named itself, stays whole. */
export function categoryChain(category: string): readonly string[] {
  const root = /^[^.]*/.exec(category)?.[0] ?? "";
  const ends = [...category.slice(root.length).matchAll(/[.-]/g)].map(({ index }) => root.length + index);
  return [category, ...ends.toReversed().map((end) => category.slice(0, end))];
}

/** A name a person makes up: a rule, a role, a label, a group. Lower case, so that nobody can spell it twice. */
export const isName = (word: string): boolean => /^[a-z0-9][a-z0-9._-]{0,63}$/.test(word);
