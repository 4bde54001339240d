// A deterministic unit vector for a text: near texts are not near, but the same text is the same.
// Only the demo embedding uses it.

import { createHash } from "node:crypto";

export function demoVector(text: string, dimensions: number): readonly number[] {
  const raw: number[] = [];
  for (let block = 0; raw.length < dimensions; block += 1) {
    const bytes = createHash("sha256").update(`${block}:${text}`).digest();
    for (let at = 0; at + 4 <= bytes.length && raw.length < dimensions; at += 4) {
      raw.push(bytes.readInt32LE(at) / 2 ** 31);
    }
  }
  const length = Math.hypot(...raw);
  return raw.map((value) => value / length);
}
