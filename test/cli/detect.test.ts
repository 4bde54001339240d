// `portcullis detect` as a program would use it: JSON lines in, as many lines out, in order.

import assert from "node:assert/strict";
import { test } from "node:test";
import { detectCommands } from "../../src/cli/detect.ts";

async function detect(chunks: readonly Uint8Array[], args: readonly string[] = []): Promise<string[]> {
  const [command] = detectCommands;
  assert.ok(command);
  const lines: string[] = [];
  async function* input(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) {
      await Promise.resolve();
      yield chunk;
    }
  }
  await command.run(args, { env: {}, print: (line) => void lines.push(line), input: input() });
  return lines;
}

const line = (text: string): string => JSON.stringify({ text });
const email = (start: number, end: number) =>
  JSON.stringify({ spans: [{ label: "contact", kind: "email", start, end }] });

test("one line of spans comes out for each line that is not blank, in order", async () => {
  const input = `${line("jo@example.com")}\r\n\n  \n${line("nothing")}\n${line("to jo@example.com")}`;
  assert.deepEqual(await detect([Buffer.from(input)]), [email(0, 14), '{"spans":[]}', email(3, 17)]);
});

test("a line may be cut anywhere, inside a character too, and hold what other readers take for its end", async () => {
  const input = Buffer.from(`\ufeff${line("é\u2028\u2029😀 jo@example.com")}\n`);
  for (let at = 1; at < input.length; at++) {
    assert.deepEqual(await detect([input.subarray(0, at), input.subarray(at)]), [email(6, 20)]);
  }
});

test("a line of megabytes is read, and offsets are UTF-16 units", async () => {
  const text = `${"😀 ".repeat(700_000)}jo@example.com`;
  assert.deepEqual(await detect([Buffer.from(line(text))]), [email(2_100_000, 2_100_014)]);
});

test("with --text the whole input is one text", async () => {
  assert.deepEqual(await detect([Buffer.from('{"text":\n "jo@example.com"}\n')], ["--text"]), [
    email(11, 25),
  ]);
});

test("a line of another shape is refused by its number, without being shown", async () => {
  for (const bad of ["{", "[]", '{"text":1}', '"jo@example.com"']) {
    await assert.rejects(detect([Buffer.from(`${line("a")}\n${bad}\n`)]), (error: Error) => {
      assert.match(error.message, /^Line 2: /);
      assert.ok(!error.message.includes("example"));
      return true;
    });
  }
});
