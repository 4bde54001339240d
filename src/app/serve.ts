// Runs a gateway from start to graceful stop. `main.ts` and `portcullis serve` call it.
// Logs and the banner go to standard output; the first key is printed, never logged.

import { readFileSync } from "node:fs";
import { readConfig, type Config, type Environment } from "../config.ts";
import { localOperator } from "../intake/authenticate.ts";
import { createLog } from "../telemetry/log.ts";
import { openApp, type App } from "./app.ts";
import { banner } from "./banner.ts";
import { takeControl, type Control } from "./control.ts";
import { tuneEngine } from "./engine.ts";
import { readOperation } from "./operation.ts";
import { mintFirstKey } from "./first-key.ts";

export async function serve(env: Environment, print: (text: string) => void): Promise<void> {
  const startedAt = performance.now();
  tuneEngine();
  const config = readConfig(env, (path) => readFileSync(path, "utf8"));
  const log = createLog({ level: config.logLevel });
  // A PostgreSQL may serve many gateways; an embedded database only one.
  const control = config.databaseUrl === undefined ? await takeControl(config.dataFolder) : undefined;
  let app: App;
  try {
    app = await openApp(config, log);
  } catch (error) {
    await control?.close();
    throw error;
  }
  control?.answerWith((body) => app.graphql.execute(readOperation(body), localOperator(app.rolesOf)));

  const address = await app.server.listen({ host: config.host, port: config.port });
  if (config.metricsPort !== undefined)
    await app.metricsServer?.listen({ host: config.host, port: config.metricsPort });
  // Serving does not wait for it: until a classifier is proven, what depends on it is refused.
  app.proveClassifiers().catch((error: unknown) => log.fault(error, "classifiers"));
  stopOnSignals(app, control, config, log.flush);

  const firstKey = mayMint(config) ? await mintFirstKey(app.store, app.doorParts) : undefined;
  print(
    banner({
      url: urlOf(config.host, typeof address === "string" ? config.port : address.port),
      production: config.production,
      demo: config.demo,
      firstKey,
      hasKeys: config.adminKey !== undefined || (await app.store.keys.list()).length > 0,
      providersOn: app.doorParts
        .catalog()
        .providers.filter((provider) => provider.enabled)
        .map(({ id }) => id),
      startedInMilliseconds: performance.now() - startedAt,
      warnings: [...config.warnings, ...app.notes],
    }),
  );
}

const mayMint = (config: Config): boolean => !config.production && config.adminKey === undefined;

const urlOf = (host: string, port: number): string =>
  `http://${host.includes(":") ? `[${host}]` : host}:${port}`;

function stopOnSignals(app: App, control: Control | undefined, config: Config, flush: () => void): void {
  let stopping = false;
  const stop = async (): Promise<void> => {
    // A second signal ends at once.
    if (stopping) process.exit(1);
    stopping = true;
    await app.server.drain({ drainMilliseconds: config.drainSeconds * 1000 });
    await app.close();
    await control?.close();
    flush();
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      stop().catch((error: unknown) => {
        process.stderr.write(
          `Portcullis did not stop cleanly: ${error instanceof Error ? error.message : "unknown error"}\n`,
        );
        process.exit(1);
      });
    });
  }
}
