// Gathers the lines of the log into few writes to standard output: a line costs one concatenation.
// `log.ts` makes one. The writer below it measures all that it holds anew with each line that comes.

import pino from "pino";

export interface LineWriter {
  write(line: string): void;
  flushSync(): void;
}

const mostCharacters = 16_000;
const flushMilliseconds = 250;

export function writeToStandardOutput(): LineWriter {
  const output = pino.destination({ fd: 1, sync: false });
  let text = "";
  let timer: NodeJS.Timeout | undefined;

  function hand(): void {
    if (text === "") return;
    output.write(text);
    text = "";
  }

  function flushSync(): void {
    hand();
    output.flushSync();
  }
  process.once("exit", flushSync);

  return {
    write(line) {
      text += line;
      if (text.length >= mostCharacters) hand();
      else timer ??= setTimeout(flushLate, flushMilliseconds).unref();
    },
    flushSync,
  };

  function flushLate(): void {
    timer = undefined;
    hand();
  }
}
