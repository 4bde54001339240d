// Fetches one medium from an origin that the operator listed: resolved once, checked, dialled at that very address.
// `caller-media.ts` calls it after the permit. No redirect, no credential, no private address; bytes are never logged or kept.

import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { untilAborted } from "../core/abortable.ts";
import { Failure, type FailureCode } from "../core/errors.ts";
import type { MediaPart } from "../core/request.ts";
import { exchange } from "./http-exchange.ts";
import { mediaTypeOf } from "./media-type.ts";
import type { Outgoing } from "./http1/call.ts";
import type { Pools } from "./pools.ts";
import { isPublicAddress } from "./public-address.ts";

/** The ways out that a test puts itself into. */
export interface MediaNetwork {
  resolve(host: string): Promise<readonly LookupAddress[]>;
  /** Where an address that was checked and found public is dialled. */
  readonly dialled?: ((address: string) => string) | undefined;
  /** Trusted beside the usual authorities. */
  readonly authority?: string | undefined;
}

export const realNetwork: MediaNetwork = { resolve: (host) => lookup(host, { all: true }) };

export interface FetchedMedia {
  readonly bytes: Buffer;
  readonly mimeType: string;
}

const mostMilliseconds = 10_000;
/** What a name may resolve to is tried in turn, as long as there is time. */
const mostAddresses = 4;

export interface MediaRequest {
  readonly part: MediaPart;
  /** Of the part, for an error. */
  readonly path: string;
  readonly mostBytes: number;
  readonly signal: AbortSignal;
}

export async function fetchMedia(
  url: URL,
  request: MediaRequest,
  pools: Pools,
  network: MediaNetwork,
): Promise<FetchedMedia> {
  const { part, path, mostBytes } = request;
  const tooLate = AbortSignal.timeout(mostMilliseconds);
  const signal = AbortSignal.any([request.signal, tooLate]);
  const failed = (why: string, code: FailureCode = "INVALID_REQUEST", cause?: unknown): Failure =>
    new Failure(code, `A part by address could not be fetched: ${why}.`, { path, cause });
  try {
    const addresses = await checkedAddresses(url, network, signal, failed);
    const answer = await dial(url, addresses, pools, network, signal);
    try {
      const { status, headers, body } = answer;
      if (status >= 300 && status < 400) throw failed("its server redirects, which is not followed");
      if (status !== 200) throw failed(`its server answered with status ${status}`);
      const encoding = headers["content-encoding"] ?? "identity";
      if (encoding !== "identity") throw failed("its server sent it compressed");
      const large = `it is larger than ${Math.floor(mostBytes / mebibyte)} MB may be here`;
      if (Number(headers["content-length"] ?? 0) > mostBytes) throw failed(large);
      const chunks: Buffer[] = [];
      let size = 0;
      for (let chunk = await body.take(); chunk; chunk = await body.take()) {
        if ((size += chunk.length) > mostBytes) throw failed(large);
        chunks.push(chunk);
      }
      const bytes = Buffer.concat(chunks);
      const mimeType = mediaTypeOf(bytes, String(headers["content-type"] ?? ""), part.type);
      if (mimeType === undefined) throw failed(`what its server sent is no ${part.type}`);
      return { bytes, mimeType };
    } finally {
      answer.body.drop();
      answer.close();
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    request.signal.throwIfAborted();
    if (tooLate.aborted)
      throw failed(`it took longer than ${mostMilliseconds / 1_000} seconds`, "UPSTREAM_TIMEOUT");
    throw failed("its server could not be reached or broke off", "UPSTREAM_FAILED", error);
  }
}

export const mebibyte = 1_048_576;

/** All of them must be public: a name with one inner address is a name for something inner. */
async function checkedAddresses(
  url: URL,
  network: MediaNetwork,
  signal: AbortSignal,
  failed: (why: string, code?: FailureCode, cause?: unknown) => Failure,
): Promise<readonly string[]> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0) {
    if (!isPublicAddress(host)) throw failed("its address is not public");
    return [host];
  }
  const resolved = await untilAborted(network.resolve(host), signal).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw failed("its host has no address", "UPSTREAM_FAILED", cause);
  });
  if (resolved.length === 0) throw failed("its host has no address", "UPSTREAM_FAILED");
  if (!resolved.every(({ address }) => isPublicAddress(address)))
    throw failed("its host has an address that is not public");
  return resolved.slice(0, mostAddresses).map(({ address }) => address);
}

async function dial(
  url: URL,
  addresses: readonly string[],
  pools: Pools,
  { dialled, authority }: MediaNetwork,
  signal: AbortSignal,
) {
  let last: unknown;
  for (const checked of addresses) {
    signal.throwIfAborted();
    const address = dialled?.(checked) ?? checked;
    const dispatcher = pools.apart(url, address, authority);
    const close = (): void => void dispatcher.destroy();
    try {
      const origin = originAt(url, address);
      const outgoing: Outgoing = {
        origin,
        path: url.pathname + url.search,
        method: "GET",
        headers: [
          "host",
          url.host,
          "accept",
          "*/*",
          "accept-encoding",
          "identity",
          "user-agent",
          "portcullis",
        ],
      };
      return { ...(await exchange(dispatcher, outgoing, signal)), close };
    } catch (error) {
      close();
      last = error;
    }
  }
  throw last;
}

const originAt = (url: URL, address: string): string =>
  `https://${isIP(address) === 6 ? `[${address}]` : address}:${url.port || "443"}`;
