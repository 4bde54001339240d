// What each row type looks like: its columns, and how each cell is read. One table, so that adding a
// column or a row type is a row here. `parse-policy.ts` walks it.

import { readCeiling, readFloor } from "./cells/data.ts";
import { readDoes } from "./cells/does.ts";
import { readProvider } from "./cells/provider.ts";
import { readWhen } from "./cells/when.ts";
import { readSubject, readWho } from "./cells/who.ts";
import { read, readUnless, refuse, type Cell } from "./cells/cell.ts";
import { suggest } from "./problems.ts";
import type { PolicyRow } from "./rows.ts";
import { readSafetyData, safetyWords } from "./safety-grammar.ts";
import * as words from "./vocabulary.ts";
import type { Effect, Vocabulary } from "./vocabulary.ts";

/** What a reader may look at besides its own cell. */
export interface RowContext {
  readonly vocabulary: Vocabulary;
  /** Groups that `g3` rows make. */
  readonly groups: ReadonlySet<string>;
  /** The row's own effect, where its type has one that can be read. */
  readonly effect: Effect | undefined;
  /** What stands where a `p2` row has its action. */
  readonly action: string | undefined;
  readonly now: number;
}

export interface Column {
  readonly name: string;
  readonly read: (text: string, context: RowContext) => Cell<unknown>;
}

/** Longest time a team may be on observe. */
const observeDays = 30;

const day = 86_400_000;

const rule: Column = {
  name: "rule",
  read: (text) =>
    words.isName(text)
      ? read(text)
      : refuse(`"${text}" is no rule name`, "use lower-case letters, digits, dots and hyphens"),
};
const because: Column = {
  name: "because",
  read: (text) =>
    text === ""
      ? refuse("the row has no reason", "say in the last column why, as: GDPR Art. 44")
      : read(text),
};
const who: Column = { name: "who", read: readWho };
const team: Column = { name: "team", read: (text) => readSubject(text, ["team"]) };

/** In the order of the cells; the row type itself is cell 1. */
export const columns: Readonly<Record<PolicyRow["type"], readonly Column[]>> = {
  p: [
    rule,
    { name: "effect", read: oneOf("effect", words.effects) },
    who,
    { name: "does", read: readDoes },
    { name: "data", read: dataOfEffect },
    {
      name: "provider",
      read: (text, { effect, vocabulary }) => (effect ? readProvider(text, effect, vocabulary) : unread),
    },
    { name: "when", read: (text, { effect }) => (effect ? readWhen(text, effect) : unread) },
    because,
  ],
  p2: [
    rule,
    { name: "action", read: oneOf("safety action", safetyWords) },
    who,
    { name: "data", read: (text, { action, vocabulary }) => readSafetyData(text, action, vocabulary) },
    { name: "category", read: readCategory },
    because,
  ],
  p3: [rule, team, { name: "kinds", read: readKinds }, { name: "until", read: readUntil }, because],
  g: [
    { ...team, name: "from" },
    { name: "to", read: (text) => readSubject(text, ["role"]) },
  ],
  g2: [
    { name: "from", read: readGuarantee },
    { name: "to", read: readGuarantee },
  ],
  g3: [
    { name: "from", read: (text, { vocabulary }) => knownCategory(text, vocabulary, []) },
    {
      name: "to",
      read: (text) =>
        words.isName(text) && !words.regimeWords.map(words.regimeCategory).includes(text)
          ? read(text)
          : refuse(`"${text}" is no group name`),
    },
  ],
  word: [
    { name: "kind", read: oneOf("kind of word", words.wordKinds) },
    {
      name: "name",
      read: (text) =>
        words.isName(text)
          ? read(text)
          : refuse(`"${text}" is no word`, "use lower-case letters, digits, dots and hyphens"),
    },
    because,
  ],
};

/** Stands for a cell whose meaning hangs on an effect that could not be read: that is said once, there. */
const unread: Cell<unknown> = read(undefined);

function oneOf(what: string, known: readonly string[]): Column["read"] {
  return (text) =>
    known.includes(text)
      ? read(text)
      : refuse(text === "" ? `the ${what} is missing` : `unknown ${what} "${text}"`, suggest(text, known));
}

function dataOfEffect(text: string, { effect, vocabulary }: RowContext): Cell<unknown> {
  if (effect === undefined) return unread;
  return effect === "allow" ? readCeiling(text, vocabulary) : readFloor(text, vocabulary);
}

function readGuarantee(text: string, { vocabulary }: RowContext): Cell<string> {
  return words.isGuarantee(text, vocabulary)
    ? read(text)
    : refuse(`unknown guarantee "${text}"`, suggest(text, vocabulary.guarantees));
}

function readCategory(text: string, { action, vocabulary, groups }: RowContext): Cell<string> {
  const word = words.regimeWords.find((known) => known === action);
  if (word !== undefined) {
    const wanted = words.regimeCategory(word);
    return text === wanted
      ? read(text)
      : refuse(`a ${word} row is about ${wanted}, not about "${text}"`, `write: ${wanted}`);
  }
  return text === "anything" || groups.has(text)
    ? read(text)
    : knownCategory(text, vocabulary, ["anything", ...groups]);
}

function knownCategory(text: string, vocabulary: Vocabulary, besides: readonly string[]): Cell<string> {
  return words.isCategory(text, vocabulary)
    ? read(text)
    : refuse(`unknown category "${text}"`, suggest(text, [...besides, ...words.everyCategory(vocabulary)]));
}

function readKinds(text: string): Cell<readonly string[]> {
  const kinds = text.split(" and ");
  const certain: readonly string[] = words.certainKinds;
  const faults = kinds.flatMap((kind) => {
    if (!words.observableKinds.includes(kind))
      return [
        { message: `unknown kind of finding "${kind}"`, suggestion: suggest(kind, words.observableKinds) },
      ];
    const proven = certain.some((known) => words.categoryChain(kind).includes(known));
    return proven
      ? [{ message: `"${kind}" is certain when it is found, so it cannot be observed only` }]
      : [];
  });
  return readUnless(faults, kinds);
}

/** The day named is the last on which it holds. */
function readUntil(text: string, { now }: RowContext): Cell<number> {
  const start = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(start) || !new Date(start).toISOString().startsWith(text)) {
    return refuse(`"${text}" is no date`, "write a day, as 2026-12-31");
  }
  const last = new Date(now + observeDays * day).toISOString().slice(0, 10);
  return start > now + observeDays * day
    ? refuse(`a team is on observe for at most ${observeDays} days`, `${last} is the last possible day`)
    : read(start + day);
}
