// A caller as the rows can name it: its key, its user, its team and its roles, as far as any row means one.
// `permit.ts` asks it for every request; ids that the server cannot have minted get no answer.

import type { Caller } from "../core/caller.ts";
import type { Links } from "./links.ts";
import type { GrantRow } from "./rows.ts";

export const notMinted = "Refused: the caller's ids are not of the form that this server mints.";

/** A key named `role:clinical` must never be read as a role. A blank would join two ids into more. */
const minted: Readonly<Record<"key" | "user" | "team" | "role", RegExp>> = {
  key: /^key:[^\s,:]+$/,
  user: /^user:[^\s,:|]+$/,
  team: /^team:[^\s,:]+$/,
  role: /^role:[^\s,:]+$/,
};

/** Joined by blanks, sorted, once each; undefined where an id is of no minted form. */
export function makeSubjects(rows: readonly GrantRow[], teams: Links): (caller: Ids) => string | undefined {
  const named = new Set(rows.map((row) => row.who));
  const known = new WeakMap<object, string | undefined>();

  return (caller) => {
    if (known.has(caller)) return known.get(caller);
    const subjects = isMinted(caller) ? join(idsOf(caller)) : undefined;
    known.set(caller, subjects);
    return subjects;
  };

  function join(ids: readonly string[]): string {
    const meant = ids.filter((id) => [...teams.reach(id)].some((reached) => named.has(reached)));
    return [...new Set(meant)].sort().join(" ");
  }
}

type Ids = Pick<Caller, "key" | "user" | "team" | "roles">;

/** Joined by blanks, for the rows on safety; undefined where an id is of no minted form. Each caller is asked about once. */
export function makeNames(): (caller: Ids) => string | undefined {
  const known = new WeakMap<object, { readonly names: string | undefined }>();
  return (caller) => {
    let found = known.get(caller);
    if (found === undefined) {
      found = { names: isMinted(caller) ? idsOf(caller).join(" ") : undefined };
      known.set(caller, found);
    }
    return found.names;
  };
}

/** Everything that a row may name the caller by. */
export const idsOf = ({ key, user, team, roles }: Ids): readonly string[] =>
  user === undefined ? [key, team, ...roles] : [key, user, team, ...roles];

/** True where every id is of the form that the server mints for its kind. */
const isMinted = ({ key, user, team, roles }: Ids): boolean =>
  minted.key.test(key) &&
  (user === undefined || minted.user.test(user)) &&
  minted.team.test(team) &&
  roles.every((role) => minted.role.test(role));
