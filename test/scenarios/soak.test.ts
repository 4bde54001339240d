// For some seconds every provider fails at random, and every caller gets the right answer or a typed failure, once.
// `npm run soak` does the same for minutes. The seed is printed: with it a run can be repeated.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { closeSharedPostgres, sharedPostgres } from "../kit/postgres.ts";
import { leftBeside, openHandles } from "../soak/leftovers.ts";
import { soak } from "../soak/soak.ts";

after(closeSharedPostgres);

test("whatever providers do, every caller gets the right answer or a typed failure", async (context) => {
  const seed = Number(process.env["SOAK_SEED"] ?? Date.now() % 1_000_000);
  context.diagnostic(`seed ${seed}: npm run soak -- --seed=${seed}`);
  const postgres = await sharedPostgres();
  const before = openHandles();
  const report = await soak({
    seconds: 12,
    seed,
    databaseUrl: await postgres?.freshDatabase(),
    callersPerGateway: 4,
  });
  context.diagnostic(JSON.stringify(report.outcomes));
  assert.deepEqual(report.violations, [], `seed ${seed}`);
  assert.ok(report.answered > 0, "somebody was answered");
  assert.ok(report.publications >= 1 && report.revoked >= 1, JSON.stringify(report));
  assert.deepEqual(await leftBeside(before), [], "nothing stays open");
});
