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

export async function readJsonBody(request: IncomingMessage, mostBytes: number): Promise<JsonObject> {
  checkContentType(request.headers["content-type"]);
  const encoding = request.headers["content-encoding"];
  const bytes = await readBytes(request, mostBytes);
  if (encoding === undefined || encoding === "identity") return parse(bytes);
  if (encoding === "gzip") return parse(await inflate(bytes, mostBytes));
  throw new Failure("UNSUPPORTED_MEDIA_TYPE", "The body's content-encoding is neither identity nor gzip.", {
    fix: "Send the body uncompressed, or as gzip.",
  });
}

/** `application/json`, `application/vnd.x+json`, with or without parameters. */
function checkContentType(header: string | undefined): void {
  if (header !== undefined && /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(header)) return;
  const came = header === undefined ? "none" : `"${header.slice(0, 60)}"`;
  throw new Failure("UNSUPPORTED_MEDIA_TYPE", `The body must be JSON, but its content-type is ${came}.`);
}

function readBytes(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > mostBytes) return Promise.reject(tooLarge(mostBytes));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    // Comes after a whole body too; an error made then for nobody would cost more than the parsing.
    const onClose = (): void => {
      if (!request.complete) reject(new CallerLeft("the body did not come to its end"));
    };
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= mostBytes) {
        chunks.push(chunk);
        return;
      }
      // What still comes is thrown away; `failure-answer.ts` sees to it that it ends.
      chunks.length = 0;
      reject(tooLarge(mostBytes));
    });
    request.on("end", () => {
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    });
    request.on("close", onClose);
    request.on("error", onClose);
  });
}

function parse(bytes: Buffer): JsonObject {
  if (bytes.length === 0) throw malformed("The body is empty; expected a JSON object.");
  if (!isUtf8(bytes)) throw malformed("The body is not valid UTF-8.");
  if (isNestedTooDeeply(bytes)) throw malformed("The body's JSON is nested too deeply.");
  let value: unknown;
  try {
    value = JSON.parse(withoutByteOrderMark(bytes).toString("utf8"));
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
