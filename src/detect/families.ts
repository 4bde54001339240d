// The table of detectors, each with the cheap question that says whether it need look at a region at all.
// Adding a family is a file and a row. `scan.ts` runs the rows in order.

import { findAssignments } from "./assignments.ts";
import { findBirthDates } from "./births.ts";
import { findCards } from "./cards.ts";
import { findCryptoAddresses } from "./crypto-addresses.ts";
import { findDocuments } from "./documents.ts";
import { findEmails } from "./emails.ts";
import { findBics, findIbans } from "./ibans.ts";
import { findNationalIds } from "./national-ids/national-ids.ts";
import { findNetworkAddresses } from "./network.ts";
import { findPhones } from "./phones.ts";
import { findSecrets } from "./secrets.ts";
import type { Detector } from "./span.ts";

interface Family {
  readonly gate: RegExp;
  readonly find: Detector;
}

const sevenDigits = /\d(?:[ .()/-]{0,3}\d){6}/;
const longToken = /[\w+/~.:@-]{12}/;

export const families: readonly Family[] = [
  { gate: longToken, find: findSecrets },
  { gate: /[:=>,]|\bis\b|bearer|basic|token/i, find: findAssignments },
  { gate: /@/, find: findEmails },
  { gate: /\d(?:[ .-]{0,2}\d){11}/, find: findCards },
  { gate: /[a-z]{2}\d\d[ -]?\w/i, find: findIbans },
  { gate: /swift|bic/i, find: findBics },
  { gate: sevenDigits, find: findPhones },
  { gate: /\d[^\n]{0,4}\d|[a-z]\d/i, find: findNationalIds },
  { gate: /\d\.\d|[0-9a-f]?[:-][0-9a-f]{0,4}[:-]|[0-9a-f]{4}\.[0-9a-f]{4}\./i, find: findNetworkAddresses },
  { gate: /[a-z0-9]{25}/i, find: findCryptoAddresses },
  { gate: /\d{4}|\d[./-]\d/, find: findBirthDates },
  { gate: /\d{3}/, find: findDocuments },
];
