// From the claims of a checked token to its caller, by the table of OIDC_CLAIMS.
// `tokens.ts` calls it. Ids get their prefixes here, so that no claim can pass for another kind of id.

import { scopes as allScopes, type Caller, type Scope } from "../core/caller.ts";
import type { ClaimTable } from "../core/claim-table.ts";
import { Failure } from "../core/errors.ts";
import { isWithin, parseSensitivity, sensitivity, type Sensitivity } from "../core/sensitivity.ts";

export interface ClaimReading {
  readonly table: ClaimTable;
  /** The most that a token can hold, whatever it says. */
  readonly mostScopes: readonly Scope[];
  /** Labels of the policy in force. */
  labels(): ReadonlySet<string>;
  rolesOf(team: string): readonly string[];
}

export interface TokenFacts {
  /** `key:…`, one for each issuer: what policy rows and budgets for all of its users name. */
  readonly key: string;
  /** Keeps apart users of several issuers; empty for the first. */
  readonly namespace: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly expiresAt: Date;
}

type Row = keyof ClaimTable;

const mostWords = 200;
const longestWord = 255;

export function callerOfClaims(facts: TokenFacts, reading: ClaimReading): Caller {
  const { table, labels, rolesOf } = reading;
  const words = (row: Row): readonly string[] | undefined => wordsOf(facts.claims, table, row);
  const tag = (row: Row): Sensitivity | undefined => {
    const text = single(words(row), table, row);
    if (text === undefined) return undefined;
    const parsed = parseSensitivity(text, labels());
    if (!parsed.ok) throw unusable(table, row, `is no sensitivity tag: it ${parsed.problem}`);
    return parsed.value;
  };
  const subject = single(words("user"), table, "user");
  if (subject === undefined) throw unusable(table, "user", "is missing");
  const user = userId(subject, facts.namespace);
  const team = `team:${wordOf(single(words("team"), table, "team") ?? "users")}`;
  const ceiling = tag("ceiling") ?? sensitivity("restricted", labels());
  const floor = tag("floor") ?? sensitivity("public");
  if (!isWithin(floor, ceiling)) throw unusable(table, "floor", "is above the ceiling");
  const usual = tag("default") ?? sensitivity("internal");
  return {
    key: facts.key,
    user,
    name: user,
    team,
    roles: [...new Set((words("roles") ?? []).map((role) => `role:${wordOf(role)}`))],
    get teamRoles() {
      return rolesOf(team);
    },
    scopes: new Set(scopesOf(words("scopes") ?? [], reading.mostScopes)),
    floor,
    ceiling,
    defaultSensitivity: isWithin(usual, ceiling) ? usual : ceiling,
    purposes: [...new Set((words("purposes") ?? []).map(wordOf))],
    expiresAt: facts.expiresAt,
  };
}

/** Injective, so that no two subjects become one user: what is not plain is percent-encoded. */
export function userId(subject: string, namespace = ""): string {
  const encoded = encodeURIComponent(subject.toWellFormed())
    .replaceAll("%40", "@")
    .replace(/[!~*'()]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return `user:${namespace === "" ? "" : `${namespace}/`}${encoded}`;
}

const scopeMark = "portcullis:";

/** `portcullis:catalog` and the like; a token that names none has the scopes of a new key. */
function scopesOf(words: readonly string[], most: readonly Scope[]): readonly Scope[] {
  const named = words
    .filter((word) => word.startsWith(scopeMark))
    .map((word) => word.slice(scopeMark.length));
  return named.length === 0
    ? most.filter((scope) => allScopes[scope].byDefault)
    : most.filter((scope) => named.includes(scope));
}

/** Texts, or one text that blanks divide; undefined where neither the token nor the table says anything. */
function wordsOf(claims: TokenFacts["claims"], table: ClaimTable, row: Row): readonly string[] | undefined {
  const { claim, otherwise } = table[row];
  const found = claim === "" ? undefined : claimAt(claims, claim);
  const value = found ?? otherwise;
  if (value === undefined) return undefined;
  const words = Array.isArray(value) ? (value as readonly unknown[]) : divided(value, row);
  if (words.length > mostWords) throw unusable(table, row, `holds more than ${mostWords} entries`);
  return words.map((word) => {
    if (typeof word !== "string" || word === "" || word.length > longestWord)
      throw unusable(table, row, `must be text of at most ${longestWord} characters`);
    return word;
  });
}

const lists: readonly Row[] = ["roles", "scopes", "purposes"];

const divided = (value: unknown, row: Row): readonly unknown[] =>
  typeof value === "string" && lists.includes(row) ? value.split(/[\s,]+/).filter(Boolean) : [value];

/** A claim of that very name first: names of claims may hold dots. */
function claimAt(claims: TokenFacts["claims"], path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let value: unknown = claims;
  for (const step of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return value;
}

function single(words: readonly string[] | undefined, table: ClaimTable, row: Row): string | undefined {
  if (words === undefined || words.length === 0) return undefined;
  if (words.length > 1) throw unusable(table, row, "must be one text, not several");
  return words[0];
}

/** As a person would write it in the policy: "Support Agents" is support-agents. */
const wordOf = (text: string): string => {
  const word = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 63);
  return word === "" ? "unnamed" : word;
};

const unusable = (table: ClaimTable, row: Row, why: string): Failure =>
  new Failure("UNAUTHENTICATED", `The token's claim ${table[row].claim || row} ${why}.`, {
    fix: "Ask whoever runs the identity provider, or the OIDC_CLAIMS of this gateway.",
  });
