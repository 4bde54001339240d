// Runs a test of whole gateways on PGlite with one process, and on PostgreSQL with two that share it.
// Scenarios of what must hold on every replica call it.

import { test } from "node:test";
import { after } from "node:test";
import { startGateway, type RunningGateway } from "./gateway.ts";
import { closeSharedPostgres, sharedPostgres } from "./postgres.ts";

/** `other` is the same gateway where there can be only one. */
type Run = (gateway: RunningGateway, other: RunningGateway) => Promise<void>;

after(closeSharedPostgres);

export function onEachDatabase(name: string, env: () => Record<string, string>, run: Run): void {
  test(`${name} (PGlite)`, async () => {
    const gateway = await startGateway(env());
    try {
      await run(gateway, gateway);
    } finally {
      await gateway.close();
    }
  });
  test(`${name} (two replicas on PostgreSQL)`, async (context) => {
    const postgres = await sharedPostgres();
    if (!postgres) return context.skip("no PostgreSQL server binaries on this machine");
    const shared = {
      ...env(),
      DATABASE_URL: await postgres.freshDatabase(),
      PORTCULLIS_SECRET: "s".repeat(40),
    };
    const gateways = await Promise.all([startGateway(shared), startGateway(shared)]);
    try {
      await run(...gateways);
    } finally {
      await Promise.all(gateways.map((gateway) => gateway.close()));
    }
  });
}
