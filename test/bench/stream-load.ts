// Opens many streams at once and reads each to its end, counting chunks as the upstream sent them.
// A stream that does not come to its proper end counts as failed. Times are those of the first chunk.

import { request as httpRequest } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { streamLines } from "./answers.ts";
import { quantile, type Load, type Shot } from "./load.ts";
import { withLength } from "./whole-load.ts";

/** Spread over this, so that the opening is not one burst. */
const openingMilliseconds = 200;
const properEnds = ["[DONE]", "event: complete"];
const tailCharacters = 64;

/** About what one stream takes. */
const secondsPerPass = 2;

/** All streams are read to their end, and again while there is time. */
export const streams =
  (count: number): Load =>
  async (shot, seconds) => {
    const firstChunks: number[] = [];
    let complete = 0;
    const startedAt = performance.now();
    const passes = Math.max(1, Math.floor(seconds / secondsPerPass));
    for (let pass = 0; pass < passes; pass += 1) complete += await readStreams(shot, count, firstChunks);
    const units = complete * streamLines.length;
    return {
      units,
      failed: passes * count - complete,
      perSecond: units / ((performance.now() - startedAt) / 1000),
      p50: quantile(firstChunks, 0.5),
      p90: quantile(firstChunks, 0.9),
      p99: quantile(firstChunks, 0.99),
    };
  };

/** How many came to their proper end. */
async function readStreams(shot: Shot, count: number, firstChunks: number[]): Promise<number> {
  const startedAt = performance.now();
  const running: Promise<boolean>[] = [];
  for (let index = 0; index < count; index += 1) {
    const due = startedAt + (index * openingMilliseconds) / count;
    if (due > performance.now()) await sleep(1);
    running.push(readStream(shot, (milliseconds) => firstChunks.push(milliseconds)));
  }
  return (await Promise.all(running)).filter(Boolean).length;
}

function readStream({ url, headers, body }: Shot, onFirst: (milliseconds: number) => void): Promise<boolean> {
  const since = performance.now();
  return new Promise((resolve) => {
    const options = { method: "POST", agent: false as const, headers: withLength(headers, body) };
    const sent = httpRequest(url, options, (answer) => {
      let tail = "";
      let heard = false;
      answer.on("data", (chunk: Buffer) => {
        if (!heard && chunk.includes("content")) onFirst(performance.now() - since);
        heard ||= chunk.includes("content");
        tail = chunk.subarray(-tailCharacters).toString("latin1");
      });
      answer.on("end", () => resolve(heard && properEnds.some((end) => tail.includes(end))));
      answer.on("error", () => resolve(false));
    });
    sent.on("error", () => resolve(false));
    sent.end(body);
  });
}
