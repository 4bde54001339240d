// One of two replicas is killed under load: the other goes on, nothing acknowledged is lost, and what
// ran is closed as interrupted.

import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import sql from "postgres";
import { openStore } from "../../src/store/store.ts";
import { eventually } from "../kit/eventually.ts";
import { adminKey } from "../kit/gateway.ts";
import { closeSharedPostgres, sharedPostgres } from "../kit/postgres.ts";
import { startProcess, type GatewayProcess } from "../kit/process.ts";
import { startUpstream, streamOpenai } from "../kit/upstream.ts";

after(closeSharedPostgres);

const streams = 100;

test("kill -9 of one of two replicas under 100 streams loses no acknowledged answer", async (context) => {
  const postgres = await sharedPostgres();
  if (!postgres) return context.skip("no PostgreSQL server binaries on this machine");
  const pieces = Array.from({ length: 12 }, (_, index) => `piece ${index} `);
  const upstream = await startUpstream(streamOpenai(pieces, { pauseMilliseconds: 40 }));
  const databaseUrl = await postgres.freshDatabase();
  const [victim, survivor] = await Promise.all([
    start(databaseUrl, upstream.baseUrl),
    start(databaseUrl, upstream.baseUrl),
  ]);
  const processes = [victim.process, survivor.process];
  try {
    const running = { over: false };
    const begun: Begun[] = [];
    const heardOut: string[] = [];
    // A stream lasts for half a second, so what began just now still runs.
    const runningAt = (replica: string): number =>
      begun.filter(({ url, at }) => url === replica && performance.now() - at < 200).length;
    const lanes = Array.from({ length: streams }, (_, lane) =>
      work(lane % 2 === 0 ? victim.url : survivor.url, running, begun, heardOut),
    );
    await eventually(
      () => heardOut.filter((url) => url === victim.url).length > 75 && runningAt(victim.url) > 20,
      30_000,
    );
    victim.process.kill("SIGKILL");
    await victim.process.exited();
    const before = heardOut.length;
    await eventually(() => heardOut.length > before + 100, 30_000);
    running.over = true;
    const told = (await Promise.all(lanes)).flat();

    const ofVictim = told.filter(({ url }) => url === victim.url);
    const ofSurvivor = told.filter(({ url }) => url === survivor.url);
    assert.ok(
      ofSurvivor.length > 100 && ofSurvivor.every(({ acknowledged }) => acknowledged),
      "the other goes on",
    );
    const open = ofVictim.filter(({ acknowledged }) => !acknowledged);
    assert.ok(
      ofVictim.length - open.length > 50 && open.length > 5,
      `${ofVictim.length} answers, ${open.length} cut`,
    );

    await declareDead(databaseUrl, victim.process);
    const store = await openStore({
      replicaId: "after",
      databaseUrl,
      dataFolder: "unused",
      onFault: (error) => assert.fail(String(error)),
    });
    try {
      const outcomes = new Map<string, number>();
      for (const { id, acknowledged } of told) {
        const outcome = (await store.records.receipt(id))?.outcome ?? "lost";
        if (acknowledged) assert.equal(outcome, "ok", `${id} was acknowledged`);
        // Its settling row may have been durable although its last byte never left.
        else assert.ok(outcome === "interrupted" || outcome === "ok", `${id} is ${outcome}`);
        if (!acknowledged) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
      assert.ok((outcomes.get("interrupted") ?? 0) > 0, "a kill finds answers that run");
      const report = await store.records.verify();
      assert.equal(report.firstBroken, undefined);
      const paid = (await store.usage(new Date(0))).reduce((sum, line) => sum + line.requests, 0);
      assert.ok(paid >= told.filter(({ acknowledged }) => acknowledged).length);
    } finally {
      await store.close();
    }
  } finally {
    for (const one of processes) one.kill("SIGKILL");
    await Promise.all(processes.map((one) => one.exited()));
    await upstream.close();
  }
});

async function start(databaseUrl: string, ollama: string): Promise<{ process: GatewayProcess; url: string }> {
  const process = startProcess({
    DATABASE_URL: databaseUrl,
    PORTCULLIS_DATA: await mkdtemp(join(tmpdir(), "portcullis-restart-")),
    PORTCULLIS_SECRET: "s".repeat(40),
    PORTCULLIS_ADMIN_KEY: adminKey,
    OLLAMA_BASE_URL: ollama,
    LOG_LEVEL: "error",
  });
  return { process, url: await process.ready() };
}

/** Lets it count as dead at once, instead of after a minute without a sign of life. */
async function declareDead(databaseUrl: string, { child }: GatewayProcess): Promise<void> {
  const database = sql(databaseUrl, { max: 1, onnotice: () => {} });
  const rows = await database`
    update replica set seen_at = now() - interval '61 seconds'
    where id like ${`%-${child.pid}-%`} returning id`;
  assert.equal(rows.length, 1);
  await database.end();
}

interface Told {
  readonly url: string;
  readonly id: string;
  /** The last byte has come. */
  readonly acknowledged: boolean;
}

interface Begun {
  readonly url: string;
  /** When its headers came. */
  readonly at: number;
}

/** One stream after the other, until told to stop or until the replica is gone. */
async function work(
  url: string,
  running: { readonly over: boolean },
  begun: Begun[],
  heardOut: string[],
): Promise<Told[]> {
  const told: Told[] = [];
  while (!running.over) {
    let id: string | null = null;
    let text = "";
    try {
      const answer = await fetch(`${url}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
        body: JSON.stringify({
          model: "ollama/any",
          messages: [{ role: "user", content: "Hello" }],
          stream: true,
        }),
      });
      id = answer.headers.get("x-request-id");
      begun.push({ url, at: performance.now() });
      const decoder = new TextDecoder();
      for await (const chunk of answer.body ?? []) text += decoder.decode(chunk, { stream: true });
    } catch {
      running = { over: true };
    }
    if (text.includes("[DONE]")) heardOut.push(url);
    if (id !== null) told.push({ url, id, acknowledged: text.includes("[DONE]") });
  }
  return told;
}
