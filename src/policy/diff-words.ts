// What changes between two versions of words.csv, in sentences, list by list. `app/policy-desk.ts` shows it with the
// rest of a diff: a phrase that is gone is found no more.

import { formatSensitivity } from "../core/sensitivity.ts";
import { joinWords } from "./sentences.ts";
import type { ListedTerm } from "./words-file.ts";

/** Of one kind of change; the files themselves hold the rest. */
const mostNamed = 100;

export function diffWords(before: readonly ListedTerm[], after: readonly ListedTerm[]): readonly string[] {
  const [was, is] = [byList(before), byList(after)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .sort()
    .flatMap((list) => changesOf(list, was.get(list), is.get(list)));
}

type Phrases = ReadonlyMap<string, ListedTerm>;

function byList(terms: readonly ListedTerm[]): ReadonlyMap<string, Phrases> {
  return new Map(
    [...Map.groupBy(terms, ({ list }) => list)].map(([list, some]) => [
      list,
      new Map(some.map((term) => [term.phrase, term])),
    ]),
  );
}

function changesOf(list: string, was: Phrases | undefined, is: Phrases | undefined): readonly string[] {
  if (was === undefined && is !== undefined) return [`New list ${list}: ${named([...is.keys()])}.`];
  if (is === undefined && was !== undefined) return [`Gone: the list ${list} (${named([...was.keys()])}).`];
  if (is === undefined || was === undefined) return [];
  const added = [...is.keys()].filter((phrase) => !was.has(phrase));
  const gone = [...was.keys()].filter((phrase) => !is.has(phrase));
  const retagged = [...is.values()].flatMap((term) => {
    const old = was.get(term.phrase);
    return old !== undefined && countsAs(old) !== countsAs(term)
      ? [`Changed in ${list}: a request with "${term.phrase}" ${countsAs(term)}, so far it ${countsAs(old)}.`]
      : [];
  });
  return [
    ...(added.length === 0 ? [] : [`New in ${list}: ${named(added)}.`]),
    ...(gone.length === 0 ? [] : [`Gone from ${list}: ${named(gone)}.`]),
    ...retagged,
  ];
}

function named(phrases: readonly string[]): string {
  const shown = phrases.slice(0, mostNamed).map((phrase) => `"${phrase}"`);
  const rest = phrases.length - shown.length;
  return joinWords(rest === 0 ? shown : [...shown, `${rest} more`], "and");
}

const countsAs = ({ data }: ListedTerm): string =>
  data === undefined ? "counts as it would without" : `counts as ${formatSensitivity(data)} at least`;
