// Every kind of finding there is, by its label: what policy rows may name. `policy/` checks words against it.
// Tables are read where they list their kinds; a test looks for kinds in the detectors that are missing here.

import { kindsOfIds } from "./national-ids/national-ids.ts";
import { secretForms } from "./secret-forms.ts";
import type { DetectionLabel } from "./span.ts";

const unprefixedSecrets = [
  "terraform-token",
  "discord-token",
  "mailchimp-key",
  "facebook-token",
  "maxmind-key",
  "azure-client-secret",
  "telegram-token",
  "jwt",
  "private-key",
  "webhook-url",
  "connection-string",
  "password",
  "generic-secret",
  "authorization",
];

const ownIdentities = [
  "passport",
  "driving-licence",
  "id-card",
  "bank-account",
  "date-of-birth",
  "iban",
  "bic",
  "bitcoin-address",
  "bitcoin-cash-address",
  "litecoin-address",
  "dogecoin-address",
  "tron-address",
  "dash-address",
  "ethereum-address",
  "monero-address",
];

const once = (kinds: readonly string[]): readonly string[] => [...new Set(kinds)];

export const findingKinds: Readonly<Record<DetectionLabel, readonly string[]>> = {
  secret: once([...secretForms.map((form) => form.kind), ...unprefixedSecrets]),
  pci: ["credit-card"],
  pii: once([...kindsOfIds("pii"), ...ownIdentities]),
  phi: once([...kindsOfIds("phi"), "medical-record-number", "medical-term"]),
  contact: ["email", "phone", "ip-address", "mac-address"],
};
