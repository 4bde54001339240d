// Synthetic values of real form, one row each, with the sentence they stand in. `{}` marks the value.
// Tokens are put together at run time, so that nobody's scanner takes them for somebody's.

import { glue } from "./glue.ts";

export interface KnownValue {
  readonly category: string;
  readonly value: string;
  readonly sentence: string;
}

const body = "Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv1Wx2Yz3Ab4Cd5Ef6Gh7Ij8Kl9Mn0Op1Qr2St3Uv4Wx5Yz6";
const hex = "0123456789abcdef0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef";
const row = (category: string, value: string, sentence = "It is {} here."): KnownValue => ({
  category,
  value,
  sentence,
});

export const knownValues: readonly KnownValue[] = [
  row("contact.email", "jane.doe+news@mail.example.co.uk"),
  row("contact.phone", "+49 30 901820"),
  row("contact.phone", "(212) 736-5000"),
  row("contact.phone", "020 7946 0958"),
  row("contact.phone", "2127365000", "Call me at {} today."),
  row("contact.ip-address", "203.0.113.42"),
  row("contact.ip-address", "2001:db8::ff00:42:8329"),
  row("contact.mac-address", "00:1B:44:11:3A:B7"),
  row("pci.credit-card", "4111 1111 1111 1111"),
  row("pci.credit-card", "5555555555554444"),
  row("pci.credit-card", "3782-822463-10005"),
  row("pii.iban", "GB82 WEST 1234 5698 7654 32"),
  row("pii.bic", "DEUTDEFF500", "The SWIFT code is {}."),
  row("pii.bitcoin-address", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
  row("pii.bitcoin-address", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"),
  row("pii.ethereum-address", "0x742d35Cc6634C0532925a3b844Bc454e4438f44e"),
  row("pii.date-of-birth", "12/03/1980", "Date of birth: {}."),
  row("pii.date-of-birth", "3 March 1980", "She was born on {} in Rome."),
  row("pii.passport", "C03005988", "Passport number {}."),
  row("pii.us-ssn", "536-90-4399"),
  row("pii.us-ssn", "536904399", "My SSN is {}."),
  row("pii.us-itin", "912-70-1234", "The ITIN is {}."),
  row("pii.us-dea-number", "BB1388568", "DEA licence {}."),
  row("pii.ca-sin", "046-454-286"),
  row("pii.mx-curp", "HEGG560427MVZRRL04"),
  row("pii.br-cpf", "111.444.777-35"),
  row("pii.br-cnpj", "11.222.333/0001-81"),
  row("pii.uk-nhs", "943 476 5919", "The NHS number is {}."),
  row("pii.uk-nino", "AB 12 34 56 C"),
  row("pii.fi-hetu", "131052-308T"),
  row("pii.se-personnummer", "811228-9874"),
  row("pii.pl-pesel", "44051401359"),
  row("pii.tr-tckn", "10000000146"),
  row("pii.de-tax-id", "86095742719", "Steuer-ID {}."),
  row("pii.fr-nir", "2 55 08 14 168 025 38"),
  row("pii.es-dni", "12345678Z"),
  row("pii.es-nie", "X1234567L"),
  row("pii.it-codice-fiscale", "RSSMRA85T10A562S"),
  row("pii.nl-bsn", "111222333", "BSN: {}."),
  row("pii.be-national-number", "85.07.30-033.28"),
  row("pii.pt-nif", "501442600", "O NIF é {}."),
  row("pii.ch-ahv", "756.9217.0769.85"),
  row("pii.in-aadhaar", "2341 2341 2346"),
  row("pii.in-pan", "ABCPE1234F"),
  row("pii.sg-nric", "S1234567D"),
  row("pii.au-tfn", "123 456 782", "Tax file number {}."),
  row("pii.au-medicare", "2123 45670 1"),
  row("pii.th-national-id", "1-1017-00230-70-8", "Thai national id {}."),
  row("pii.za-id", "8001015009087"),
  row("secret.openai-key", `${glue("sk-", "proj-")}${body.slice(0, 60)}`),
  row("secret.anthropic-key", `${glue("sk-ant-", "api03-")}${body.slice(0, 60)}`),
  row("secret.google-api-key", `${glue("AI", "za")}${body.slice(0, 35)}`),
  row("secret.aws-access-key", `${glue("AK", "IA")}QWERTY234567ABCD`),
  row("secret.github-token", `${glue("gh", "p_")}${body.slice(0, 36)}`),
  row("secret.gitlab-token", `${glue("glp", "at-")}${body.slice(0, 20)}`),
  row("secret.slack-token", `${glue("xox", "b-")}123456789012-123456789012-${body.slice(0, 24)}`),
  row("secret.stripe-key", `${glue("sk_", "live_")}${body.slice(0, 24)}`),
  row("secret.huggingface-token", `${glue("hf", "_")}${body.slice(0, 34)}`),
  row("secret.npm-token", `${glue("np", "m_")}${body.slice(0, 36)}`),
  row("secret.twilio-key", `${glue("S", "K")}${hex.slice(0, 32)}`),
  row("secret.connection-string", `${glue("mongodb+srv://app:", "Pa55w0rd")}@cluster0.example.net/db`),
  row("secret.password", "Tr0ub4dor", "password = '{}'"),
  row("secret.generic-secret", body.slice(0, 32), 'CLIENT_SECRET="{}"'),
  row("secret.authorization", body.slice(0, 40), "Authorization: Bearer {}"),
];

/** Ordinary text that looks a little like something. */
export const ordinary: readonly string[] = [
  "In 2024 the fleet sailed 12,345,678 miles; 1,234,567.89 was paid on 2024-01-02T03:04:05Z.",
  "Version 1.2.3.4 of the build, release 10.0.19041.1, see section 3.1.4.1 and v2.0.0.1.",
  "550e8400-e29b-41d4-a716-446655440000 and d41d8cd98f00b204e9800998ecf8427e and da39a3ee5e6b4b0d3255bfef95601890afd80709",
  "Order 4111111111111112 was shipped; tracking 9400111899223197428490; invoice 20240115-0042.",
  "The timestamp 1700000000000 is 1700000000 seconds.",
  "icon@2x.png, @types/node, pkg@1.2.3, git@github.com:owner/repository.git, user@localhost",
  "std::vector<int>::iterator at 12:30:45, a::b, ::before { }",
  "max_tokens: 4096, token: the next one, password: required, secret: string, api_key: YOUR_API_KEY_HERE_1234",
  "const token = process.env.TOKEN; password = getPassword(user1); key=config.value.key1",
  "postgres://user:password@localhost/db and https://example.com/a?b=c&d=12345678",
  "He was born in 1980 and the diagnosis of cancer was discussed at length.",
  "-----BEGIN CERTIFICATE----- is how it begins; -----BEGIN PRIVATE KEY----- is another header.",
  "ISBN 978-3-16-148410-0, chapters 1-4, rows 10-20, 24/7, 3.14159265358979, 6.02214076e23",
  "0000 0000 0000 0000, 1111-1111-1111-1111, 123-45-6789 0, 000-12-3456, 666-12-3456",
];
