// Tells whether JSON text is nested so deeply that code walking it would overflow its stack.
// Both doors ask before they parse a body. Ordinary bodies are answered by counting brackets natively.

const mostDepth = 200;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const quote = 0x22;
const backslash = 0x5c;

export function isNestedTooDeeply(bytes: Uint8Array): boolean {
  // Whatever is opened must be closed again, or it is no JSON.
  if (bytes.length <= 2 * mostDepth) return false;
  // No more openings than levels allowed: then it cannot be too deep, whatever the strings hold.
  const openings = countUpTo(bytes, openBrace, mostDepth + 1) + countUpTo(bytes, openBracket, mostDepth + 1);
  return openings > mostDepth && depthPasses(bytes, mostDepth);
}

function countUpTo(bytes: Uint8Array, byte: number, most: number): number {
  let count = 0;
  for (let at = bytes.indexOf(byte); at >= 0 && count < most; at = bytes.indexOf(byte, at + 1)) count++;
  return count;
}

function depthPasses(bytes: Uint8Array, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) at = endOfString(bytes, at);
    else if (byte === openBrace || byte === openBracket) {
      if (++depth > most) return true;
    } else if (byte === closeBrace || byte === closeBracket) depth--;
  }
  return false;
}

/** The position of the closing quote, or the end. Bytes of UTF-8 sequences are never a quote. */
function endOfString(bytes: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    at = bytes.indexOf(quote, at + 1);
    if (at < 0) return bytes.length;
    let slashes = 0;
    while (bytes[at - 1 - slashes] === backslash) slashes++;
    if (slashes % 2 === 0) return at;
  }
}
