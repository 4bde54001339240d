// What a gateway keeps, after garbage was collected twice: beside a thousand streams in which nothing happens, and after
// many requests and many streams that were left in the middle. `run.ts` calls it when nothing else runs.

import { request as httpRequest, type ClientRequest } from "node:http";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { mintKey, startGateway } from "./gateways.ts";
import { startOwn, type Contenders } from "./contenders.ts";
import type { Shot } from "./load.ts";
import type { Program } from "./program.ts";
import * as ask from "./questions.ts";
import { closedLoop, withLength } from "./whole-load.ts";

export interface MemoryUse {
  readonly idleMegabytes: number;
  readonly streams: number;
  /** More than idle, while all of them are open. */
  readonly streamsMegabytes: number;
  readonly requests: number;
  readonly dropped: number;
  /** More after the second half of them than after the first. */
  readonly growthMegabytes: number;
}

const streams = 1_000;
const path = "/v1/chat/completions";

export async function measureMemory(
  { wholeUpstream, databaseUrl }: Contenders,
  folder: string,
  isQuick: boolean,
): Promise<MemoryUse> {
  const requests = isQuick ? 4_000 : 200_000;
  const dropped = isQuick ? 400 : 20_000;
  const silent = await startOwn("silent-upstream", folder);
  const heapFile = join(folder, "heap.json");
  const program = await startGateway({
    name: "memory",
    folder,
    wholeUrl: wholeUpstream.url,
    streamUrl: silent.url,
    heapFile,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  });
  try {
    const key = await mintKey(program.url, "employee");
    const whole: Shot = {
      url: program.url + path,
      headers: ask.withKey(key),
      body: ask.wholeBody,
      status: 200,
    };
    const stream: Shot = { ...whole, headers: ask.withKeyForStream(key), body: ask.streamBody };
    // Both ways are walked first, so that compiled code counts as idle.
    await askAtLeast(whole, requests / 10);
    await drop(stream, dropped / 10);
    const idle = await heapOf(program, heapFile);
    const open = await openStreams(stream, streams);
    const busy = await heapOf(program, heapFile);
    for (const one of open) one.destroy();
    await askAtLeast(whole, requests / 2);
    await drop(stream, dropped / 2);
    const halfway = await heapOf(program, heapFile);
    await askAtLeast(whole, requests / 2);
    await drop(stream, dropped / 2);
    const after = await heapOf(program, heapFile);
    return {
      idleMegabytes: idle,
      streams,
      streamsMegabytes: busy - idle,
      requests,
      dropped,
      growthMegabytes: after - halfway,
    };
  } finally {
    await program.stop();
    await silent.stop();
  }
}

async function askAtLeast(shot: Shot, atLeast: number): Promise<void> {
  for (let asked = 0; asked < atLeast;) asked += (await closedLoop(64)(shot, 1)).units;
}

/** A hundred at a time, each left at its first words. */
async function drop(shot: Shot, count: number): Promise<void> {
  for (let left = count; left > 0; left -= 100) {
    for (const one of await openStreams(shot, Math.min(100, left))) one.destroy();
  }
}

/** Resolves when each of them has begun. */
function openStreams(shot: Shot, count: number): Promise<ClientRequest[]> {
  return Promise.all(Array.from({ length: count }, () => openStream(shot)));
}

function openStream({ url, headers, body }: Shot): Promise<ClientRequest> {
  return new Promise((resolve, reject) => {
    const options = { method: "POST", agent: false as const, headers: withLength(headers, body) };
    const sent = httpRequest(url, options, (answer) => {
      answer.on("error", () => undefined);
      answer.once("data", () => resolve(sent));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** What was just closed needs a moment to be gone. */
const settlingMilliseconds = 1_500;

async function heapOf({ pid }: Program, file: string): Promise<number> {
  await sleep(settlingMilliseconds);
  const before = readCount(file);
  process.kill(pid, "SIGUSR2");
  for (;;) {
    await sleep(50);
    const { count, bytes } = readCount(file);
    if (count > before.count) return bytes / 2 ** 20;
  }
}

function readCount(file: string): { readonly count: number; readonly bytes: number } {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as { count: number; bytes: number };
  } catch {
    // Not written yet, or just being written.
    return { count: 0, bytes: 0 };
  }
}
