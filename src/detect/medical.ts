// Finds medical terms that turn a person's data into health data.
// `scan.ts` and the streaming guard ask it only near an identity: a term alone says nothing about anybody.

import type { Span } from "./span.ts";

const terms =
  /\b(?:diagnos(?:is|ed|es|tic)|prognosis|symptoms?|prescri(?:bed|ption|ptions)|medications?|dosage|chemotherapy|radiotherapy|biopsy|surgery|transplant|hospitali[sz]ed|admitted to (?:the )?(?:hospital|ward|icu)|discharge summary|medical (?:history|record|records|condition)|health record|lab results?|blood (?:test|type|pressure|sugar|glucose)|hba1c|icd-?10|allerg(?:y|ies|ic)|diabet(?:es|ic)|hypertension|cancer|carcinoma|tumou?r|leuk[a]?emia|lymphoma|melanoma|metasta(?:sis|tic)|hiv|aids|hepatitis|tuberculosis|syphilis|chlamydia|gonorrh?ea|covid-?19|pneumonia|asthma|copd|epilep(?:sy|tic)|stroke|infarction|angina|arrhythmia|heart (?:failure|attack|disease)|kidney (?:failure|disease)|dialysis|cirrhosis|alzheimer'?s?|dementia|parkinson'?s?|multiple sclerosis|schizophreni[ac]|bipolar|depressi(?:on|ve)|anxiety disorder|ptsd|adhd|autism|anorexia|bulimia|psychosis|suicidal|substance abuse|alcoholism|methadone|pregnan(?:t|cy)|miscarriage|abortion|infertility|ivf|mri|ct scan|x-?ray|insulin|metformin|lisinopril|atorvastatin|warfarin|sertraline|fluoxetine|oxycodone|morphine|prednisone|antiretroviral|krebs|diagnose|diabète|cáncer|schwanger)\b/iy;

/** How far a term may stand from the identity that it speaks of. */
export const medicalReach = 250;

/** Identities; an address of a machine is none. */
export const isIdentity = (span: Span): boolean =>
  (span.label === "pii" || span.label === "contact" || span.label === "phi") &&
  !/^(?:ip|mac)-address$|^bic$/.test(span.kind);

/** Beginnings of the terms: most words of most texts stop here, which the expression itself would not see so soon. */
const beginnings = new Set(
  [
    "ct ",
    ..."dia pro sym pre med dos che rad bio sur tra hos adm dis hea lab blo hba icd all hyp can car tum leu lym mel met hiv aid hep tub syp chl gon cov pne ast cop epi str inf ang arr kid cir alz dem par mul sch bip dep anx pts adh aut ano bul psy sui sub alc mis abo ivf mri x-r xra ins lis ato war ser flu oxy mor ant kre cán".split(
      " ",
    ),
  ].map((text) => keyAt(text, 0)),
);

/** Three characters in small letters as one number. */
function keyAt(text: string, index: number): number {
  const first = text.charCodeAt(index) | 32;
  return (first << 16) | ((text.charCodeAt(index + 1) | 32) << 8) | (text.charCodeAt(index + 2) | 32);
}

export function findMedicalTerms(text: string, from: number, to: number, found: Span[]): void {
  let isInWord = from > 0 && isWordCode(text.charCodeAt(from - 1));
  for (let index = from; index < to; index++) {
    const isWord = isWordCode(text.charCodeAt(index));
    if (!isWord || isInWord) {
      isInWord = isWord;
      continue;
    }
    isInWord = true;
    if (!beginnings.has(keyAt(text, index))) continue;
    terms.lastIndex = index;
    const end = terms.test(text) ? terms.lastIndex : -1;
    if (end < 0 || end > to) continue;
    found.push({ label: "phi", kind: "medical-term", start: index, end, certain: false });
    index = end - 1;
  }
}

const isWordCode = (code: number): boolean =>
  ((code | 32) >= 97 && (code | 32) <= 122) || (code >= 48 && code <= 57) || code === 95;
