// The `who` column and the ids in `g` rows: `anyone`, or a role, team, key or user by its prefixed id.
// The row reader calls it; ids are minted by the server, so a prefix can never be part of a name.

import { suggest } from "../problems.ts";
import { read, refuse, type Cell } from "./cell.ts";

export type SubjectKind = "role" | "team" | "key" | "user";

/** Keys are minted with capitals too; roles and teams are typed by people, so in lower case only. */
const forms: Readonly<Record<SubjectKind, RegExp>> = {
  role: /^role:[a-z0-9][a-z0-9._-]{0,63}$/,
  team: /^team:[a-z0-9][a-z0-9._-]{0,63}$/,
  key: /^key:[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  /** As the server writes the subject of a token: what is not plain is percent-encoded. */
  user: /^user:[A-Za-z0-9._%@/-]{1,800}$/,
};

const kinds = Object.keys(forms) as readonly SubjectKind[];

export function readWho(text: string): Cell<string> {
  return text === "anyone" ? read(text) : readSubject(text, kinds, ["anyone"]);
}

export function readSubject(
  text: string,
  allowed: readonly SubjectKind[],
  besides: readonly string[] = [],
): Cell<string> {
  if (allowed.some((kind) => forms[kind].test(text))) return read(text);
  const choice = [...besides, ...allowed.map((kind) => `${kind}:<name>`)].join(" or ");
  const prefix = /^\s*([A-Za-z]+)\s*:\s*(.*)$/.exec(text);
  const meant = prefix?.[1]?.toLowerCase();
  const corrected = `${meant}:${(prefix?.[2] ?? "").toLowerCase().replace(/[^a-z0-9._-]+/g, "-")}`;
  if (allowed.some((kind) => forms[kind].test(corrected)) && corrected !== text) {
    return refuse(`"${text}" is not an id`, `did you mean "${corrected}"?`);
  }
  const known = [...besides, ...allowed];
  const near = suggest(meant ?? text, known);
  return refuse(`"${text}" must be ${choice}`, near?.startsWith("did") === true ? near : undefined);
}
