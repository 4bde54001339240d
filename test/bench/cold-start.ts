// How long a gateway takes from nothing to ready on a database that exists, and its memory then.
// `run.ts` calls it last, when nothing else runs.

import type { Contenders } from "./contenders.ts";
import { isBuilt, startGateway, type GatewaySetup } from "./gateways.ts";
import { quantile } from "./load.ts";

export interface ColdStart {
  readonly name: string;
  readonly milliseconds: number;
  readonly megabytes: number;
  readonly starts: number;
}

export async function measureColdStarts(
  contenders: Contenders,
  folder: string,
  starts: number,
): Promise<readonly ColdStart[]> {
  const upstreams = { wholeUrl: contenders.wholeUpstream.url, streamUrl: contenders.streamUpstream.url };
  const { databaseUrl } = contenders;
  const results: ColdStart[] = [];
  for (const built of isBuilt() ? [false, true] : [false]) {
    const what = built ? "built" : "sources";
    const common = { folder, ...upstreams, built };
    results.push(await measureStarts({ name: `start-pglite-${what}`, ...common }, starts));
    if (databaseUrl !== undefined)
      results.push(await measureStarts({ name: `start-postgres-${what}`, ...common, databaseUrl }, starts));
  }
  return results;
}

/** The first start fills caches of the operating system and is not counted. */
async function measureStarts(setup: GatewaySetup, starts: number): Promise<ColdStart> {
  const milliseconds: number[] = [];
  const megabytes: number[] = [];
  for (let start = 0; start <= starts; start += 1) {
    const program = await startGateway(setup);
    if (start > 0) {
      milliseconds.push(program.readyMilliseconds);
      megabytes.push(program.residentMegabytes());
    }
    await program.stop();
  }
  return {
    name: setup.name,
    milliseconds: quantile(milliseconds, 0.5),
    megabytes: quantile(megabytes, 0.5),
    starts,
  };
}
