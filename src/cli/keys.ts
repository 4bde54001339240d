// `portcullis keys …`: make, list, rotate and revoke API keys.

import { allScopes } from "../core/caller.ts";
import { readArguments, readMoment } from "./arguments.ts";
import { CommandError, type Command } from "./command.ts";
import { withConnection } from "./connect.ts";
import { expectResult, failureFields, type FailureAnswer } from "./outcome.ts";
import { table } from "./table.ts";

interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly team: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly ceiling: string;
  readonly hint: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

type Minted = FailureAnswer & { readonly key: KeyRow; readonly secret: string };

const fields = "id name team roles scopes ceiling hint expiresAt revokedAt";
const createUsage =
  "keys create NAME --team TEAM [--role ROLE]… [--scope SCOPE|all]… [--floor TAG] [--ceiling TAG] [--default TAG] [--purpose WORD]… [--expires 2027-01-31|90d] [--json]";

const create: Command = {
  name: "keys create",
  usage: createUsage.slice("keys create ".length),
  summary: "make a key; its secret is shown this once",
  async run(args, { env, print }) {
    const read = readArguments(
      args,
      {
        team: "one",
        role: "many",
        scope: "many",
        floor: "one",
        ceiling: "one",
        default: "one",
        purpose: "many",
        expires: "one",
        json: "flag",
      },
      { least: 1, most: 1, usage: createUsage },
    );
    const input = {
      name: read.words[0],
      team: read.one("team") ?? missing("--team"),
      roles: read.many("role") ?? [],
      scopes: scopesOf(read.many("scope")),
      floor: read.one("floor"),
      ceiling: read.one("ceiling"),
      defaultSensitivity: read.one("default"),
      purposes: read.many("purpose"),
      expiresAt: readMoment(read.one("expires"), "expires", new Date())?.toISOString(),
    };
    const minted = await withConnection(env, async (connection) => {
      const query = `mutation ($input: CreateKeyInput!) { createKey(input: $input) { __typename ... on MintedKey { secret key { ${fields} } } ${failureFields} } }`;
      return expectResult((await connection.ask<{ createKey: Minted }>(query, { input })).createKey);
    });
    showMinted(minted, read.flag("json"), print);
    return 0;
  },
};

const rotate: Command = {
  name: "keys rotate",
  usage: "ID [--json]",
  summary: "give a key a new secret; the old one stops working at once",
  async run(args, { env, print }) {
    const read = readArguments(args, { json: "flag" }, { least: 1, most: 1, usage: "keys rotate ID" });
    const minted = await withConnection(env, async (connection) => {
      const query = `mutation ($id: ID!) { rotateKey(id: $id) { __typename ... on MintedKey { secret key { ${fields} } } ${failureFields} } }`;
      return expectResult(
        (await connection.ask<{ rotateKey: Minted }>(query, { id: read.words[0] })).rotateKey,
      );
    });
    showMinted(minted, read.flag("json"), print);
    return 0;
  },
};

const revoke: Command = {
  name: "keys revoke",
  usage: "ID",
  summary: "end a key, on every replica within a second",
  async run(args, { env, print }) {
    const read = readArguments(args, {}, { least: 1, most: 1, usage: "keys revoke ID" });
    await withConnection(env, async (connection) => {
      const query = `mutation ($id: ID!) { revokeKey(id: $id) { __typename ... on Key { id } ${failureFields} } }`;
      return expectResult(
        (await connection.ask<{ revokeKey: FailureAnswer }>(query, { id: read.words[0] })).revokeKey,
      );
    });
    print(`${read.words[0]} is revoked.`);
    return 0;
  },
};

const list: Command = {
  name: "keys list",
  usage: "[--json]",
  summary: "show every key, also those that have ended",
  async run(args, { env, print }) {
    const read = readArguments(args, { json: "flag" }, { least: 0, most: 0, usage: "keys list [--json]" });
    const { keys } = await withConnection(env, (connection) =>
      connection.ask<{ keys: readonly KeyRow[] }>(`{ keys { ${fields} } }`),
    );
    if (read.flag("json")) print(JSON.stringify(keys, null, 2));
    else {
      const rows = keys.map((key) => [
        key.id,
        key.name,
        key.team,
        key.roles.join(" "),
        key.ceiling,
        key.hint,
        stateOf(key),
      ]);
      print(table(["ID", "NAME", "TEAM", "ROLES", "CEILING", "SECRET", "STATE"], rows));
    }
    return 0;
  },
};

export const keyCommands: readonly Command[] = [create, list, rotate, revoke];

function showMinted({ key, secret }: Minted, json: boolean, print: (line: string) => void): void {
  if (json) return print(JSON.stringify({ ...key, secret }, null, 2));
  print(`${key.id} (${key.name}) of ${key.team}${key.roles.length > 0 ? ` as ${key.roles.join(", ")}` : ""}`);
  print(`Secret, shown this once: ${secret}`);
}

function stateOf(key: KeyRow): string {
  if (key.revokedAt !== null) return `revoked ${key.revokedAt.slice(0, 10)}`;
  if (key.expiresAt === null) return "active";
  return `${new Date(key.expiresAt) <= new Date() ? "expired" : "until"} ${key.expiresAt.slice(0, 10)}`;
}

/** GraphQL writes enum values in capitals. */
function scopesOf(given: readonly string[] | undefined): readonly string[] | undefined {
  if (given === undefined) return undefined;
  const scopes = given.includes("all") ? allScopes : given;
  const unknown = scopes.find((scope) => !allScopes.some((known) => known === scope));
  if (unknown !== undefined)
    throw new CommandError(`--scope: expected ${allScopes.join(", ")} or all, not ${unknown}`);
  return scopes.map((scope) => scope.toUpperCase());
}

function missing(option: string): never {
  throw new CommandError(`${option} is missing.\nUsage: portcullis ${createUsage}`);
}
