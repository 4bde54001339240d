// Turns the Authorization header into a Caller: hashed, compared in constant time, cached.
// Both doors call it; `forget` empties the cache when any key or policy changed anywhere.

import { hash, timingSafeEqual } from "node:crypto";
import { allScopes, type Caller } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import { builtInLabels, publicData, sensitivity } from "../core/sensitivity.ts";
import type { Secret } from "../core/secret.ts";
import type { KeyDirectory, KeyRecord } from "./key-directory.ts";

export interface Authenticator {
  authenticate(authorization: string | undefined): Promise<Caller>;
  forget(): void;
}

export interface AuthenticatorParts {
  readonly directory: KeyDirectory;
  /** PORTCULLIS_ADMIN_KEY: an administrator who is in no table. */
  readonly adminKey: Secret | undefined;
  rolesOf(team: string): readonly string[];
  now(): number;
}

/** Wrong keys are remembered too, so that a flood of one costs no query; the bound holds memory. */
const mostRemembered = 20_000;

export function createAuthenticator(parts: AuthenticatorParts): Authenticator {
  const remembered = new Map<string, Caller | undefined>();
  const adminDigest = parts.adminKey && digestOf(parts.adminKey.reveal());

  async function lookUp(digest: string): Promise<Caller | undefined> {
    if (adminDigest !== undefined && sameDigest(digest, adminDigest))
      return operator("key:admin", parts.rolesOf);
    const found = await parts.directory.findByDigest(digest);
    if (!found || !sameDigest(found.digest, digest) || found.record.revokedAt) return undefined;
    return callerOf(found.record, parts.rolesOf);
  }

  let epoch = 0;
  return {
    async authenticate(authorization) {
      const digest = digestOf(bearerOf(authorization));
      let caller = remembered.get(digest);
      if (caller === undefined && !remembered.has(digest)) {
        const epochBefore = epoch;
        caller = await lookUp(digest);
        if (remembered.size >= mostRemembered) remembered.clear();
        // What was read before a change must not be remembered after it.
        if (epoch === epochBefore) remembered.set(digest, caller);
      }
      if (!caller) throw new Failure("UNAUTHENTICATED");
      if (caller.expiresAt && caller.expiresAt.getTime() <= parts.now()) {
        throw new Failure("UNAUTHENTICATED", "This key has expired.", {
          fix: "Ask an administrator for a new key.",
        });
      }
      return caller;
    },
    forget() {
      epoch += 1;
      remembered.clear();
    },
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

function callerOf(record: KeyRecord, rolesOf: (team: string) => readonly string[]): Caller {
  return {
    key: record.id,
    name: record.name,
    team: record.team,
    roles: record.roles,
    get teamRoles() {
      return rolesOf(record.team);
    },
    scopes: new Set(record.scopes),
    floor: record.floor,
    ceiling: record.ceiling,
    defaultSensitivity: record.defaultSensitivity,
    purposes: record.purposes,
    expiresAt: record.expiresAt,
  };
}

function bearerOf(authorization: string | undefined): string {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined) throw new Failure("UNAUTHENTICATED", "The request carries no key.");
  return token;
}

const sameDigest = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
