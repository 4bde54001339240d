// One HTTP call to one provider: sends the encoded request, hands back the status and the bytes.
// Only configured origins are called; the credential goes in here and nowhere else.

import type { Dialect, EncodedRequest } from "../core/dialect.ts";
import type { AnswerBody } from "./answer-body.ts";
import { exchange, type AnswerHead } from "./http-exchange.ts";
import type { Outgoing } from "./http1/call.ts";
import type { Pools } from "./pools.ts";
import { WholeBody } from "./whole-body.ts";

export interface Timeouts {
  /** Until the connection stands; undefined: the usual. */
  readonly connectMilliseconds?: number | undefined;
  /** Until the first byte of the answer. */
  readonly headersMilliseconds: number;
  /** Between two bytes. */
  readonly idleMilliseconds: number;
}

/** Where a path lies: behind the base URL, unless the dialect has a place of its own for it. */
export function addressOf(dialect: Dialect, baseUrl: string, path: string): Address {
  const known = addressesBehind(dialect, baseUrl);
  let address = known.get(path);
  if (!address) {
    const url = dialect.address?.(baseUrl, path) ?? new URL(baseUrl.replace(endSlashes, "") + path);
    address = { url, origin: url.origin, path: url.pathname + url.search };
    // Some dialects have the model's name in the path, and callers make those up.
    if (known.size >= mostAddresses) known.clear();
    known.set(path, address);
  }
  return address;
}

function addressesBehind(dialect: Dialect, baseUrl: string): Map<string, Address> {
  let bases = addresses.get(dialect);
  if (!bases) addresses.set(dialect, (bases = new Map()));
  let known = bases.get(baseUrl);
  if (!known) bases.set(baseUrl, (known = new Map()));
  return known;
}

export interface Address {
  readonly url: URL;
  readonly origin: string;
  /** With its query. */
  readonly path: string;
}

const endSlashes = /\/+$/;
/** By path, for each base URL: none of them comes from a caller. */
const addresses = new WeakMap<Dialect, Map<string, Map<string, Address>>>();
const mostAddresses = 1_000;

export function httpCall(
  pools: Pools,
  { origin, path }: Address,
  encoded: EncodedRequest,
  credential: Readonly<Record<string, string>>,
  timeouts: Timeouts,
  signal: AbortSignal,
): Promise<AnswerHead> {
  const headers = ["accept-encoding", "identity", "user-agent", "portcullis"];
  for (const name in encoded.headers) headers.push(name, encoded.headers[name] ?? "");
  for (const name in credential) headers.push(name, credential[name] ?? "");
  const outgoing: Outgoing = {
    origin,
    path,
    method: "POST",
    headers,
    body: encoded.body,
    headersTimeout: timeouts.headersMilliseconds,
    bodyTimeout: timeouts.idleMilliseconds,
  };
  return exchange(pools.for(origin, timeouts.connectMilliseconds), outgoing, signal);
}

const mostErrorMilliseconds = 1_000;

/** What a provider says of a failure, if it says it soon: the next candidate does not wait for the rest. */
export async function readError(body: AnswerBody): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const leave = (): void => {
    body.drop();
    resolve(undefined);
  };
  // After what has come meanwhile is read: a process that was busy for so long is no fault of the provider's.
  const giveUp = setTimeout(() => setImmediate(leave), mostErrorMilliseconds);
  // The status alone says whose fault it is, also where the connection broke before it was explained.
  return await Promise.race([readJson(body).catch(() => undefined), promise]).finally(() =>
    clearTimeout(giveUp),
  );
}

/** The whole body as JSON; `undefined` where it is no JSON. */
export async function readJson(body: AnswerBody): Promise<unknown> {
  const whole = new WholeBody();
  try {
    for (let chunk = await body.take(); chunk; chunk = await body.take()) whole.push(chunk);
  } catch (error) {
    body.drop();
    throw error;
  }
  return whole.json();
}

/** What the header of that name asks for. */
export function retryAfter({ headers }: AnswerHead): number | undefined {
  const header = headers["retry-after"];
  const value = Array.isArray(header) ? header[0] : header;
  if (value === undefined) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}
