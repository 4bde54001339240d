// Listed phrases are found as whole words, through disguise, in one pass: the same as a search that tries every place,
// whatever the slices, and in a time that does not hang on how many phrases there are or how they overlap.

import assert from "node:assert/strict";
import { test } from "node:test";
import { findTerms } from "../../src/detect/words/find-terms.ts";
import { Lexicon } from "../../src/detect/words/lexicon.ts";
import { TermRun, type TermHit } from "../../src/detect/words/term-run.ts";
import { randomSource } from "../safety/guarded.ts";

const listing = (...phrases: string[]): Lexicon =>
  new Lexicon(phrases.map((phrase) => ({ list: "names", phrase })));
const found = (text: string, ...phrases: string[]): string[] =>
  findTerms(text, listing(...phrases)).map(({ start, end }) => text.slice(start, end));

test("whole words in any case, with white space, hyphens, quotes or emphasis between them", () => {
  const text = "Project  Falcon's; project-falcon; PROJECT_FALCON, project\n\tfalcon; Project **Falcon**";
  assert.deepEqual(found(text, "Project Falcon"), [
    "Project  Falcon",
    "project-falcon",
    "PROJECT_FALCON",
    "project\n\tfalcon",
    "Project **Falcon",
  ]);
  assert.deepEqual(found("projectfalcon Falconry prefalcon project, falcon. Falcon", "project falcon"), []);
  assert.deepEqual(
    found("AT&T, AT & T; at t C++ v2.0 v20 O'Brien o brien", "AT&T", "C++", "v2.0", "O'Brien"),
    ["AT&T", "AT & T", "C++", "v2.0", "O'Brien", "o brien"],
  );
  assert.deepEqual(found("Falcon™ Falcon® (falcon)", "falcon"), ["Falcon", "Falcon", "falcon"]);
});

test("text without spaces is searched inside, Korean endings included", () => {
  assert.deepEqual(found("关于猎鹰项目的会议", "猎鹰项目"), ["猎鹰项目"]);
  assert.deepEqual(found("次期ファルコンの計画、ファル\nコン", "ファルコン"), ["ファルコン", "ファル\nコン"]);
  assert.deepEqual(found("오늘 팔콘은 좋다", "팔콘"), ["팔콘"]);
  assert.deepEqual(found("โครงการเหยี่ยวใหญ่", "เหยี่ยว"), ["เหยี่ยว"]);
  assert.deepEqual(found("Falconは Falcon号", "Falcon"), ["Falcon", "Falcon"]);
});

test("disguise is seen through, and an accent makes another word where it stands in its letter", () => {
  const disguised = ["f\u200balcon", "ｆａｌｃｏｎ", "fаlcоn", "\\u0066alcon", "falco\u0301n", "𝐟𝐚𝐥𝐜𝐨𝐧"];
  assert.deepEqual(found(disguised.join(", "), "Falcon"), disguised);
  assert.deepEqual(found("Schön schon SCHÖN scho\u0308n sch\\u00f6n", "schön"), [
    "Schön",
    "SCHÖN",
    "scho\u0308n",
    "sch\\u00f6n",
  ]);
  assert.deepEqual(found("ΝΕΟΣ ΚΗΠΟΣ, νεος κηπος, Новый Сад, НОВЫЙ САД", "Νεος Κηπος", "новый сад"), [
    "ΝΕΟΣ ΚΗΠΟΣ",
    "νεος κηπος",
    "Новый Сад",
    "НОВЫЙ САД",
  ]);
});

test("it finds what a search that tries every place finds, in whatever slices it reads", () => {
  const random = randomSource(3);
  const pick = <T>(some: readonly T[]): T => some[Math.floor(random() * some.length)] as T;
  const vocabulary = ["ab", "abc", "ba", "b1", "c"];
  const gaps = [" ", "  ", "-", "\n", ", ", "'"];
  const phrase = (): string =>
    Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(vocabulary)).join(" ");
  for (let round = 0; round < 300; round++) {
    const phrases = [...new Set(Array.from({ length: 1 + (round % 8) }, phrase))];
    const text = Array.from({ length: 60 }, () => pick(vocabulary) + pick(gaps)).join("");
    const lexicon = new Lexicon(phrases.map((one, index) => ({ list: `list-${index}`, phrase: one })));
    const run = new TermRun(lexicon, false);
    const hits: TermHit[] = [];
    while (run.position < text.length) {
      const to = Math.min(text.length, run.position + 1 + Math.floor(random() * 20));
      run.read(text, run.position, to, hits);
    }
    run.end(text, text.length, hits);
    const told = hits.map(({ kind, start, end }) => `${start} ${end} ${kind.list}`).sort();
    assert.deepEqual(told, everyPlace(text, phrases).sort(), `${text} | ${phrases.join("; ")}`);
  }
});

function everyPlace(text: string, phrases: readonly string[]): string[] {
  return phrases.flatMap((phrase, index) => {
    const pattern = phrase.replaceAll(" ", "[ \\n'-]+");
    const places: string[] = [];
    for (let at = 0; at < text.length; at++) {
      const match = new RegExp(`(?<![a-z0-9])${pattern}(?![a-z0-9])`, "y");
      match.lastIndex = at;
      if (match.test(text)) places.push(`${at} ${match.lastIndex} list-${index}`);
    }
    return places;
  });
}

test("it reads in linear time whatever the lists and the text", (context) => {
  const prose =
    "In 2024 the team wrote 12 reports; the 3rd of them went to Berlin, and nobody objected. ".repeat(2_000);
  const random = randomSource(7);
  const syllable = (): string =>
    "bdfgklmnprst"[Math.floor(random() * 12)] + "aeiou"[Math.floor(random() * 5)]!;
  const word = (): string => syllable() + syllable() + syllable();
  for (const count of [10, 1_000, 5_000]) {
    const phrases = Array.from({ length: count }, (_, index) =>
      index % 10 ? `${word()} ${word()}` : `the ${word()}`,
    );
    const lexicon = listing(...phrases);
    for (let warm = 0; warm < 3; warm++) findTerms(prose, lexicon);
    const began = performance.now();
    findTerms(prose, lexicon);
    const perKilobyte = ((performance.now() - began) * 1_000 * 1_024) / prose.length;
    context.diagnostic(`${count} phrases: ${perKilobyte.toFixed(1)} µs per KB of prose`);
    assert.ok(perKilobyte < 500);
  }
  const nested = listing(...Array.from({ length: 120 }, (_, index) => "a1 ".repeat(index + 1)));
  const began = performance.now();
  const hits = findTerms("a1 ".repeat(50_000), nested);
  assert.equal(hits.length, 50_000, "one hit of a kind ends in one place");
  assert.ok(performance.now() - began < 10_000);
});
