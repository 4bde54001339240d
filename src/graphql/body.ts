// Reads what a POST brings: one JSON object, at most 25 MB, and nothing a plain HTML form could send.
// `door.ts` calls it before any GraphQL happens; every refusal is a typed failure.

import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { Failure } from "../core/errors.ts";
import { isNestedTooDeeply } from "../wire/json-depth.ts";

const largestBody = 25_000_000;

/** Throws at once where the body is none that is read. */
export function readJsonObject(request: IncomingMessage): Promise<Record<string, unknown>> {
  requireJson(request);
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > largestBody) throw new Failure("PAYLOAD_TOO_LARGE");
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= largestBody) chunks.push(chunk);
      else {
        // What still comes is dropped unread; the answer closes the connection.
        chunks.length = 0;
        reject(new Failure("PAYLOAD_TOO_LARGE"));
      }
    });
    request.on("end", () => {
      const [first] = chunks;
      const read = parse(first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks));
      if (read instanceof Failure) reject(read);
      else resolve(read);
    });
    const cutOff = (): void => reject(refused("The body was cut off."));
    request.on("error", cutOff);
    // Comes after a whole body too; an error made then for nobody would cost more than the parsing.
    request.on("close", () => {
      if (!request.complete) cutOff();
    });
  });
}

function parse(bytes: Buffer): Record<string, unknown> | Failure {
  if (!isUtf8(bytes)) return refused("The body is not valid UTF-8.");
  const text = bytes.toString("utf8");
  if (isNestedTooDeeply(text)) return refused("The body's JSON is nested too deeply.");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refused("The body is not valid JSON.");
  }
  if (Array.isArray(value)) return refused("Batches are not taken: send one operation.");
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  return refused("The body must be a JSON object with a query.");
}

const refused = (message: string): Failure => new Failure("INVALID_REQUEST", message);

function requireJson(request: IncomingMessage): void {
  if (request.headers["content-type"] !== "application/json") checkContentType(request);
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity")
    throw new Failure("UNSUPPORTED_MEDIA_TYPE", "The body must not be compressed.");
}

/** Browsers send this type to another origin only after asking, so no page can act in a user's name. */
function checkContentType(request: IncomingMessage): void {
  const [type = "", ...parameters] = (request.headers["content-type"] ?? "").toLowerCase().split(";");
  const charset = parameters.map((one) => one.trim()).find((one) => one.startsWith("charset="));
  if (type.trim() !== "application/json") throw new Failure("UNSUPPORTED_MEDIA_TYPE");
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) {
    throw new Failure("UNSUPPORTED_MEDIA_TYPE", "The body must be UTF-8.");
  }
}
