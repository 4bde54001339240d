// The public keys of one issuer: discovered, cached, fetched anew when they rotate, and kept through
// an outage. `tokens.ts` checks signatures with them; the fetching itself is handed in.

import {
  createLocalJWKSet,
  errors,
  type CryptoKey,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
} from "jose";
import { Failure } from "../core/errors.ts";

export interface TokenKeys {
  /** Throws UNAUTHENTICATED where the issuer has no such key, OVERLOADED where it cannot be asked. */
  keyFor(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey>;
}

export interface TokenKeysParts {
  readonly issuer: string;
  /** Where the operator says that the keys are; absent: wherever discovery says, at the issuer's own origin. */
  readonly jwksUri: string | undefined;
  /** Only ever called with addresses at the issuer's origin, or the one above. */
  fetchJson(url: string): Promise<unknown>;
  now(): number;
  /** Told at most twice a minute. */
  onFault(error: unknown): void;
  /** Keys came or went: what was checked with the old ones must be checked again. */
  onChange(): void;
}

type KeySet = ReturnType<typeof createLocalJWKSet>;

/** Older than this they are fetched again, beside the requests that go on with them. */
const freshMilliseconds = 10 * 60_000;
/** Through an outage known keys go on for so long. */
const keptMilliseconds = 24 * 3_600_000;
/** At least between two fetches, so that tokens with made-up key ids cost the issuer nothing. */
const cooldownMilliseconds = 30_000;

export function createTokenKeys(parts: TokenKeysParts): TokenKeys {
  let known: { readonly keys: KeySet; readonly text: string; readonly at: number } | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<boolean> | undefined;

  async function fetchKeys(): Promise<boolean> {
    triedAt = parts.now();
    try {
      const document = await parts.fetchJson(parts.jwksUri ?? (await discover(parts)));
      const text = JSON.stringify(document);
      if (known?.text !== text) {
        // jose checks that it is a set of keys.
        known = {
          keys: createLocalJWKSet(document as Parameters<typeof createLocalJWKSet>[0]),
          text,
          at: triedAt,
        };
        parts.onChange();
      } else known = { ...known, at: triedAt };
      return true;
    } catch (error) {
      parts.onFault(error);
      return false;
    }
  }

  /** True where the keys are newer now; one fetch serves everybody who waits. */
  function refresh(): Promise<boolean> {
    if (fetching) return fetching;
    if (parts.now() - triedAt < cooldownMilliseconds) return Promise.resolve(false);
    fetching = fetchKeys().finally(() => (fetching = undefined));
    return fetching;
  }

  function current(): KeySet | undefined {
    const age = parts.now() - (known?.at ?? Number.NEGATIVE_INFINITY);
    if (age > freshMilliseconds) void refresh();
    return age > keptMilliseconds ? undefined : known?.keys;
  }

  return {
    async keyFor(header, token) {
      let keys = current();
      if (!keys) {
        await refresh();
        keys = current();
      }
      if (!keys) throw unreachable();
      try {
        return await keys(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      }
      // It may have been rotated in since.
      const wasAsked = await refresh();
      if (!wasAsked && (known?.at ?? 0) < triedAt) throw unreachable();
      return await (known?.keys ?? keys)(header, token);
    },
  };
}

/** https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig */
async function discover({ issuer, fetchJson }: TokenKeysParts): Promise<string> {
  const document = await fetchJson(`${issuer.replace(/\/+$/, "")}/.well-known/openid-configuration`);
  const { issuer: named, jwks_uri: address } = (document ?? {}) as { issuer?: unknown; jwks_uri?: unknown };
  if (named !== issuer) throw new Error("the discovery document is another issuer's");
  const url = typeof address === "string" ? URL.parse(address) : null;
  if (url?.origin !== new URL(issuer).origin)
    throw new Error("the keys are at another origin: set OIDC_JWKS_URI");
  return url.href;
}

const unreachable = (): Failure =>
  new Failure("OVERLOADED", "The keys of the token's issuer cannot be read now, so it cannot be checked.");
