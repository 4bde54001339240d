// Draws that everyone who holds the same seed repeats: who is in which arm, which of several equals
// comes first. Replicas that share a session's seed agree without asking each other.

import { hash } from "node:crypto";

const range = 2 ** 48;

/** Above 0, at most 1; even over all names. */
export function draw(seed: string, name: string): number {
  const digest = hash("sha256", `${seed}\0${name}`, "buffer");
  return (digest.readUIntBE(0, 6) + 1) / range;
}

/**
 * The smallest comes first. By weight, and so that a candidate that comes or goes moves only what it
 * takes or leaves (weighted rendezvous hashing).
 */
export const turnOf = (seed: string, name: string, weight: number): number =>
  weight > 0 ? -Math.log(draw(seed, name)) / weight : Number.POSITIVE_INFINITY;

/** The same on every replica, and different for each session of each key. */
export const seedOfSession = (callerKey: string, sessionId: string): string =>
  hash("sha256", `${callerKey}\0${sessionId}`, "base64url");

/** The one whose share of 0 to 1 the draw falls into. */
export function drawShare<T extends { readonly share: number }>(
  at: number,
  shares: readonly T[],
): T | undefined {
  let sum = 0;
  for (const one of shares) {
    sum += one.share;
    if (at <= sum) return one;
  }
  return shares.at(-1);
}
