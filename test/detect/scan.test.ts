// What the scan finds, where, and what it leaves alone.

import { glue } from "./glue.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { scan } from "../../src/detect/scan.ts";
import { scanSliced } from "../../src/detect/sliced.ts";
import { knownValues, ordinary } from "./known-values.ts";

const found = (text: string): string[] =>
  scan(text).map(({ label, kind, start, end }) => `${label}.${kind} ${text.slice(start, end)}`);

for (const { category, value, sentence } of knownValues) {
  test(`finds ${category} in "${sentence}"`, () => {
    assert.deepEqual(found(sentence.replace("{}", value)), [`${category} ${value}`]);
  });
}

for (const text of ordinary) {
  test(`finds nothing in "${text.slice(0, 60)}"`, () => assert.deepEqual(found(text), []));
}

test("a checksum that fails is no hit", () => {
  for (const text of [
    "4111 1111 1111 1112",
    "GB82 WEST 1234 5698 7654 33",
    "12345678A",
    "S1234567A",
    "44051401358",
  ]) {
    assert.deepEqual(found(`It is ${text} here.`), []);
  }
});

test("a private key is one hit from its first line to its last", () => {
  const key = `${glue("-----BEGIN EC PRIV", "ATE KEY")}-----\n${"MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04f".repeat(4)}\n-----END EC PRIVATE KEY-----`;
  assert.deepEqual(found(`before ${key} after`), [`secret.private-key ${key}`]);
});

test("medical words count beside an identity and nowhere else", () => {
  assert.deepEqual(found("Diabetes and cancer are diseases."), []);
  const spans = scan("Patient 536-90-4399 has diabetes.").map((span) => `${span.label}.${span.kind}`);
  assert.deepEqual(spans, ["pii.us-ssn", "phi.medical-term"]);
});

test("disguises are seen through, with offsets of the raw text", () => {
  const card = "4111111111111111";
  const disguises = [
    card.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)),
    card.split("").join("\u200b"),
    card.split("").join("\u{e0041}"),
    card.replace(/\d/g, (digit) => String.fromCodePoint(0x1d7ce + Number(digit))),
    card.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit))),
    card.replace(/(\d{4})(?=\d)/g, "$1\u00a0"),
    card.replace(/(\d{4})(?=\d)/g, "$1\u2011"),
    card.replace("1", "\\u0031"),
  ];
  for (const disguise of disguises) {
    const text = `“Karte” ${disguise} — ja`;
    assert.deepEqual(found(text), [`pci.credit-card ${disguise}`]);
  }
  assert.deepEqual(found("mail to jоhn.dоe＠exаmple.com now"), ["contact.email jоhn.dоe＠exаmple.com"]);
});

test("text spelled in tag characters is read", () => {
  const hidden = Array.from("536-90-4399", (one) => String.fromCodePoint(0xe0000 + one.charCodeAt(0))).join(
    "",
  );
  assert.deepEqual(found(`Hello${hidden} world`), [`pii.us-ssn ${hidden}`]);
});

test("the graver reading wins where two claim the same characters", () => {
  assert.deepEqual(found("at https://jane:Pa55w0rd9@mail.example.com/x now"), [
    "secret.connection-string https://jane:Pa55w0rd9@mail.example.com/x",
  ]);
});

test("a long text gives the same hits in slices as at once", async () => {
  const text = knownValues
    .map(({ value, sentence }) => sentence.replace("{}", value))
    .join("\nand so on, \n")
    .repeat(12);
  const sliced = await scanSliced(text);
  assert.ok(text.length > 30_000);
  assert.deepEqual(
    sliced.filter((span) => span.label !== "phi"),
    scan(text).filter((span) => span.label !== "phi"),
  );
});
