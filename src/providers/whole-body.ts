// Gathers the body of an answer that is only understood whole. `http-call.ts` and `decode-answer.ts` make one for each.

import { WireFault } from "../core/dialect.ts";

/** More than this is taken for a fault. */
const largestBytes = 64 * 1024 * 1024;

export class WholeBody {
  readonly #chunks: Buffer[] = [];
  #size = 0;

  push(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > largestBytes) throw new WireFault("malformed", "the answer is too large");
    this.#chunks.push(chunk);
  }

  /** `undefined` where it is no JSON. */
  json(): unknown {
    const [only] = this.#chunks;
    const bytes = this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks);
    try {
      return JSON.parse(bytes.toString("utf8"));
    } catch {
      return undefined;
    }
  }
}
