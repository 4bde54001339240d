// A whole gateway on loopback, as `npm start` would run it, with providers that a test points at
// its own upstreams. Everything is real but the providers' machines.

import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openApp, type App, type OpenOptions } from "../../src/app/app.ts";
import { readConfig } from "../../src/config.ts";
import type { NewKey } from "../../src/gateway/administration.ts";
import { localOperator } from "../../src/intake/authenticate.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { copyPgliteTemplate } from "./pglite-template.ts";

export interface RunningGateway {
  readonly app: App;
  readonly url: string;
  /** A key with the admin role and every scope. */
  readonly adminKey: string;
  /** Every line that was logged. */
  readonly logLines: string[];
  makeKey(key?: Partial<NewKey>): Promise<string>;
  /** With the admin key unless told otherwise. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  graphql<T>(
    query: string,
    variables?: Record<string, unknown>,
    key?: string,
  ): Promise<{ data: T; errors?: readonly unknown[] }>;
  close(): Promise<void>;
}

export const adminKey = `pc_${"test-admin-key-".repeat(3)}`;

/** `env` as on a command line; with DATABASE_URL it runs there, else on a PGlite of its own. */
export async function startGateway(
  env: Record<string, string> = {},
  options: OpenOptions = {},
): Promise<RunningGateway> {
  const dataFolder = await mkdtemp(join(tmpdir(), "portcullis-gateway-"));
  if (env["DATABASE_URL"] === undefined) await copyPgliteTemplate(dataFolder);
  const config = readConfig(
    {
      PORTCULLIS_DATA: dataFolder,
      PORTCULLIS_ADMIN_KEY: adminKey,
      PORTCULLIS_POLICIES: fileURLToPath(new URL("../../policies", import.meta.url)),
      ...env,
    },
    () => "",
  );
  const logLines: string[] = [];
  const log = createLog({ level: "info", write: (line) => void logLines.push(line) });
  const app = await openApp(config, log, options);
  await app.proveClassifiers();
  const address = (await app.server.listen({ host: "127.0.0.1", port: 0 })) as AddressInfo;
  const url = `http://127.0.0.1:${address.port}`;
  const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(url + path, {
      method: "POST",
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return {
    app,
    url,
    adminKey,
    logLines,
    async makeKey(key = {}) {
      const input = { name: "test", team: "tests", roles: ["employee"], ...key };
      return (await app.doorParts.administration.createKey(input, localOperator(app.rolesOf))).secret;
    },
    post,
    async graphql<T>(query: string, variables: Record<string, unknown> = {}, key = adminKey) {
      const answer = await post("/graphql", { query, variables }, { authorization: `Bearer ${key}` });
      return (await answer.json()) as { data: T; errors?: readonly unknown[] };
    },
    async close() {
      await app.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}
