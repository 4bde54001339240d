// The closed vocabulary of the policy files, and the words a bundle adds to it by `word` rows.
// The readers check every cell against it; a word that is not here is refused, never ignored.

import { builtInLabels } from "../core/sensitivity.ts";
import type { Action } from "../core/request.ts";

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

/** What safety rows can be about. A category covers everything below it: `secret` also `secret.aws`. */
export const categoryRoots = [
  "secret",
  "pci",
  "pii",
  "phi",
  "contact",
  "leak",
  "lexicon",
  "unknown",
  ...Array.from({ length: 14 }, (_, index) => `S${index + 1}`),
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
}

export function vocabularyOf(declared: readonly { kind: WordKind; name: string }[]): Vocabulary {
  const named = (kind: WordKind): string[] =>
    declared.filter((word) => word.kind === kind).map((word) => word.name);
  return {
    labels: new Set([...builtInLabels, ...named("label")]),
    guarantees: new Set([...Object.keys(guaranteeNames), ...named("guarantee")]),
    categories: new Set([...categoryRoots, ...named("category")]),
  };
}

const region = /^region:[a-z0-9][a-z0-9-]{0,30}$/;

export const isGuarantee = (word: string, vocabulary: Vocabulary): boolean =>
  vocabulary.guarantees.has(word) || region.test(word);

/** `secret.aws` is known where `secret` is. */
export const isCategory = (word: string, vocabulary: Vocabulary): boolean =>
  categoryChain(word).some((part) => vocabulary.categories.has(part));

/** `pii.us.ssn` → itself, `pii.us`, `pii`. */
export function categoryChain(category: string): readonly string[] {
  const parts = category.split(".");
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("."));
}

/** A name a person makes up: a rule, a role, a label, a group. Lower case, so that nobody can spell it twice. */
export const isName = (word: string): boolean => /^[a-z0-9][a-z0-9._-]{0,63}$/.test(word);
