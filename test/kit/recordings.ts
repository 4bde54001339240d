// Recorded provider exchanges that lie beside the repository, where they lie there at all.
// Codec and scenario tests run over them; every such test must also pass when the folder is missing.

import { existsSync, readFileSync } from "node:fs";

export interface Recording {
  readonly id: string;
  readonly provider: string;
  /** As `openai-chat`, `anthropic-messages`, `gemini-generate`. */
  readonly wire: string;
  readonly streaming: boolean;
  readonly status: number;
  readonly exercises: readonly string[];
  /** What the provider's own SDK reads in the answer; undefined where nobody asked it. */
  readonly expected: ExpectedReading | undefined;
  /** The body that was sent; undefined where only the answer was recorded. */
  request(): unknown;
  /** A whole answer's body, parsed. */
  answer(): unknown;
  /** A streamed answer as it goes over the wire. */
  streamBytes(): Uint8Array;
}

/** The fields differ by wire; these are the ones that most have. */
export interface ExpectedReading {
  readonly oracle: string;
  readonly sdk_refuses?: unknown;
  readonly text?: string;
  readonly reasoning?: string;
  readonly tool_calls?: readonly {
    readonly id?: string;
    readonly name: string;
    readonly arguments: unknown;
  }[];
  readonly finish?: string;
  readonly model?: string;
  readonly id?: string;
  readonly usage?: Readonly<Record<string, unknown>>;
  readonly [more: string]: unknown;
}

const folder = new URL("../../../shared/recordings/", import.meta.url);

export const recordingsPresent = existsSync(new URL("index.json", folder));

/** Recordings of these wires, in the order of the index; empty where the folder is missing. */
export function recordingsOf(...wires: readonly string[]): readonly Recording[] {
  if (!recordingsPresent) return [];
  const expected = readJson("expected.json") as Readonly<Record<string, ExpectedReading>>;
  const rows = readJson("index.json") as readonly IndexRow[];
  return rows.filter((row) => wires.includes(row.wire)).map((row) => recording(row, expected[row.id]));
}

interface IndexRow {
  readonly id: string;
  readonly file: string;
  readonly provider: string;
  readonly wire: string;
  readonly streaming: boolean;
  readonly http_status: number;
  readonly exercises: readonly string[];
}

/** The form of a `.json` file that holds both sides of an exchange. */
interface Exchange {
  readonly request: { readonly body?: unknown };
  readonly response: { readonly raw?: string; readonly json?: unknown };
}

function recording(row: IndexRow, expected: ExpectedReading | undefined): Recording {
  const read = (): string => readFileSync(new URL(row.file, folder), "utf8");
  const exchange = (): Exchange | undefined => {
    if (!row.file.endsWith(".json")) return undefined;
    const parsed = JSON.parse(read()) as Partial<Exchange>;
    return parsed.request && parsed.response ? (parsed as Exchange) : undefined;
  };
  return {
    id: row.id,
    provider: row.provider,
    wire: row.wire,
    streaming: row.streaming,
    status: row.http_status,
    exercises: row.exercises,
    expected,
    request: () => exchange()?.request.body,
    answer() {
      const both = exchange();
      if (!both) return JSON.parse(read());
      return both.response.json ?? JSON.parse(both.response.raw ?? "");
    },
    streamBytes() {
      const both = exchange();
      if (both) return Buffer.from(both.response.raw ?? "");
      return Buffer.from(row.file.endsWith(".chunks.txt") ? framed(read(), row.wire) : read());
    },
  };
}

/** `.chunks.txt` files hold one event's data a line, without the frame. */
export function framed(lines: string, wire: string): string {
  const events = lines
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) =>
      wire.startsWith("anthropic") ? `event: ${eventName(line)}\ndata: ${line}\n\n` : `data: ${line}\n\n`,
    );
  if (wire === "openai-chat" || wire === "openai-completion") events.push("data: [DONE]\n\n");
  return events.join("");
}

const eventName = (line: string): string => (JSON.parse(line) as { type: string }).type;

const readJson = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), "utf8"));
