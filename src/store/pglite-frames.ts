// Messages to PostgreSQL, one behind the other in one piece of memory that is used again and again.
// `pglite-statements.ts` fills it: an embedded database reads a message before the call returns.
// https://www.postgresql.org/docs/18/protocol-message-formats.html, read 2026-11-21

import type { Parameter } from "./database.ts";

const firstBytes = 65_536;
/** What stands around texts in a message, and more. */
const besides = 64;

export class Frames {
  #bytes = Buffer.allocUnsafeSlow(firstBytes);
  #end = 0;

  parse(name: string, statement: string): this {
    const start = this.#begin("P", name.length + statement.length);
    this.#line(name);
    this.#line(statement);
    this.#int16(0);
    return this.#finish(start);
  }

  describeStatement(name: string): this {
    const start = this.#begin("D", name.length);
    this.#line(`S${name}`);
    return this.#finish(start);
  }

  /** All as text, and all answers as text. */
  bind(name: string, values: readonly Parameter[]): this {
    const start = this.#begin("B", name.length);
    this.#line("");
    this.#line(name);
    this.#int16(0);
    this.#int16(values.length);
    for (const value of values) this.#value(value);
    this.#int16(0);
    return this.#finish(start);
  }

  execute(): this {
    const start = this.#begin("E", 0);
    this.#line("");
    this.#int32(0);
    return this.#finish(start);
  }

  sync(): this {
    return this.#finish(this.#begin("S", 0));
  }

  /** Until the next message is begun. */
  take(): Uint8Array {
    const all = this.#bytes.subarray(0, this.#end);
    this.#end = 0;
    return all;
  }

  #begin(type: string, characters: number): number {
    this.#makeRoom(characters);
    this.#bytes.write(type, this.#end);
    const start = this.#end + 1;
    this.#end = start + 4;
    return start;
  }

  /** The length counts itself, and not the type. */
  #finish(start: number): this {
    this.#bytes.writeInt32BE(this.#end - start, start);
    return this;
  }

  #value(value: Parameter): void {
    if (value === null) {
      this.#makeRoom(0);
      return this.#int32(-1);
    }
    const text = String(value);
    this.#makeRoom(text.length);
    const bytes = this.#bytes.write(text, this.#end + 4);
    this.#int32(bytes);
    this.#end += bytes;
  }

  #line(text: string): void {
    this.#end += this.#bytes.write(`${text}\0`, this.#end);
  }

  #int16(value: number): void {
    this.#end = this.#bytes.writeInt16BE(value, this.#end);
  }

  #int32(value: number): void {
    this.#end = this.#bytes.writeInt32BE(value, this.#end);
  }

  #makeRoom(characters: number): void {
    const needed = this.#end + characters * 3 + besides;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}
