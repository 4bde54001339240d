// Makes new keys: a random secret that is shown once, and the row that says what it may do.
// Ids are minted here with their prefixes, so that no name can pass for a role or a team.

import { randomBytes } from "node:crypto";
import { allScopes, defaultScopes, type Scope } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import {
  formatSensitivity,
  isWithin,
  publicData,
  sensitivity,
  type Sensitivity,
} from "../core/sensitivity.ts";
import type { NewKey } from "../gateway/administration.ts";
import { digestOf } from "../intake/authenticate.ts";
import type { KeyRecord } from "../intake/key-directory.ts";
import { parseTag } from "../intake/normalise.ts";

export interface MintedSecret {
  readonly secret: string;
  readonly digest: string;
  readonly hint: string;
}

const secretBytes = 32;
const hintCharacters = 9;
const longestName = 100;

export function mintSecret(): MintedSecret {
  const secret = `pc_${randomBytes(secretBytes).toString("base64url")}`;
  return { secret, digest: digestOf(secret), hint: `${secret.slice(0, hintCharacters)}…` };
}

/** Throws INVALID_REQUEST with the path of what is wrong. */
export function newKeyRecord(input: NewKey, hint: string, labels: ReadonlySet<string>, now: Date): KeyRecord {
  const tag = (path: "floor" | "ceiling" | "defaultSensitivity", otherwise: Sensitivity): Sensitivity => {
    const text = input[path];
    return text === undefined ? otherwise : parseTag(text, labels, path);
  };
  const floor = tag("floor", publicData);
  const ceiling = tag("ceiling", sensitivity("restricted", labels));
  const internal = sensitivity("internal");
  const defaultSensitivity = tag("defaultSensitivity", isWithin(internal, ceiling) ? internal : ceiling);
  if (!isWithin(floor, ceiling)) throw invalid("floor", `is above the ceiling ${formatSensitivity(ceiling)}`);
  if (!isWithin(defaultSensitivity, ceiling)) {
    throw invalid("defaultSensitivity", `is above the ceiling ${formatSensitivity(ceiling)}`);
  }
  if (input.expiresAt && input.expiresAt <= now) throw invalid("expiresAt", "lies in the past");
  return {
    id: `key:${randomBytes(9).toString("base64url").toLowerCase().replaceAll(/[_-]/g, "x")}`,
    name: nameOf(input.name),
    team: prefixed("team", input.team, "team"),
    roles: [...new Set(input.roles.map((role, index) => prefixed("role", role, `roles[${index}]`)))],
    scopes: scopesOf(input.scopes),
    floor,
    ceiling,
    defaultSensitivity,
    purposes: [
      ...new Set((input.purposes ?? []).map((purpose, index) => word(purpose, `purposes[${index}]`))),
    ],
    createdAt: now,
    expiresAt: input.expiresAt,
    revokedAt: undefined,
    hint,
  };
}

function nameOf(name: string): string {
  const trimmed = name.trim();
  if (trimmed === "" || trimmed.length > longestName)
    throw invalid("name", `must have 1 to ${longestName} characters`);
  return trimmed;
}

function scopesOf(given: readonly string[] | undefined): readonly Scope[] {
  if (given === undefined) return defaultScopes;
  const unknown = given.find((scope) => !allScopes.some((known) => known === scope));
  if (unknown !== undefined) throw invalid("scopes", `must be among ${allScopes.join(", ")}`);
  return allScopes.filter((scope) => given.includes(scope));
}

const prefixed = (prefix: string, id: string, path: string): string =>
  `${prefix}:${word(id.startsWith(`${prefix}:`) ? id.slice(prefix.length + 1) : id, path)}`;

function word(text: string, path: string): string {
  if (!/^[a-z0-9][a-z0-9._-]{0,62}$/.test(text)) {
    throw invalid(path, "must be a word of lower-case letters, digits, dots, dashes or underscores");
  }
  return text;
}

const invalid = (path: string, what: string): Failure =>
  new Failure("INVALID_REQUEST", `${path} ${what}.`, { path });
