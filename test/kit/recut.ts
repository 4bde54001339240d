// Cuts bytes at random places, so that a stream arrives as no provider ever sends it.
// The same seed gives the same cuts: a failure can be run again.

/** Pieces of 1 to `longest` bytes; their concatenation is `bytes`. */
export function recut(bytes: Uint8Array, seed: number, longest = 40): readonly Uint8Array[] {
  const random = randomOf(seed);
  const pieces: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const next = at + 1 + Math.floor(random() * longest);
    pieces.push(bytes.subarray(at, next));
    at = next;
  }
  return pieces;
}

/** Numbers in [0, 1), by mulberry32: small, even and repeatable. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
