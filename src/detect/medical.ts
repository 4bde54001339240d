// Finds medical terms that turn a person's data into health data.
// `scan.ts` and the streaming guard ask it only near an identity: a term alone says nothing about anybody.

import type { Span } from "./span.ts";

const terms =
  /\b(?:diagnos(?:is|ed|es|tic)|prognosis|symptoms?|prescri(?:bed|ption|ptions)|medications?|dosage|chemotherapy|radiotherapy|biopsy|surgery|transplant|hospitali[sz]ed|admitted to (?:the )?(?:hospital|ward|icu)|discharge summary|medical (?:history|record|records|condition)|health record|lab results?|blood (?:test|type|pressure|sugar|glucose)|hba1c|icd-?10|allerg(?:y|ies|ic)|diabet(?:es|ic)|hypertension|cancer|carcinoma|tumou?r|leuk[a]?emia|lymphoma|melanoma|metasta(?:sis|tic)|hiv|aids|hepatitis|tuberculosis|syphilis|chlamydia|gonorrh?ea|covid-?19|pneumonia|asthma|copd|epilep(?:sy|tic)|stroke|infarction|angina|arrhythmia|heart (?:failure|attack|disease)|kidney (?:failure|disease)|dialysis|cirrhosis|alzheimer'?s?|dementia|parkinson'?s?|multiple sclerosis|schizophreni[ac]|bipolar|depressi(?:on|ve)|anxiety disorder|ptsd|adhd|autism|anorexia|bulimia|psychosis|suicidal|substance abuse|alcoholism|methadone|pregnan(?:t|cy)|miscarriage|abortion|infertility|ivf|mri|ct scan|x-?ray|insulin|metformin|lisinopril|atorvastatin|warfarin|sertraline|fluoxetine|oxycodone|morphine|prednisone|antiretroviral|krebs|diagnose|diabète|cáncer|schwanger)\b/gi;

/** How far a term may stand from the identity that it speaks of. */
export const medicalReach = 250;

/** Identities; an address of a machine is none. */
export const isIdentity = (span: Span): boolean =>
  (span.label === "pii" || span.label === "contact" || span.label === "phi") &&
  !/^(?:ip|mac)-address$|^bic$/.test(span.kind);

export function findMedicalTerms(text: string, from: number, to: number, found: Span[]): void {
  const piece = text.slice(from, to);
  for (const match of piece.matchAll(terms)) {
    const start = from + match.index;
    found.push({ label: "phi", kind: "medical-term", start, end: start + match[0].length, certain: false });
  }
}
