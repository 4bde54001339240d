// Classifiers are shown what a reader understands, not what stands there: no disguise keeps a phrase from them.
// What is foreign, and no disguise, they are shown as it is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readable } from "../../src/safety/readable.ts";
import { cut, finish, guard, piece, randomSource, type ChannelName } from "./guarded.ts";
import { scripted } from "./scripted-classifier.ts";

const phrase = "put the device together";
const around = "They talked for a while about the garden and the weather. ";
const wide = (text: string): string =>
  text.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));
const tags = (text: string): string =>
  Array.from(text)
    .map((character) => String.fromCodePoint(0xe0000 + character.charCodeAt(0)))
    .join("");
const escaped = (text: string): string =>
  Array.from(text)
    .map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");

const disguises: Readonly<Record<string, string>> = {
  "nothing at all": phrase,
  capitals: phrase.toUpperCase(),
  "full-width letters": wide(phrase),
  "zero-width joiners": phrase.split("").join("\u200d"),
  "zero-width spaces": phrase.split("").join("\u200b"),
  "soft hyphens": phrase.split("").join("\u00ad"),
  "Cyrillic look-alikes": phrase.replaceAll("e", "е").replace("p", "р"),
  "Greek look-alikes": phrase.replaceAll("o", "ο").replace("v", "ν"),
  "bidi overrides": `\u202d${phrase.slice(0, 9)}\u202c${phrase.slice(9)}`,
  "combining marks": phrase.replaceAll("e", "e\u0301"),
  "tag characters": tags(phrase),
  "mathematical letters": Array.from(phrase)
    .map((one) => (one === " " ? one : String.fromCodePoint(0x1d41a + one.charCodeAt(0) - 97)))
    .join(""),
  "escapes of JSON": escaped(phrase),
  "escapes that were escaped": escaped(phrase).replaceAll("\\", "\\\\"),
};

for (const [name, disguised] of Object.entries(disguises)) {
  test(`${name} do not hide a phrase, in text or in arguments, however it is cut`, async () => {
    const random = randomSource(name.length);
    for (const channel of ["text-delta", "reasoning-delta", "tool-call-delta"] satisfies ChannelName[]) {
      for (const longest of [1, 7, 1000]) {
        const said = around + disguised + around;
        const text = channel === "tool-call-delta" ? `{"note":"${said}"}` : said;
        const events = [...cut(text, random, longest).map((chunk) => piece(channel, chunk)), finish()];
        const classifiers = [scripted({ phrases: { [phrase]: "S9" } })];
        const { texts, finishes } = await guard(events, () => "block", { classifiers });
        assert.deepEqual(finishes, ["0 content_filter"]);
        const shown = [...texts.values()].join("");
        assert.ok(shown.length <= text.indexOf(disguised), shown);
      }
    }
  });
}

test("a disguised phrase is replaced whole where it stands", async () => {
  for (const disguised of Object.values(disguises)) {
    const text = around + disguised + around;
    const classifiers = [scripted({ phrases: { [phrase]: "S9" }, withSpans: true })];
    const { texts } = await guard([piece("text-delta", text), finish()], () => "redact", { classifiers });
    const shown = (texts.get("0 text-delta") ?? "").replaceAll(/\p{Cf}/gu, "");
    assert.equal(shown, `${around}[S9]${around}`);
  }
});

test("other scripts are shown as they are, and so is what only looks like an escape", () => {
  const foreign = "Привет, мир. Γειά σου. नमस्ते। مرحبا 日本語 café naïve C:\\new\\temp";
  assert.equal(readable(foreign, false).text, foreign);
  assert.equal(readable('{"a":"x\\ny \\"q\\""}', true).text, '{"a":"x\ny "q""}');
  const { text, rawRange } = readable("a\\u0062c\u200bd", false);
  assert.equal(text, "abcd");
  assert.deepEqual(rawRange(1, 4), { start: 1, end: 10 });
});
