// Keccak-256 as Ethereum uses it, for the capitals that check an address (EIP-55); Node has only the later SHA-3.
// `crypto-addresses.ts` calls it for addresses in mixed case. Input is at most one block (135 bytes).

const lanes = 25;
const rounds = 24;
const rate = 136;
const zero = { low: 0, high: 0 };

/** Rotation of each lane, by rho. */
const rotations = [
  0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14,
];
const constants = roundConstants();

/** A lane of 64 bits in two halves, since numbers have only 32 for bitwise work. */
interface Lane {
  readonly low: number;
  readonly high: number;
}

const xor = (a: Lane, b: Lane): Lane => ({ low: a.low ^ b.low, high: a.high ^ b.high });

function rotate({ low, high }: Lane, by: number): Lane {
  if (by === 0) return { low, high };
  if (by >= 32) return rotate({ low: high, high: low }, by - 32);
  return { low: (low << by) | (high >>> (32 - by)), high: (high << by) | (low >>> (32 - by)) };
}

/** Hex digest of ASCII text. */
export function keccak256(ascii: string): string {
  const block = Buffer.alloc(rate);
  block.write(ascii, "latin1");
  block[ascii.length] = 1;
  block.writeUInt8(block.readUInt8(rate - 1) | 0x80, rate - 1);
  let state = Array.from({ length: lanes }, (_, lane): Lane =>
    lane < rate / 8 ? { low: block.readInt32LE(lane * 8), high: block.readInt32LE(lane * 8 + 4) } : zero,
  );
  for (let round = 0; round < rounds; round++) state = permute(state, constants[round] ?? zero);
  const digest = Buffer.alloc(32);
  for (const [lane, { low, high }] of state.slice(0, 4).entries()) {
    digest.writeInt32LE(low, lane * 8);
    digest.writeInt32LE(high, lane * 8 + 4);
  }
  return digest.toString("hex");
}

/** One round: theta, rho, pi, chi, iota (FIPS 202, 3.2). */
function permute(state: readonly Lane[], constant: Lane): Lane[] {
  const at = (x: number, y: number): Lane => state[(x % 5) + 5 * y] ?? zero;
  const columns = [0, 1, 2, 3, 4].map((x) => [1, 2, 3, 4].reduce((sum, y) => xor(sum, at(x, y)), at(x, 0)));
  const column = (x: number): Lane => columns[x % 5] ?? zero;
  const moved: Lane[] = [];
  for (let x = 0; x < 5; x++) {
    const change = xor(column(x + 4), rotate(column(x + 1), 1));
    for (let y = 0; y < 5; y++)
      moved[y + 5 * ((2 * x + 3 * y) % 5)] = rotate(xor(at(x, y), change), rotations[x + 5 * y] ?? 0);
  }
  return moved.map((lane, index) => {
    const row = index - (index % 5);
    const next = moved[row + ((index + 1) % 5)] ?? zero;
    const after = moved[row + ((index + 2) % 5)] ?? zero;
    const mixed = xor(lane, { low: ~next.low & after.low, high: ~next.high & after.high });
    return index === 0 ? xor(mixed, constant) : mixed;
  });
}

/** Bits of a linear feedback register (FIPS 202, 3.2.5), put together once. */
function roundConstants(): readonly Lane[] {
  let register = 1;
  return Array.from({ length: rounds }, () => {
    let { low, high } = zero;
    for (let power = 0; power <= 6; power++) {
      const bit = (1 << power) - 1;
      if (register & 1) {
        if (bit < 32) low ^= 1 << bit;
        else high ^= 1 << (bit - 32);
      }
      register <<= 1;
      if (register & 0x100) register ^= 0x171;
    }
    return { low, high };
  });
}
