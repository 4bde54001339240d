// What the built-in classifier is, what it knows and what it does not: shown in the API, the console and the records.
// It finds identities and secrets by form and checksum. It understands nothing.

export const deterministicClassifier = {
  id: "deterministic",
  kind: "deterministic",
  /** Groups of categories; a kind follows after the dot, as `secret.github-token`. */
  categories: ["secret", "pci", "pii", "phi", "contact", "leak", "lexicon"],
  coverage: [
    "secret: tokens and keys of known form (cloud, AI provider, version control, chat, payment), JWTs, private keys, connection strings, values assigned to names such as password or api_key",
    "pci: payment card numbers by issuer range and Luhn digit",
    "pii: IBAN, BIC beside the word, cryptocurrency addresses, dates of birth beside the word, passport, licence and account numbers beside the word",
    "pii: national ids of US, CA, MX, BR, GB, DE, FR, ES, IT, NL, BE, PT, AT, CH, PL, FI, SE, NO, DK, TR, IN, SG, AU, KR, TH, ZA and CN, by form and checksum",
    "phi: health insurance and record numbers, and medical words within 250 characters of an identity",
    "contact: e-mail, phone, IP and MAC addresses",
    "lexicon: the words and phrases that the policy lists in words.csv, whole words in any case and through common disguises",
    "leak: 40 words in a row of the system prompt (or all of a shorter one of at least 12), in answers",
  ],
  notCovered: [
    "hazard categories S1 to S14: violence, crime, self-harm, hate, sexual content, weapons and the rest need a semantic classifier",
    "names and postal addresses of people, opinions, secrets in plain words",
    "text inside images, audio and files, and text that is encrypted or encoded (base64, ciphers)",
    "hits spelt by tokens that a model might have said instead (top_logprobs), a few characters each: the last of them is cut, the first are not",
    "system prompts retold in other words, translated or encoded",
    "listed words in other forms than their list has (plurals, endings), misspelt, joined to other words or put in other words",
  ],
} as const;
