// Answers in the wire shapes of the providers, written by hand and kept in the repository, as recordings.
// Scenario tests run over them and over the recorded ones, so that they mean something where those are missing.

import { readFileSync, readdirSync } from "node:fs";
import { framed, type ExpectedReading, type Recording } from "./recordings.ts";

interface OwnRecording {
  readonly provider: string;
  readonly wire: string;
  readonly status?: number;
  readonly exercises?: readonly string[];
  readonly expected?: ExpectedReading;
  /** A whole answer. */
  readonly answer?: unknown;
  /** A streamed one: the data of each event. */
  readonly events?: readonly unknown[];
}

export function ownRecordings(folder: URL): readonly Recording[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => {
      const own = JSON.parse(readFileSync(new URL(name, folder), "utf8")) as OwnRecording;
      return {
        id: `own/${name}`,
        provider: own.provider,
        wire: own.wire,
        streaming: own.events !== undefined,
        status: own.status ?? 200,
        exercises: own.exercises ?? [],
        expected: own.expected,
        request: () => undefined,
        answer: () => own.answer,
        streamBytes: () =>
          Buffer.from(framed((own.events ?? []).map((event) => JSON.stringify(event)).join("\n"), own.wire)),
      };
    });
}
