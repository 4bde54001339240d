// One HTTP call to one provider: sends the encoded request, hands back the status and the bytes.
// Only configured origins are called; the credential goes in here and nowhere else.

import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import type { Dialect, EncodedRequest } from "../core/dialect.ts";
import { WireFault } from "../core/dialect.ts";
import type { Pools } from "./pools.ts";

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfterSeconds: number | undefined;
  readonly body: Readable;
}

export interface Timeouts {
  /** Until the connection stands; undefined: the usual. */
  readonly connectMilliseconds?: number | undefined;
  /** Until the first byte of the answer. */
  readonly headersMilliseconds: number;
  /** Between two bytes. */
  readonly idleMilliseconds: number;
}

const decoders: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: () => createGunzip(),
  "x-gzip": () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
  zstd: () => createZstdDecompress(),
};

/** Where a path lies: behind the base URL, unless the dialect has a place of its own for it. */
export const addressOf = (dialect: Dialect, baseUrl: string, path: string): URL =>
  dialect.address?.(baseUrl, path) ?? new URL(baseUrl.replace(/\/+$/, "") + path);

/** More than this in a whole answer is taken for a fault. */
const largestAnswerBytes = 64 * 1024 * 1024;

const mostReadOutMilliseconds = 1_000;

export async function httpCall(
  pools: Pools,
  url: URL,
  encoded: EncodedRequest,
  credential: Readonly<Record<string, string>>,
  timeouts: Timeouts,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const answer = await pools.for(url.origin, timeouts.connectMilliseconds).request({
    origin: url.origin,
    path: url.pathname + url.search,
    method: "POST",
    headers: {
      "content-type": "application/json",
      "accept-encoding": "identity",
      "user-agent": "portcullis",
      ...encoded.headers,
      ...credential,
    },
    body: encoded.body,
    signal,
    headersTimeout: timeouts.headersMilliseconds,
    bodyTimeout: timeouts.idleMilliseconds,
  });
  return {
    status: answer.statusCode,
    contentType: String(answer.headers["content-type"] ?? ""),
    retryAfterSeconds: retryAfter(answer.headers["retry-after"]),
    body: decoded(answer.body, String(answer.headers["content-encoding"] ?? "identity")),
  };
}

/** The whole body as JSON; `undefined` where it is no JSON. */
export async function readJson(body: AsyncIterable<unknown>): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestAnswerBytes) throw new WireFault("malformed", "the answer is too large");
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Reads what nobody needs to the end of the body, so that its connection can be used again; not for long. */
export function readOut(body: Readable): void {
  const giveUp = setTimeout(() => body.destroy(), mostReadOutMilliseconds).unref();
  body.on("error", () => undefined).once("close", () => clearTimeout(giveUp));
  body.resume();
}

/** Closes the connection in the middle of a body that nobody reads on, and whose protest nobody needs to hear. */
export function drop(body: Readable): void {
  body.on("error", () => undefined).destroy();
}

/** We ask for identity, yet some servers and proxies compress all the same. */
function decoded(body: Readable, encoding: string): Readable {
  const makeDecoder = decoders[encoding.trim().toLowerCase()];
  if (!makeDecoder) return body;
  const decoder = makeDecoder();
  body.on("error", (error) => decoder.destroy(error));
  decoder.on("close", () => body.destroy());
  return body.pipe(decoder);
}

function retryAfter(header: string | string[] | undefined): number | undefined {
  const value = Array.isArray(header) ? header[0] : header;
  if (value === undefined) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}
