// Which claim of a token says what about its user: the small table of OIDC_CLAIMS.
// `config.ts` reads it, `intake/` maps tokens by it; what a row does not name keeps its default.

/** What a token can say, in the words of the table. */
const claimRows = {
  user: { claim: "sub", otherwise: undefined },
  team: { claim: "team", otherwise: "users" },
  roles: { claim: "roles", otherwise: undefined },
  scopes: { claim: "scope", otherwise: undefined },
  floor: { claim: "sensitivity_floor", otherwise: "public" },
  ceiling: { claim: "sensitivity_ceiling", otherwise: undefined },
  default: { claim: "sensitivity_default", otherwise: "internal" },
  purposes: { claim: "purposes", otherwise: undefined },
} as const;

type ClaimRowName = keyof typeof claimRows;

interface ClaimRow {
  /** As in the token, or a path into it: `realm_access.roles`. Empty: no claim says it. */
  readonly claim: string;
  /** What counts where the token does not say. */
  readonly otherwise: string | undefined;
}

export type ClaimTable = Readonly<Record<ClaimRowName, ClaimRow>>;

/** `team=department|staff; roles=realm_access.roles; ceiling=|confidential+pii`, with every problem. */
export function readClaimTable(text: string): {
  readonly table: ClaimTable;
  readonly problems: readonly string[];
} {
  const table: Record<ClaimRowName, ClaimRow> = { ...claimRows };
  const problems: string[] = [];
  for (const row of text.split(";").map((part) => part.trim())) {
    if (row === "") continue;
    const [, name = "", claim = "", otherwise] = /^([a-z]+)\s*=\s*([^|]*?)\s*(?:\|\s*(.*))?$/.exec(row) ?? [];
    if (!isRow(name))
      problems.push(`"${row}" must be one of ${Object.keys(claimRows).join(", ")}, = and a claim`);
    else if (name === "user" && claim === "") problems.push("user must name a claim");
    else table[name] = { claim, otherwise: otherwise ?? claimRows[name].otherwise };
  }
  return { table, problems };
}

const isRow = (name: string): name is ClaimRowName => Object.hasOwn(claimRows, name);
