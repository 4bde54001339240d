// What is acknowledged survives kill -9, and what was running is closed as interrupted.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { forEachStore } from "../kit/stores.ts";
import type { StorePlace } from "../kit/stores.ts";

const rounds = 4;
const child = fileURLToPath(new URL("../kit/store-child.ts", import.meta.url));

forEachStore("nothing acknowledged is lost when the process is killed", async (place) => {
  const decided = new Set<string>();
  const settled = new Set<string>();
  for (let round = 0; round < rounds; round += 1) {
    // Sometimes the same replica comes back, sometimes another one.
    const said = await writeUntilKilled(place, round % 2 ? "again" : `round-${round}`, 60 + round * 70);
    for (const line of said) {
      const [what, requestId = ""] = line.split(" ");
      if (what === "decided") decided.add(requestId);
      if (what === "settled") settled.add(requestId);
    }
  }
  assert.ok(settled.size > 20, `only ${settled.size} rows were acknowledged`);
  // Lets the killed replicas count as dead without a minute's wait.
  await place.execute(`update replica set seen_at = now() - interval '61 seconds'`);

  const store = await place.open({ replicaId: "after" });
  const report = await store.records.verify();
  assert.equal(report.firstBroken, undefined);
  assert.ok(report.rows >= decided.size + settled.size);
  let interrupted = 0;
  for (const requestId of decided) {
    const { outcome } = (await store.records.receipt(requestId)) ?? { outcome: "lost" };
    if (settled.has(requestId)) assert.equal(outcome, "ok", requestId);
    else assert.ok(outcome === "ok" || outcome === "interrupted", `${requestId} is ${outcome}`);
    if (outcome === "interrupted") interrupted += 1;
  }
  assert.ok(interrupted > 0, "a kill finds requests that run");
  const [usage] = await store.usage(new Date(0));
  assert.ok(usage && usage.requests >= settled.size);
});

/** The lines that a writing process said before it was killed. */
async function writeUntilKilled(place: StorePlace, replica: string, milliseconds: number): Promise<string[]> {
  const writer = spawn(
    process.execPath,
    [child, replica, place.dataFolder, ...(place.databaseUrl === undefined ? [] : [place.databaseUrl])],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const lines: string[] = [];
  const reader = createInterface(writer.stdout);
  reader.on("line", (line) => lines.push(line));
  while (!lines.some((line) => /^decided .*-0-0$/.test(line))) await once(reader, "line");
  await sleep(milliseconds);
  writer.kill("SIGKILL");
  await once(writer, "close");
  return lines;
}
