// Loads that ask for whole answers: as fast as connections allow, or at a fixed rate whatever the answers do.
// With wrk where the machine has it; else, and for the fixed rate, from here, by node:http.

import { Agent, request as httpRequest } from "node:http";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { quantile, type Fared, type Load, type Shot } from "./load.ts";
import { hasWrk, loadWithWrk } from "./wrk.ts";

/** Each connection asks again as soon as it was answered. */
export const closedLoop =
  (connections: number): Load =>
  async (shot, seconds) => {
    if (hasWrk) return await loadWithWrk(shot, connections, seconds);
    const until = performance.now() + seconds * 1000;
    const askers = createAskers(connections);
    const ask = async (): Promise<void> => {
      while (performance.now() < until) await askers.ask(shot, performance.now());
    };
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: connections }, ask));
    return askers.fared(performance.now() - startedAt);
  };

/** By how much a timer may be late. */
const timerMilliseconds = 1.5;

/** So many a second, each timed from when it should have left. */
export const fixedRate =
  (perSecond: number, connections: number): Load =>
  async (shot, seconds) => {
    const askers = createAskers(connections);
    const startedAt = performance.now();
    const asked: Promise<void>[] = [];
    for (let count = 0; count < perSecond * seconds; count += 1) {
      const due = startedAt + (count * 1000) / perSecond;
      await waitFor(due);
      asked.push(askers.ask(shot, due));
    }
    await Promise.all(asked);
    return askers.fared(performance.now() - startedAt);
  };

/** Never sooner: timers know whole milliseconds alone, and one that fires early would make an answer look faster. */
async function waitFor(due: number): Promise<void> {
  const idle = due - performance.now() - timerMilliseconds;
  if (idle >= 1) await sleep(idle);
  while (performance.now() < due) await nextTurn();
}

function createAskers(connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times: number[] = [];
  let failed = 0;

  function ask({ url, headers, body, status }: Shot, since: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (ok: boolean): void => {
        if (ok) times.push(performance.now() - since);
        else failed += 1;
        resolve();
      };
      const sent = httpRequest(
        url,
        { method: "POST", agent, headers: withLength(headers, body) },
        (answer) => {
          answer.resume();
          answer.on("end", () => done(answer.statusCode === status));
          answer.on("error", () => done(false));
        },
      );
      sent.on("error", () => done(false));
      sent.end(body);
    });
  }

  return {
    ask,
    fared(milliseconds: number): Fared {
      agent.destroy();
      const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) => quantile(times, share));
      const perSecond = times.length / (milliseconds / 1000);
      return { units: times.length, failed, perSecond, p50: p50 ?? 0, p90: p90 ?? 0, p99: p99 ?? 0 };
    },
  };
}

export const withLength = (
  headers: Shot["headers"],
  body: string,
): Readonly<Record<string, string | number>> => ({ ...headers, "content-length": Buffer.byteLength(body) });
