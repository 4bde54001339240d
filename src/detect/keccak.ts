// Keccak-256 as Ethereum uses it, for the capitals that check an address (EIP-55); Node has only the later SHA-3.
// `crypto-addresses.ts` calls it for addresses in mixed case. Input is at most one block (135 bytes).

const lanes = 25;
const rounds = 24;
const rate = 136;

/** Rotation of each lane, by rho, and where pi moves it. */
const rotations = [
  0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14,
];
const targets = rotations.map((_, index) => {
  const x = index % 5;
  const y = (index - x) / 5;
  return y + 5 * ((2 * x + 3 * y) % 5);
});
const constants = roundConstants();

/** Lanes have 64 bits: low half at `2 * lane`, high half behind it, since numbers have only 32 for bitwise work. */
const state = new Int32Array(lanes * 2);
const moved = new Int32Array(lanes * 2);
const columns = new Int32Array(10);

/** Hex digest of ASCII text. */
export function keccak256(ascii: string): string {
  const block = Buffer.alloc(lanes * 8);
  block.write(ascii, "latin1");
  block[ascii.length] = 1;
  block.writeUInt8(block.readUInt8(rate - 1) | 0x80, rate - 1);
  for (let index = 0; index < lanes * 2; index++) state[index] = block.readInt32LE(index * 4);
  for (let round = 0; round < rounds; round++) permute(round);
  for (let index = 0; index < 8; index++) block.writeInt32LE(at(state, index), index * 4);
  return block.toString("hex", 0, 32);
}

/** One round: theta, rho, pi, chi, iota (FIPS 202, 3.2). */
function permute(round: number): void {
  for (let x = 0; x < 10; x++) {
    columns[x] = at(state, x) ^ at(state, x + 10) ^ at(state, x + 20) ^ at(state, x + 30) ^ at(state, x + 40);
  }
  for (let lane = 0; lane < lanes; lane++) {
    const left = ((lane + 4) % 5) * 2;
    const right = ((lane + 1) % 5) * 2;
    const low = at(columns, right);
    const high = at(columns, right + 1);
    const changedLow = at(state, lane * 2) ^ at(columns, left) ^ ((low << 1) | (high >>> 31));
    const changedHigh = at(state, lane * 2 + 1) ^ at(columns, left + 1) ^ ((high << 1) | (low >>> 31));
    moveRotated(changedLow, changedHigh, rotations[lane] ?? 0, (targets[lane] ?? 0) * 2);
  }
  for (let index = 0; index < lanes * 2; index++) {
    const row = index - (index % 10);
    const next = at(moved, row + ((index + 2) % 10));
    state[index] = at(moved, index) ^ (~next & at(moved, row + ((index + 4) % 10)));
  }
  state[0] = at(state, 0) ^ at(constants, round * 2);
  state[1] = at(state, 1) ^ at(constants, round * 2 + 1);
}

function moveRotated(low: number, high: number, by: number, target: number): void {
  const [first, second] = by >= 32 ? [high, low] : [low, high];
  const bits = by % 32;
  moved[target] = bits === 0 ? first : (first << bits) | (second >>> (32 - bits));
  moved[target + 1] = bits === 0 ? second : (second << bits) | (first >>> (32 - bits));
}

/** Bits of a linear feedback register (FIPS 202, 3.2.5), put together once. */
function roundConstants(): Int32Array {
  const words = new Int32Array(rounds * 2);
  let register = 1;
  for (let round = 0; round < rounds; round++) {
    for (let power = 0; power <= 6; power++) {
      const bit = (1 << power) - 1;
      const word = round * 2 + (bit < 32 ? 0 : 1);
      if (register & 1) words[word] = at(words, word) ^ (1 << (bit % 32));
      register <<= 1;
      if (register & 0x100) register ^= 0x171;
    }
  }
  return words;
}

function at(words: Int32Array, index: number): number {
  return words[index] ?? 0;
}
