// Texts with violations planted in them: synthetic values of real form, put together at run time.
// The chunking and leak tests use them. `hidden` is what must never be seen, in any part.

import { glue } from "../detect/glue.ts";

export interface Planted {
  readonly name: string;
  readonly text: string;
  /** Every one of these must be gone from redacted output. */
  readonly hidden: readonly string[];
  readonly categories: readonly string[];
}

const filler = "Alphanumeric0Body1With2Mixed3Case4Letters5And6Digits7";
export const githubToken = `ghp_${filler.slice(0, 36)}`;
export const anthropicKey = `${glue("sk-ant-", "api03-")}${filler}`;
export const card = ["4111", "1111", "1111", "1111"].join(" ");
const keyLine = glue("MIIEpAIBAAKCAQEA", "q7Zx9LkPmN2vB4cD8eF1gH3jK5tR6wY0uI");
export const privateKey = [
  ["-----BEGIN RSA PRIV", "ATE KEY-----"].join(""),
  ...Array.from({ length: 14 }, (_, index) => keyLine + String.fromCharCode(65 + index)),
  ["-----END RSA PRIV", "ATE KEY-----"].join(""),
].join("\n");
const iban = "DE89 3704 0044 0532 0130 00";
const jwt = [
  "eyJhbGciOiJIUzI1NiJ9",
  "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvIn0",
  "dBjftJeZ4CVPmB92K27uhbUJU1p1r",
].join(".");
const longJwt = [
  "eyJhbGciOiJSUzI1NiIs" + "Ab3".repeat(60),
  "eyJzdWIiOiIx" + "Cd4".repeat(300),
  "Ef5".repeat(60),
].join(".");
const wide = (text: string): string =>
  text.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));

const about = "In 2024 we wrote 3 letters (on 5 May) to the Bank of Rome, and then: ";
const after = " — which is fine. NASA HQ 5, room 12 b, 17:30. The end";

function planted(
  name: string,
  secret: string,
  category: string,
  hidden: readonly string[] = [secret],
): Planted {
  return { name, text: about + secret + after, hidden, categories: [category] };
}

export const plantedTexts: readonly Planted[] = [
  planted("a token", githubToken, "secret.github-token"),
  planted("a provider key", anthropicKey, "secret.anthropic-key"),
  planted("a card in groups", card, "pci.credit-card"),
  planted("a card in a row", card.replaceAll(" ", ""), "pci.credit-card"),
  planted("an IBAN in groups", iban, "pii.iban"),
  planted("an IBAN in small letters", iban.toLowerCase(), "pii.iban"),
  planted("a social security number", glue("536-90-", "4399"), "pii.us-ssn"),
  planted("a JWT", jwt, "secret.jwt"),
  planted("a JWT longer than what is held", longJwt, "secret.jwt"),
  planted("a private key", privateKey, "secret.private-key", [keyLine]),
  planted("a private key in a JSON string", JSON.stringify(privateKey).slice(1, -1), "secret.private-key", [
    keyLine,
  ]),
  planted(
    "a private key in the JSON of an account",
    `{"private_key": ${JSON.stringify(privateKey)}}`,
    "secret.private-key",
    [keyLine],
  ),
  planted(
    "a connection string",
    glue("postgres://app:", "S3cr,et;Pw@db.internal:5432/app"),
    "secret.connection-string",
  ),
  planted("a password", glue("password: ", "Hunter22xyz"), "secret.password", ["Hunter22xyz"]),
  planted(
    "a quoted password full of signs",
    `password: "${glue("{{p}a)ss", "${w]or,d9;<|#here}}")}"`,
    "secret.password",
    [glue("{{p}a)ss", "${w]or,d9;<|#here}}"), "w]or"],
  ),
  planted(
    "a quoted key full of signs",
    `'api_key': '${glue("q7Zx9L,kPmN2v;", "B4cD8e|F1g")}'`,
    "secret.generic-secret",
    ["q7Zx9L", "B4cD8e"],
  ),
  planted("an e-mail address", "jane.doe@example.com", "contact.email"),
  planted("an escaped e-mail address", "jane.doe\\u0040example.com", "contact.email"),
  planted("a phone number", "+44 20 7946 0958", "contact.phone"),
  planted("a date of birth", "born on 12 March 1980", "pii.date-of-birth", ["12 March 1980"]),
  planted("full-width digits", wide(card), "pci.credit-card"),
  planted("zero-width joiners", card.split("").join("\u200d"), "pci.credit-card"),
  planted("a bidi override", `\u202e${card.slice(0, 7)}\u202c${card.slice(7)}`, "pci.credit-card", [
    card.slice(7),
    card.slice(0, 7),
  ]),
  planted("Cyrillic look-alikes", githubToken.replace("p", "р").replaceAll("o", "о"), "secret.github-token"),
  planted("Greek look-alikes", iban.replace("E", "Ε"), "pii.iban"),
  planted("tag characters between digits", card.split("").join("\u{e0041}"), "pci.credit-card"),
];
