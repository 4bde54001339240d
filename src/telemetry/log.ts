// The log: one JSON object a line, without prompts, answers, keys or anyone's stack of secrets.
// `main.ts` makes it and hands it on; nothing else in `src/` writes lines of its own.

import pino from "pino";
import { isoTime } from "../core/json-text.ts";
import { describeFault } from "./fault.ts";
import { lineWriter, type LineWriter } from "./line-writer.ts";
import { requestLine } from "./request-line.ts";
import type { RequestDone } from "./telemetry.ts";

type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** `rehearsed`: the faults of a rehearsal. */
  request(done: RequestDone, rehearsed?: string): void;
  /** What is not ours: its name, its scrubbed message and where it was thrown. */
  fault(error: unknown, requestId: string): void;
  /** Writes what is buffered; call it before the process ends. */
  flush(): void;
}

type LogLevel = "silent" | "fatal" | "error" | "warn" | "info" | "debug" | "trace";

export interface LogSettings {
  readonly level: LogLevel;
  /** Absent: standard output, buffered. */
  readonly write?: ((line: string) => void) | undefined;
}

/** Names under which credentials travel; nothing should log them, and if it does they are gone. */
const credentials = ["authorization", "apiKey", "api_key", "secret", "password", "token", "cookie"];
const secretNames = new Set(credentials.flatMap((name) => [name, `x-${name}`]));

export function createLog(settings: LogSettings): Log {
  const { write } = settings;
  const destination = write === undefined ? toStandardOutput() : { write, flushSync() {} };
  const logger = pino(
    {
      level: settings.level,
      base: null,
      timestamp: () => `,"time":"${isoTime(Date.now())}"`,
      // pino's own redaction costs more than the rest of the line: it copies what it is given.
      formatters: { level: (label) => ({ level: label }), log: (fields) => withoutSecrets(fields) },
    },
    destination,
  );
  const tellsRequests = logger.isLevelEnabled("info");
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    request(done, rehearsed) {
      if (tellsRequests) destination.write(requestLine(done, Date.now(), rehearsed));
    },
    fault: (error, requestId) => logger.error({ requestId, fault: describeFault(error) }, "fault"),
    flush: () => destination.flushSync(),
  };
}

function toStandardOutput(): LineWriter {
  const lines = lineWriter(1);
  process.once("exit", lines.flushSync);
  return lines;
}

/** At the top and one level down. Copies only where there is something to hide. */
function withoutSecrets(fields: LogFields, depth = 0): LogFields {
  let safe: Record<string, unknown> | undefined;
  for (const name in fields) {
    const value = fields[name];
    const shown = secretNames.has(name) ? "<redacted>" : shownWithin(value, depth);
    if (shown !== value) (safe ??= { ...fields })[name] = shown;
  }
  return safe ?? fields;
}

function shownWithin(value: unknown, depth: number): unknown {
  if (depth > 0 || typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return withoutSecrets(value as LogFields, depth + 1);
}
