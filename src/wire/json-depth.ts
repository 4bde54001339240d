// Tells whether JSON text is nested so deeply that code walking it would overflow its stack.
// Both doors ask before they parse a body. Ordinary bodies are answered by counting brackets natively.

const mostDepth = 200;
const quote = 0x22;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

export function isNestedTooDeeply(text: string): boolean {
  // Whatever is opened must be closed again, or it is no JSON.
  if (text.length <= 2 * mostDepth) return false;
  // No more openings than levels allowed: then it cannot be too deep, whatever the strings hold.
  const openings = countUpTo(text, "{", mostDepth + 1) + countUpTo(text, "[", mostDepth + 1);
  return openings > mostDepth && depthPasses(text, mostDepth);
}

function countUpTo(text: string, character: string, most: number): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0 && count < most; at = text.indexOf(character, at + 1))
    count++;
  return count;
}

function depthPasses(text: string, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (code === openBrace || code === openBracket) {
      if (++depth > most) return true;
    } else if (code === closeBrace || code === closeBracket) depth--;
  }
  return false;
}

/** The position of the closing quote, or the end. */
function endOfString(text: string, start: number): number {
  let at = start;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at < 0) return text.length;
    let slashes = 0;
    while (text[at - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return at;
  }
}
