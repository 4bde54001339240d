// Finds identities and secrets in text: one cheap pass, then detectors where it points, on a normal form
// when the text is disguised. `intake/`, `safety/` and the CLI call it. Pure: no I/O, and nothing is kept.

import { families } from "./families.ts";
import { findMedicalTerms, isIdentity, medicalReach } from "./medical.ts";
import { isDisguised, NormalForm, readTags } from "./normal-form.ts";
import { settleOverlaps } from "./overlaps.ts";
import { pointAt } from "./pointer.ts";
import type { Span } from "./span.ts";

/** All hits, in order, without overlaps, in offsets of `text`. Longer texts go to `sliced.ts`. */
export function scan(text: string): readonly Span[] {
  if (!isDisguised(text)) return detect(text, 0);
  const form = new NormalForm();
  form.push(text, true);
  const seen = toRaw(detect(form.text, 0), form);
  const tags = readTags(text);
  return tags ? settleOverlaps([...seen, ...toRaw(detect(tags.text, 0), tags)]) : seen;
}

/** Hits in text that is in normal form already, of those that end after `from`. */
export function detect(text: string, from: number): Span[] {
  const regions = pointAt(text, from);
  if (regions.length === 0) return [];
  const found: Span[] = [];
  for (const region of regions) {
    for (const { gate, find } of families) if (gate.test(region.text)) find(region, found);
  }
  const settled = settleOverlaps(found);
  const identities = settled.filter(isIdentity);
  const terms = identities.length > 0 ? medicalTermsNear(text, identities) : [];
  const spans = terms.length > 0 ? settleOverlaps([...settled, ...terms]) : settled;
  return from === 0 ? spans : spans.filter((span) => span.end > from);
}

function medicalTermsNear(text: string, identities: readonly Span[]): Span[] {
  const terms: Span[] = [];
  let done = 0;
  for (const identity of identities) {
    const start = Math.max(done, identity.start - medicalReach);
    const end = Math.min(text.length, identity.end + medicalReach);
    if (end > start) findMedicalTerms(text, start, end, terms);
    done = Math.max(done, end);
  }
  return terms;
}

const toRaw = (spans: readonly Span[], form: NormalForm): Span[] =>
  spans.map((span) => ({
    ...span,
    start: form.startOf(span.start) ?? 0,
    end: form.endOf(span.end - 1) ?? form.rawLength,
  }));
