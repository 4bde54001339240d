// Settles which span stands where several detectors claim the same characters.
// `scan.ts` calls it once a text. The graver label wins, then certainty, then length.

import type { DetectionLabel, Span } from "./span.ts";

const gravity: Readonly<Record<DetectionLabel, number>> = { secret: 4, pci: 3, phi: 2, pii: 1, contact: 0 };

const weight = (span: Span): number => gravity[span.label] * 2 + (span.certain ? 9 : 0);

export function settleOverlaps(found: readonly Span[]): Span[] {
  if (found.length < 2) return [...found];
  const byStart = [...found].sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: Span[] = [];
  for (const span of byStart) {
    let wins = true;
    while (wins) {
      const last = kept.at(-1);
      if (!last || last.end <= span.start) break;
      const stronger = weight(span) - weight(last) || span.end - span.start - (last.end - last.start);
      if (stronger > 0) kept.pop();
      else wins = false;
    }
    if (wins) kept.push(span);
  }
  return kept;
}
