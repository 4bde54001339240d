// Keyed hashes of prompts and answers (HMAC-SHA-256, RFC 2104), by which a disputed text can be matched later.
// `gateway/account.ts` makes two for each request, so both halves are one-shot hashes: a MAC object costs ten times as much.

import { createHmac, hash, type Hmac } from "node:crypto";

export interface KeyedDigest {
  readonly hex: string;
  /** Of the text in UTF-8. */
  readonly bytes: number;
}

const blockBytes = 64;
/** In UTF-16 units: longer texts get a buffer of their own. */
const mostInScratch = 8_192;
/** A text that comes in pieces is kept up to here, and then hashed as it comes. */
const mostKept = 65_536;

interface Key {
  readonly secret: string;
  /** Begins with the inner pad; the text is written behind it. */
  readonly inner: Buffer;
  /** The outer pad, and room for the inner hash. */
  readonly outer: Buffer;
}

/** The last one used: a process has one secret. */
let known: Key | undefined;

export function keyedDigest(secret: string, text: string): KeyedDigest {
  const key = known?.secret === secret ? known : (known = keyOf(secret));
  const isShort = text.length <= mostInScratch;
  const inner = isShort ? key.inner : Buffer.allocUnsafe(blockBytes + text.length * 3);
  if (!isShort) key.inner.copy(inner, 0, 0, blockBytes);
  const bytes = inner.write(text, blockBytes);
  key.outer.write(hash("sha256", inner.subarray(0, blockBytes + bytes), "binary"), blockBytes, "binary");
  return { hex: hash("sha256", key.outer, "hex"), bytes };
}

function keyOf(secret: string): Key {
  const bytes = Buffer.from(secret);
  const block = Buffer.alloc(blockBytes);
  block.set(bytes.length > blockBytes ? hash("sha256", bytes, "buffer") : bytes);
  const inner = Buffer.alloc(blockBytes + mostInScratch * 3);
  const outer = Buffer.alloc(blockBytes + 32);
  for (const [index, byte] of block.entries()) {
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  }
  return { secret, inner, outer };
}

/** The digest of a text that comes in pieces. */
export class RunningDigest {
  readonly #secret: string;
  #text = "";
  #mac: Hmac | undefined;

  constructor(secret: string) {
    this.#secret = secret;
  }

  add(text: string): void {
    this.#text += text;
    if (this.#text.length < mostKept) return;
    this.#mac ??= createHmac("sha256", this.#secret);
    this.#mac.update(this.#text);
    this.#text = "";
  }

  /** Call it once, at the end. */
  hex(): string {
    return this.#mac ? this.#mac.update(this.#text).digest("hex") : keyedDigest(this.#secret, this.#text).hex;
  }
}
