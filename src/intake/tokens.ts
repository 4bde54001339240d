// Checks a JWT of a configured issuer and says whose it is: signature, issuer, audience, times, algorithm.
// `authenticate.ts` calls it for what is no key, and remembers the answer for a while.

import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from "jose";
import type { Caller, Scope } from "../core/caller.ts";
import type { ClaimTable } from "../core/claim-table.ts";
import { Failure } from "../core/errors.ts";
import { callerOfClaims, type ClaimReading } from "./claims.ts";
import { createTokenKeys, type TokenKeys } from "./token-keys.ts";

export interface TokenSettings {
  /** The first one's users keep their bare ids. */
  readonly issuers: readonly { readonly url: string; readonly jwksUri: string | undefined }[];
  readonly audiences: readonly string[];
  readonly claims: ClaimTable;
  readonly mostScopes: readonly Scope[];
}

export interface TokenParts extends Pick<ClaimReading, "labels" | "rolesOf"> {
  readonly settings: TokenSettings;
  fetchJson(url: string): Promise<unknown>;
  now(): number;
  onKeysChanged(): void;
  onFault(error: unknown): void;
}

export interface Tokens {
  read(token: string): Promise<Caller>;
}

/** Asymmetric alone: with `none` or a shared secret anybody could sign. */
const algorithms = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519".split(" ");

/** Clocks differ; more than this is no clock but a mistake. */
const skewSeconds = 30;
const longestToken = 16_384;

/** What else may be signed with the same keys, such as logout tokens, is no leave to ask. */
const kinds = new Set([undefined, "jwt", "at+jwt", "application/at+jwt"]);

interface Issuer {
  readonly url: string;
  readonly key: string;
  readonly namespace: string;
  readonly keys: TokenKeys;
}

export function createTokens(parts: TokenParts): Tokens {
  const { settings, now } = parts;
  const issuers = new Map(settings.issuers.map((one, index) => [one.url, issuerOf(one, index, parts)]));
  const reading: ClaimReading = {
    table: settings.claims,
    mostScopes: settings.mostScopes,
    labels: () => parts.labels(),
    rolesOf: (team) => parts.rolesOf(team),
  };

  return {
    async read(token) {
      try {
        if (token.length > longestToken) throw new Failure("UNAUTHENTICATED", "The token is too long.");
        const kind = decodeProtectedHeader(token).typ?.toLowerCase();
        const issuer = issuers.get(decodeJwt(token).iss ?? "");
        if (!issuer) throw new Failure("UNAUTHENTICATED", "The token's issuer is not known here.");
        if (!kinds.has(kind)) throw new Failure("UNAUTHENTICATED", "The token is of another kind.");
        const { payload } = await jwtVerify(token, (header, input) => issuer.keys.keyFor(header, input), {
          issuer: issuer.url,
          audience: [...settings.audiences],
          algorithms,
          clockTolerance: skewSeconds,
          currentDate: new Date(now()),
          requiredClaims: ["exp"],
        });
        const expiresAt = new Date(((payload.exp ?? 0) + skewSeconds) * 1000);
        return callerOfClaims({ ...issuer, claims: payload, expiresAt }, reading);
      } catch (error) {
        throw refusalOf(error);
      }
    },
  };
}

function issuerOf(
  { url, jwksUri }: TokenSettings["issuers"][number],
  index: number,
  { fetchJson, now, onKeysChanged, onFault }: TokenParts,
): Issuer {
  const { host, pathname } = new URL(url);
  const place = `${host}${pathname}`.replace(/\/+$/, "");
  const word = place.toLowerCase().replaceAll(/[^a-z0-9.-]+/g, "-");
  return {
    url,
    key: `key:oidc-${word}`.slice(0, 60),
    namespace: index === 0 ? "" : encodeURIComponent(place),
    keys: createTokenKeys({ issuer: url, jwksUri, fetchJson, now, onFault, onChange: onKeysChanged }),
  };
}

const fix = "Send a token of a configured issuer that is meant for this gateway and has not expired.";

/** In a sentence of ours: what jose says may quote the token. */
function refusalOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (!(error instanceof errors.JOSEError || error instanceof TypeError)) throw error;
  return new Failure("UNAUTHENTICATED", sentenceOf(error), { fix });
}

function sentenceOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "The token has expired.";
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "aud") return "The token is meant for another audience.";
    if (error.claim === "nbf") return "The token is not valid yet.";
    return "A claim of the token is missing or wrong.";
  }
  if (error instanceof errors.JOSEAlgNotAllowed)
    return "The token is signed by an algorithm that is not taken.";
  if (error instanceof errors.JWKSNoMatchingKey) return "The token's issuer has no such key.";
  return "The token is not a valid one.";
}
