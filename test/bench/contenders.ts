// Starts everything that is measured, and the upstreams behind it. `run.ts` calls it once.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startPostgres } from "../kit/postgres.ts";
import { askGraphql, mintKey, startGateway, type GatewaySetup } from "./gateways.ts";
import { hasNginx, startFloor, startStaticUpstream } from "./nginx.ts";
import { startPortkey } from "./portkey.ts";
import { startProgram, type Program } from "./program.ts";
import { catalogQuery } from "./questions.ts";
import { hasWrk } from "./wrk.ts";

export interface Portcullis {
  readonly name: string;
  readonly program: Program;
  readonly key: string;
  /** Of a role that the policy refuses. */
  readonly refusedKey: string;
}

export interface Contenders {
  readonly wholeUpstream: Program;
  readonly streamUpstream: Program;
  /** On PostgreSQL first, where the machine has it. */
  readonly gateways: readonly Portcullis[];
  readonly databaseUrl: string | undefined;
  readonly bareProxy: Program;
  readonly bareYoga: Program;
  readonly floor: Program | undefined;
  readonly portkey: Program | undefined;
  /** What this machine has and lacks, for the head of the report. */
  readonly notes: readonly string[];
  stop(): Promise<void>;
}

export async function startContenders(folder: string, withPortkey: boolean): Promise<Contenders> {
  const streamUpstream = await startOwn("upstream", folder);
  const wholeUpstream = hasNginx ? await startStaticUpstream(folder) : streamUpstream;
  const upstreams = { wholeUrl: wholeUpstream.url, streamUrl: streamUpstream.url };
  const server = await startPostgres();
  const databaseUrl = await server?.freshDatabase();
  const setup = { folder, ...upstreams };
  const pglite = await startPortcullis({ name: "portcullis-pglite", ...setup });
  const gateways =
    databaseUrl === undefined
      ? [pglite]
      : [await startPortcullis({ name: "portcullis-postgres", ...setup, databaseUrl }), pglite];
  const bareProxy = await startOwn("bare-proxy", folder, upstreams.wholeUrl, upstreams.streamUrl);
  const rowsPath = join(folder, "models.json");
  await writeFile(rowsPath, JSON.stringify(await catalogRows(pglite.program.url)));
  const bareYoga = await startOwn("bare-yoga", folder, upstreams.wholeUrl, rowsPath);
  const floor = hasNginx ? await startFloor(folder, upstreams.wholeUrl, upstreams.streamUrl) : undefined;
  const portkey = withPortkey ? await startPortkey(folder).catch(() => undefined) : undefined;
  const programs = gateways.map(({ program }) => program);
  const all = [...programs, bareProxy, bareYoga, floor, portkey, wholeUpstream, streamUpstream];
  return {
    wholeUpstream,
    streamUpstream,
    gateways,
    databaseUrl,
    bareProxy,
    bareYoga,
    floor,
    portkey,
    notes: [
      `whole answers come from ${hasNginx ? "nginx, from memory" : "a node program: there is no nginx here, nor a floor"}`,
      "streams come from a node program: 100 chunks, 20 ms apart",
      `whole answers are asked for by ${hasWrk ? "wrk" : "node: there is no wrk here"}; streams by node`,
      databaseUrl === undefined
        ? "NO PostgreSQL on this machine: that column is missing"
        : "PostgreSQL runs beside it; its own CPU time is not counted, PGlite's is (same process)",
      portkey === undefined
        ? `Portkey's gateway: not measured (${withPortkey ? "it could not be installed or started" : "--with-portkey installs it aside"})`
        : "Portkey's gateway: from npm, whole answers only (its streams fail on Node 24: immutable headers)",
    ],
    async stop() {
      for (const program of new Set(all)) await program?.stop();
      await server?.close();
    },
  };
}

async function startPortcullis(setup: GatewaySetup): Promise<Portcullis> {
  const program = await startGateway(setup);
  return {
    name: setup.name,
    program,
    key: await mintKey(program.url, "employee"),
    refusedKey: await mintKey(program.url, "visitor"),
  };
}

export const startOwn = (name: string, folder: string, ...args: string[]): Promise<Program> =>
  startProgram({
    name,
    command: process.execPath,
    args: [fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url)), ...args],
    env: { NODE_ENV: "production" },
    ready: /listening on (http:\S+)/,
    folder,
  });

async function catalogRows(gatewayUrl: string): Promise<readonly unknown[]> {
  const { models } = (await askGraphql(gatewayUrl, catalogQuery, {})) as { models: { nodes: unknown[] } };
  return models.nodes;
}
