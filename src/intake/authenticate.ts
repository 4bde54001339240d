// Turns credentials into a Caller: a key, hashed and compared in constant time, or a token of a configured
// issuer; cached. Both doors call it; `forget` empties the cache when any key or policy changed anywhere.

import { hash, timingSafeEqual } from "node:crypto";
import { allScopes, type Caller } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import { builtInLabels, publicData, sensitivity } from "../core/sensitivity.ts";
import type { Secret } from "../core/secret.ts";
import type { Soon } from "../core/soon.ts";
import { onBehalfOf } from "./end-user.ts";
import type { KeyDirectory, KeyRecord } from "./key-directory.ts";
import { createTokens, type TokenSettings } from "./tokens.ts";

export interface Authenticator {
  /**
   * `endUser` is `x-end-user-id`: refused, not ignored, where the credential may not name one. A promise only where the
   * credential was not checked lately.
   */
  authenticate(authorization: string | undefined, endUser?: string): Soon<Caller>;
  forget(): void;
}

export interface AuthenticatorParts {
  readonly directory: KeyDirectory;
  /** PORTCULLIS_ADMIN_KEY: an administrator who is in no table. */
  readonly adminKey: Secret | undefined;
  rolesOf(team: string): readonly string[];
  now(): number;
  /** OIDC_ISSUER and what belongs to it; absent: keys alone are taken. */
  readonly tokens?: TokenAuthentication | undefined;
}

interface TokenAuthentication {
  readonly settings: TokenSettings;
  /** Labels of the policy in force. */
  labels(): ReadonlySet<string>;
  /** Only ever called with addresses of the configured issuers. */
  fetchJson(url: string): Promise<unknown>;
  onFault(error: unknown): void;
}

/** What was checked once; a token is checked again after a while, so that a key taken back ends it. */
interface Remembered {
  readonly caller: Caller | undefined;
  readonly until: number;
}

const tokenMilliseconds = 5 * 60_000;

/** Wrong keys are remembered too, so that a flood of one costs no query; the bound holds memory. */
const mostRemembered = 20_000;

export function createAuthenticator(parts: AuthenticatorParts): Authenticator {
  const remembered = new Map<string, Remembered>();
  let epoch = 0;
  const forget = (): void => {
    epoch += 1;
    remembered.clear();
  };
  const tokens = parts.tokens && createTokens({ ...parts, ...parts.tokens, onKeysChanged: forget });
  const adminDigest = parts.adminKey && digestOf(parts.adminKey.reveal());

  async function lookUp(digest: string): Promise<Caller | undefined> {
    if (adminDigest !== undefined && sameDigest(digest, adminDigest))
      return operator("key:admin", parts.rolesOf);
    const found = await parts.directory.findByDigest(digest);
    if (!found || !sameDigest(found.digest, digest) || found.record.revokedAt) return undefined;
    return callerOf(found.record, parts.rolesOf);
  }

  async function check(secret: string, digest: string): Promise<Remembered> {
    if (!tokens || !looksLikeToken(secret)) {
      return { caller: await lookUp(digest), until: Number.POSITIVE_INFINITY };
    }
    return { caller: await tokens.read(secret), until: parts.now() + tokenMilliseconds };
  }

  async function checkAndRemember(secret: string, digest: string): Promise<Remembered> {
    const epochBefore = epoch;
    const known = await check(secret, digest);
    if (remembered.size >= mostRemembered) remembered.clear();
    // What was read before a change must not be remembered after it.
    if (epoch === epochBefore) remembered.set(digest, known);
    return known;
  }

  function admitted({ caller }: Remembered, endUser: string | undefined): Caller {
    if (!caller) throw new Failure("UNAUTHENTICATED");
    if (caller.expiresAt && caller.expiresAt.getTime() <= parts.now()) {
      throw new Failure("UNAUTHENTICATED", "This key has expired.", {
        fix: "Ask an administrator for a new key.",
      });
    }
    return endUser === undefined ? caller : onBehalfOf(caller, endUser);
  }

  return {
    authenticate(authorization, endUser) {
      const secret = bearerOf(authorization);
      const digest = digestOf(secret);
      const known = remembered.get(digest);
      if (known !== undefined && known.until > parts.now()) return admitted(known, endUser);
      return checkAndRemember(secret, digest).then((checked) => admitted(checked, endUser));
    },
    forget,
  };
}

/** Whoever sits at the machine itself: the control socket, and the CLI in its own process. */
const localOperatorKey = "key:operator";

export const localOperator = (rolesOf: (team: string) => readonly string[]): Caller =>
  operator(localOperatorKey, rolesOf);

export const isLocalOperator = (caller: Caller): boolean => caller.key === localOperatorKey;

/** Someone with every scope and the admin role: the admin key, and the CLI on the machine itself. */
export function operator(key: string, rolesOf: (team: string) => readonly string[]): Caller {
  const team = "team:operators";
  return {
    key,
    name: "operator",
    team,
    roles: ["role:admin"],
    get teamRoles() {
      return rolesOf(team);
    },
    scopes: new Set(allScopes),
    floor: publicData,
    ceiling: sensitivity("restricted", builtInLabels),
    defaultSensitivity: sensitivity("internal"),
    purposes: [],
  };
}

/** Hex sha256 of a secret: what is stored, and all that is ever looked up. */
export const digestOf = (secret: string): string => hash("sha256", secret, "hex");

export function callerOf(record: KeyRecord, rolesOf: (team: string) => readonly string[]): Caller {
  return {
    key: record.id,
    name: record.name,
    team: record.team,
    roles: record.roles,
    get teamRoles() {
      return rolesOf(record.team);
    },
    scopes: new Set(record.scopes),
    // As the database gives them back, their parts stand in an order of its own.
    floor: sensitivity(record.floor.level, record.floor.labels),
    ceiling: sensitivity(record.ceiling.level, record.ceiling.labels),
    defaultSensitivity: sensitivity(record.defaultSensitivity.level, record.defaultSensitivity.labels),
    purposes: record.purposes,
    expiresAt: record.expiresAt,
  };
}

/** Three parts of base64url; a key has no dots. */
const looksLikeToken = (secret: string): boolean =>
  !secret.startsWith("pc_") && /^[\w-]+\.[\w-]+\.[\w-]*$/.test(secret);

function bearerOf(authorization: string | undefined): string {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined) throw new Failure("UNAUTHENTICATED", "The request carries no key.");
  return token;
}

const sameDigest = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
