// Reads a JSON body from the node stream: bounded, checked, and without ever hanging a connection.
// Handlers call it after authentication. What it throws never quotes the body.

import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { Failure } from "../core/errors.ts";
import { isNestedTooDeeply } from "../wire/json-depth.ts";
import { CallerLeft } from "./exchange.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

const unzip = promisify(gunzip);

export function readJsonBody(request: IncomingMessage, mostBytes: number): Promise<JsonObject> {
  const { headers } = request;
  checkContentType(headers["content-type"]);
  const reading = new Promise<Buffer>((resolve, reject) => {
    new BodyReading(request, mostBytes, resolve, reject).start();
  });
  const encoding = headers["content-encoding"];
  return encoding === undefined
    ? reading.then(parse)
    : reading.then((bytes) => decode(bytes, encoding, mostBytes));
}

async function decode(bytes: Buffer, encoding: string, mostBytes: number): Promise<JsonObject> {
  if (encoding === "identity") return parse(bytes);
  if (encoding === "gzip") return parse(await inflate(bytes, mostBytes));
  throw new Failure("UNSUPPORTED_MEDIA_TYPE", "The body's content-encoding is neither identity nor gzip.", {
    fix: "Send the body uncompressed, or as gzip.",
  });
}

/** `application/json`, `application/vnd.x+json`, with or without parameters. */
function checkContentType(header: string | undefined): void {
  if (header === "application/json") return;
  if (header !== undefined && /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(header)) return;
  const came = header === undefined ? "none" : `"${header.slice(0, 60)}"`;
  throw new Failure("UNSUPPORTED_MEDIA_TYPE", `The body must be JSON, but its content-type is ${came}.`);
}

/** One a request. Most bodies come in one piece, which needs no list. */
class BodyReading {
  readonly #request: IncomingMessage;
  readonly #mostBytes: number;
  readonly #resolve: (bytes: Buffer) => void;
  readonly #reject: (error: unknown) => void;
  #only: Buffer | undefined;
  /** Once there is more than one. */
  #chunks: Buffer[] | undefined;
  #size = 0;

  constructor(
    request: IncomingMessage,
    mostBytes: number,
    resolve: (bytes: Buffer) => void,
    reject: (error: unknown) => void,
  ) {
    this.#request = request;
    this.#mostBytes = mostBytes;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    const request = this.#request;
    if (Number(request.headers["content-length"] ?? 0) > this.#mostBytes)
      return this.#reject(tooLarge(this.#mostBytes));
    request.on("end", this.#onEnd);
    request.on("close", this.#onClose);
    request.on("error", this.#onClose);
    request.on("data", this.#onData);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#size += chunk.length;
    if (this.#size > this.#mostBytes) {
      // What still comes is thrown away; `failure-answer.ts` sees to it that it ends.
      this.#only = undefined;
      this.#chunks = undefined;
      this.#reject(tooLarge(this.#mostBytes));
    } else if (this.#only === undefined) this.#only = chunk;
    else (this.#chunks ??= [this.#only]).push(chunk);
  };

  readonly #onEnd = (): void => {
    this.#resolve(this.#chunks ? Buffer.concat(this.#chunks) : (this.#only ?? nothing));
  };

  /** Comes after a whole body too; an error made then for nobody would cost more than the parsing. */
  readonly #onClose = (): void => {
    if (!this.#request.complete) this.#reject(new CallerLeft("the body did not come to its end"));
  };
}

const nothing = Buffer.alloc(0);

function parse(bytes: Buffer): JsonObject {
  if (bytes.length === 0) throw malformed("The body is empty; expected a JSON object.");
  if (!isUtf8(bytes)) throw malformed("The body is not valid UTF-8.");
  const text = withoutByteOrderMark(bytes).toString("utf8");
  if (isNestedTooDeeply(text)) throw malformed("The body's JSON is nested too deeply.");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(`The body is not valid JSON${positionIn(error)}.`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw malformed("The body must be a JSON object.");
  }
  return value as JsonObject;
}

async function inflate(bytes: Buffer, mostBytes: number): Promise<Buffer> {
  try {
    return await unzip(bytes, { maxOutputLength: mostBytes });
  } catch (error) {
    const tooLong = error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    throw tooLong ? tooLarge(mostBytes) : malformed("The body is not valid gzip.");
  }
}

const withoutByteOrderMark = (bytes: Buffer): Buffer =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;

/** The parser's own message quotes the text around the fault; only its position is passed on. */
function positionIn(error: unknown): string {
  const match = error instanceof SyntaxError ? /at position (\d+)/.exec(error.message) : undefined;
  return match ? ` (at character ${match[1]})` : "";
}

const malformed = (message: string): Failure => new Failure("INVALID_REQUEST", message);

function tooLarge(mostBytes: number): Failure {
  const megabytes = Math.round(mostBytes / 1_000_000);
  const limit = megabytes > 0 ? `${megabytes} MB` : `${mostBytes} bytes`;
  return new Failure("PAYLOAD_TOO_LARGE", `The body is larger than ${limit}.`);
}
