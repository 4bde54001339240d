// `portcullis detect`: what the detectors find in text, without a gateway and without keeping anything.

import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { scan } from "../detect/scan.ts";
import { readArguments } from "./arguments.ts";
import { CommandError, type Command } from "./command.ts";

const detect: Command = {
  name: "detect",
  usage: '[--text] < FILE   (JSON lines {"text"}; with --text one plain text)',
  summary: "find identities and secrets; one line of spans for each line of input",
  async run(args, { input, print }) {
    const read = readArguments(args, { text: "flag" }, { least: 0, most: 0, usage: "detect [--text]" });
    if (read.flag("text")) {
      print(spansOf(await text(Readable.from(input))));
      return 0;
    }
    let number = 0;
    for await (const line of createInterface({ input: Readable.from(input), crlfDelay: Infinity })) {
      number += 1;
      if (line.trim() !== "") print(spansOf(textOf(line, number)));
    }
    return 0;
  },
};

export const detectCommands: readonly Command[] = [detect];

/** Offsets are UTF-16 units of the text as it came, half-open. */
const spansOf = (body: string): string =>
  JSON.stringify({ spans: scan(body).map(({ label, kind, start, end }) => ({ label, kind, start, end })) });

function textOf(line: string, number: number): string {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed === "object" && parsed !== null && "text" in parsed && typeof parsed.text === "string")
      return parsed.text;
  } catch {
    // Falls through to the message below: the line itself may hold what must not be printed.
  }
  throw new CommandError(`Line ${number}: expected {"text": "…"}`);
}
