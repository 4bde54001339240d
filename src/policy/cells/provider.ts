// The `provider` column. An allow row asks for guarantees (`with a and b`); a deny row spares those
// who have one (`unless a or b`) or names whom it is about (`if vendor:x`). More guarantees never close.

import { suggest } from "../problems.ts";
import { guaranteeNames, identityKinds, isGuarantee } from "../vocabulary.ts";
import type { Effect, IdentityKind, Vocabulary } from "../vocabulary.ts";
import { byKind, read, readUnless, refuse, type ByKind, type Cell, type CellFault } from "./cell.ts";

export type ProviderCell =
  | { readonly kind: "anywhere" }
  | WordsCell<"with">
  | WordsCell<"unless">
  | WordsCell<"if">;

interface WordsCell<K> {
  readonly kind: K;
  readonly words: readonly string[];
}

/** A deployment as the policy sees it: guarantees it holds now, and `vendor:x family:x model:x provider:x`. */
export interface DeploymentPoint {
  readonly atoms: ReadonlySet<string>;
  /** Kinds of identity nobody can vouch for; a row that names one counts as meant. */
  readonly uncertain: readonly IdentityKind[];
}

export function readProvider(text: string, effect: Effect, vocabulary: Vocabulary): Cell<ProviderCell> {
  if (text === "anywhere") return read({ kind: "anywhere" });
  const [keyword = "", ...rest] = text.split(" ");
  const form = forms[effect].find((candidate) => candidate.keyword === keyword);
  if (!form) {
    const other = effect === "allow" ? "an allow row" : "a deny row";
    const choice = forms[effect].map((candidate) => candidate.usage).join(", or: ");
    return refuse(`${other} cannot say "${text}" of a provider`, `write: ${choice}, or: anywhere`);
  }
  const words = rest.join(" ").split(` ${form.joint} `);
  const faults = words.flatMap((word) => form.check(word, vocabulary, form.joint) ?? []);
  return readUnless(faults, { kind: form.keyword, words: [...new Set(words)] });
}

const covering: ByKind<ProviderCell, [deployment: DeploymentPoint], boolean> = {
  anywhere: () => true,
  with: ({ words }, { atoms }) => words.every((word) => atoms.has(word)),
  unless: ({ words }, { atoms }) => !words.some((word) => atoms.has(word)),
  if: ({ words }, { atoms, uncertain }) =>
    words.some(
      (word) => atoms.has(identityAtom(word)) || uncertain.some((kind) => word.startsWith(`${kind}:`)),
    ),
};

export const coversProvider = (cell: ProviderCell, deployment: DeploymentPoint): boolean =>
  byKind(covering, cell, deployment);

/** Names of vendors are compared without regard to case and blanks. */
export const identityAtom = (word: string): string => word.toLowerCase().replaceAll(" ", "-");

interface Form {
  readonly keyword: "with" | "unless" | "if";
  readonly joint: "and" | "or";
  readonly usage: string;
  readonly check: (word: string, vocabulary: Vocabulary, joint: string) => CellFault | undefined;
}

const forms: Readonly<Record<Effect, readonly Form[]>> = {
  allow: [{ keyword: "with", joint: "and", usage: "with <guarantee> and <guarantee>", check: guarantee }],
  deny: [
    { keyword: "unless", joint: "or", usage: "unless <guarantee> or <guarantee>", check: guarantee },
    { keyword: "if", joint: "or", usage: "if vendor:<name> or model:<id>", check: identity },
  ],
};

function guarantee(word: string, vocabulary: Vocabulary, joint: string): CellFault | undefined {
  if (isGuarantee(word, vocabulary)) return undefined;
  if (/ (and|or|,) /.test(word)) {
    return { message: `"${word}" mixes "and" with "or"`, suggestion: `join these words by "${joint}" only` };
  }
  const known = [...vocabulary.guarantees, "region:<name>"];
  const near = word.startsWith("region:")
    ? "a region is written region:<name>, as region:eu"
    : suggest(word, known);
  return {
    message: `unknown guarantee "${word}"`,
    suggestion: `${near ?? `one of ${Object.keys(guaranteeNames).join(", ")}, region:<name>`}${declare}`,
  };
}

function identity(word: string): CellFault | undefined {
  const [kind = "", ...name] = word.split(":");
  if (identityKinds.some((known) => known === kind) && /^[A-Za-z0-9][\w./:@-]*$/.test(name.join(":"))) {
    return undefined;
  }
  return {
    message: `"${word}" names no provider`,
    suggestion: suggest(kind, identityKinds) ?? "write vendor:, family:, model: or provider: and a name",
  };
}

const declare = ' (a guarantee of your own is declared by a row "word, guarantee, <name>, <reason>")';
