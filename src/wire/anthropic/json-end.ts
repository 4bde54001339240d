// Tells when the JSON object that comes in pieces has come to its end.
// `client-blocks` asks it of the arguments of a tool call. It never judges whether the JSON is right.

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

export class JsonEnd {
  #depth = 0;
  #inString = false;
  #escaped = false;
  ended = false;

  feed(text: string): void {
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (this.#escaped) this.#escaped = false;
      else if (code === backslash) this.#escaped = this.#inString;
      else if (code === quote) this.#inString = !this.#inString;
      else if (this.#inString) continue;
      else if (code === openBrace || code === openBracket) this.#depth += 1;
      else if (code === closeBrace || code === closeBracket) this.ended = --this.#depth === 0;
    }
  }
}
