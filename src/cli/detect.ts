// `portcullis detect`: what the detectors find in text, without a gateway and without keeping anything.

import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { scan } from "../detect/scan.ts";
import { scanSliced } from "../detect/sliced.ts";
import type { Span } from "../detect/span.ts";
import { readArguments } from "./arguments.ts";
import { CommandError, type Command } from "./command.ts";

/** Longer ones are scanned in slices, which takes a turn of the loop each. */
const scannedAtOnce = 64 * 1024;

const detect: Command = {
  name: "detect",
  usage: '[--text] < FILE   (JSON lines {"text"}; with --text one plain text)',
  summary: "find identities and secrets; one line of spans for each line of input that is not blank",
  async run(args, { input, print }) {
    const read = readArguments(args, { text: "flag" }, { least: 0, most: 0, usage: "detect [--text]" });
    if (read.flag("text")) {
      print(shown(await spansOf(await text(Readable.from(input)))));
      return 0;
    }
    let number = 0;
    for await (const line of linesOf(input)) {
      number += 1;
      if (line.trim() !== "") print(shown(await spansOf(textOf(line, number))));
    }
    return 0;
  },
};

export const detectCommands: readonly Command[] = [detect];

const spansOf = async (body: string): Promise<readonly Span[]> =>
  body.length <= scannedAtOnce ? scan(body) : scanSliced(body);

/** Offsets are UTF-16 units of the text as it came, half-open. */
const shown = (spans: readonly Span[]): string =>
  JSON.stringify({ spans: spans.map(({ label, kind, start, end }) => ({ label, kind, start, end })) });

function textOf(line: string, number: number): string {
  try {
    const parsed: unknown = JSON.parse(line.startsWith(byteOrderMark) ? line.slice(1) : line);
    if (typeof parsed === "object" && parsed !== null && "text" in parsed && typeof parsed.text === "string")
      return parsed.text;
  } catch {
    // Falls through to the message below: the line itself may hold what must not be printed.
  }
  throw new CommandError(`Line ${number}: expected {"text": "…"}`);
}

/** Ended by line feeds alone: JSON strings may hold the separators that `node:readline` would break at. */
async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let parts: string[] = [];
  for await (const chunk of input) {
    const pieces = decoder.decode(chunk, { stream: true }).split("\n");
    const last = pieces.pop() ?? "";
    for (const piece of pieces) {
      yield parts.join("") + piece;
      parts = [];
    }
    parts.push(last);
  }
  yield parts.join("") + decoder.decode();
}

const byteOrderMark = "\ufeff";
