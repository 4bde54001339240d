// Gathers the lines of the log into few writes: a line costs one concatenation, and no thread waits for a slow reader.
// `log.ts` makes one for standard output. A reader that is gone or a full disk loses lines, and never ends or holds the process.

import { write, writeSync } from "node:fs";

export interface LineWriter {
  write(line: string): void;
  /** Writes what is gathered before it returns: for the end of the process. */
  flushSync(): void;
}

const mostCharacters = 64_000;
const flushMilliseconds = 250;
/** Where the reader is slow to take what was written. */
const retryMilliseconds = 100;
/** So long the end of the process waits for a slow reader. */
const mostRetriesAtEnd = 20;

export function lineWriter(descriptor: number): LineWriter {
  let gathered = "";
  /** Being written; empty where nothing is. */
  let writing = Buffer.alloc(0);
  let timer: NodeJS.Timeout | undefined;

  function hand(): void {
    if (writing.length > 0 || gathered === "") return;
    writing = Buffer.from(gathered);
    gathered = "";
    go();
  }

  const go = (): void => write(descriptor, writing, written);

  function written(error: NodeJS.ErrnoException | null, count: number): void {
    if (isBusy(error)) return void setTimeout(go, retryMilliseconds);
    writing = error === null ? writing.subarray(count) : writing.subarray(writing.length);
    if (writing.length > 0) go();
    else if (timer === undefined || gathered.length >= mostCharacters) hand();
  }

  function handLate(): void {
    timer = undefined;
    hand();
  }

  return {
    write(line) {
      gathered += line;
      if (gathered.length >= mostCharacters) hand();
      else timer ??= setTimeout(handLate, flushMilliseconds).unref();
    },
    flushSync() {
      writeAll(descriptor, Buffer.from(gathered));
      gathered = "";
    },
  };
}

function writeAll(descriptor: number, bytes: Buffer): void {
  let rest = bytes;
  for (let retries = 0; rest.length > 0 && retries < mostRetriesAtEnd;) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      if (!isBusy(error)) return;
      retries += 1;
      Atomics.wait(clock, 0, 0, retryMilliseconds);
    }
  }
}

/** Nobody ever wakes who waits on it. */
const clock = new Int32Array(new SharedArrayBuffer(4));

const isBusy = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "EAGAIN" || error.code === "EBUSY");
