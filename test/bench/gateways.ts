// Portcullis itself, as its own process with everything on, as `npm start` runs it.
// Providers are pointed at the mock upstreams; the key is a real one, minted over GraphQL.

import { mkdir } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { copyPgliteTemplate } from "../kit/pglite-template.ts";
import { startProgram, type Program } from "./program.ts";

export interface GatewaySetup {
  readonly name: string;
  readonly folder: string;
  readonly wholeUrl: string;
  readonly streamUrl: string;
  /** Absent: PGlite. */
  readonly databaseUrl?: string | undefined;
  /** The bundle of `npm run build`, where there is one. */
  readonly built?: boolean;
  /** Where the probe of its heap writes; absent: there is none. */
  readonly heapFile?: string;
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const heapProbe = fileURLToPath(new URL("programs/heap-probe.ts", import.meta.url));
const bundle = "dist/bundle/main.mjs";
const adminKey = `pc_${"bench-admin-key-".repeat(3)}`;

export const isBuilt = (): boolean => existsSync(join(root, bundle));

/** A data folder of its own; starting twice with the same name finds the same database. */
export async function startGateway(setup: GatewaySetup): Promise<Program> {
  const dataFolder = join(setup.folder, `${setup.name}-data`);
  if (!existsSync(dataFolder)) {
    await mkdir(dataFolder);
    if (setup.databaseUrl === undefined) await copyPgliteTemplate(dataFolder);
  }
  return startProgram({
    name: setup.name,
    command: process.execPath,
    args: [
      ...(setup.heapFile === undefined ? [] : ["--expose-gc", "--import", heapProbe]),
      setup.built === true ? bundle : "src/main.ts",
    ],
    cwd: root,
    env: {
      PORT: "0",
      PORTCULLIS_DATA: dataFolder,
      PORTCULLIS_ADMIN_KEY: adminKey,
      OPENAI_API_KEY: "sk-bench",
      OPENAI_BASE_URL: `${setup.wholeUrl}/v1`,
      GROQ_API_KEY: "gsk-bench",
      GROQ_BASE_URL: `${setup.streamUrl}/v1`,
      ...(setup.databaseUrl === undefined ? {} : { DATABASE_URL: setup.databaseUrl }),
      ...(setup.heapFile === undefined ? {} : { BENCH_HEAP_FILE: setup.heapFile }),
    },
    ready: /ready on (http:\S+)/,
    folder: setup.folder,
  });
}

/** The starter policy permits employees; a role that no row names is refused everything. */
export async function mintKey(gatewayUrl: string, role: "employee" | "visitor"): Promise<string> {
  const input = { name: role, team: "bench", roles: [role] };
  const query = `mutation ($input: CreateKeyInput!) {
    createKey(input: $input) { ... on MintedKey { secret } ... on Failure { message } } }`;
  const answer = await askGraphql(gatewayUrl, query, { input });
  const { secret } = (answer["createKey"] ?? {}) as { secret?: string };
  if (secret === undefined) throw new Error(`no key was minted: ${JSON.stringify(answer)}`);
  return secret;
}

export async function askGraphql(
  gatewayUrl: string,
  query: string,
  variables: object,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await fetch(`${gatewayUrl}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  return ((await answer.json()) as { data?: Readonly<Record<string, unknown>> }).data ?? {};
}
