// What the safety guard costs the reader: per chunk where only the deterministic part reads, and in waiting where a
// classifier takes 80 ms a window. `run.ts` calls it when nothing else runs; `report.ts` shows it.

import { setTimeout as sleep } from "node:timers/promises";
import type { ModelEvent } from "../../src/core/events.ts";
import { screen } from "../../src/safety/screen.ts";
import { newSafetySummary } from "../../src/safety/verdicts.ts";
import { judge, judgedText, startFakeGuard } from "../kit/fake-guard.ts";
import { startGateway } from "../kit/gateway.ts";
import { startUpstream, type Behaviour } from "../kit/upstream.ts";
import { quantile } from "./load.ts";

export interface GuardCost {
  readonly lines: readonly GuardLine[];
  readonly notes: readonly string[];
}

export interface GuardLine {
  readonly name: string;
  readonly measured: number;
  readonly unit: string;
  /** Undefined where nothing is promised. */
  readonly atMost?: number;
}

export const isKept = ({ measured, atMost }: GuardLine): boolean =>
  atMost === undefined || measured <= atMost;

/** Words as models say them, four characters a token, with what detectors must look at twice. */
const sentence =
  "In 2024 the team wrote 12 reports, and the 3rd of them (see page 17) went to Berlin on 5 May. " +
  "Nobody had asked for it; still, it was read with care by all of them, and then it was filed away. ";
const tokenLength = 4;
const tokensPerSecond = 100;
const classifierMilliseconds = 80;
const rounds = 3;

export async function measureGuard(): Promise<GuardCost> {
  const chunk = await chunkCost();
  const runs: Waiting[] = [];
  for (let round = 0; round < rounds; round++) runs.push(await waiting());
  const middle = (of: (run: Waiting) => number): number => quantile(runs.map(of), 0.5);
  const windows = runs[0]?.windows ?? [];
  return {
    lines: [
      { name: "deterministic only, a chunk, p50", measured: chunk.p50, unit: "µs" },
      { name: "deterministic only, a chunk, p99", measured: chunk.p99, unit: "µs", atMost: 50 },
      { name: "deterministic only, held before the first text", measured: chunk.held, unit: "characters" },
      {
        name: `classifier of ${classifierMilliseconds} ms, first text after the raw stream's`,
        measured: middle(({ first }) => first),
        unit: "ms",
        atMost: 250,
      },
      {
        name: `classifier of ${classifierMilliseconds} ms, end after the raw stream's`,
        measured: middle(({ end }) => end),
        unit: "ms",
        atMost: 200,
      },
      {
        name: `classifier of ${classifierMilliseconds} ms, longest silence in between`,
        measured: middle(({ silence }) => silence),
        unit: "ms",
      },
    ],
    notes: [
      `${tokensPerSecond} tokens a second of ${tokenLength} characters, over HTTP through a whole gateway, against the same upstream without it`,
      `${windows.length} calls for ${streamedTokens} tokens; characters of each, with up to 400 of what came before: ${windows.join(" ")}`,
    ],
  };
}

/** From one chunk taken to the next one asked for: all of it is the guard's time. */
async function chunkCost(): Promise<{ p50: number; p99: number; held: number }> {
  const warm = 20_000;
  const chunks = 100_000;
  const times = new Float64Array(chunks);
  let at = 0;
  let given = 0;
  let taken = 0;
  let pulled = 0;
  const step = { done: false as const, value: [piece("")] };
  const source: AsyncIterableIterator<readonly ModelEvent[]> = {
    [Symbol.asyncIterator]: () => source,
    async next() {
      const now = performance.now();
      if (taken > warm) times[taken - warm - 1] = (now - given) * 1000;
      if (taken === warm + chunks) return { done: true, value: undefined };
      taken += 1;
      pulled += tokenLength;
      step.value = [piece(sentence.slice(at, at + tokenLength))];
      at = (at + tokenLength) % sentence.length;
      given = performance.now();
      return step;
    },
  };
  let held = 0;
  const decide = () => ({ action: "redact" as const, rule: "bench" });
  for await (const batch of screen(source, { decide, summary: newSafetySummary() })) {
    if (held === 0 && batch.some(({ type }) => type === "text-delta")) held = pulled;
  }
  return { p50: quantile([...times], 0.5), p99: quantile([...times], 0.99), held };
}

const piece = (text: string): ModelEvent => ({ type: "text-delta", choice: 0, text });

interface Waiting {
  readonly first: number;
  readonly end: number;
  readonly silence: number;
  readonly windows: readonly number[];
}

const streamedTokens = 400;
const lineOf = (delta: object, finishReason: string | null): string => {
  const choices = [{ index: 0, delta, finish_reason: finishReason }];
  const body = { id: "bench", object: "chat.completion.chunk", created: 1, model: "bench", choices };
  return `data: ${JSON.stringify(body)}\n\n`;
};
const lines = Array.from({ length: streamedTokens }, (_, index) => {
  const from = (index * tokenLength) % sentence.length;
  return lineOf({ content: (sentence + sentence).slice(from, from + tokenLength) }, null);
});

/** By the clock, so that no reading falls behind another. */
const paced: Behaviour = async (_request, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const began = performance.now();
  for (const [index, line] of lines.entries()) {
    const left = began + (index * 1000) / tokensPerSecond - performance.now();
    if (left > 0) await sleep(left);
    response.write(line);
  }
  response.end(`${lineOf({}, "stop")}data: [DONE]\n\n`);
};

async function waiting(): Promise<Waiting> {
  const upstream = await startUpstream(paced);
  const guard = await startFakeGuard(judge({ delayMilliseconds: classifierMilliseconds }));
  const gateway = await startGateway({ OLLAMA_BASE_URL: upstream.baseUrl, ...guard.env() });
  try {
    const body = JSON.stringify({
      model: "ollama/bench",
      messages: [{ role: "user", content: "Hi" }],
      stream: true,
    });
    await read(`${gateway.url}/v1/chat/completions`, body, gateway.adminKey);
    const asked = guard.checks.length;
    const raw = await read(`${upstream.baseUrl}/chat/completions`, body, "none");
    const seen = await read(`${gateway.url}/v1/chat/completions`, body, gateway.adminKey);
    return {
      first: seen.first - raw.first,
      end: seen.end - raw.end,
      silence: seen.silence,
      // The first is the question.
      windows: guard.checks.slice(asked + 1).map((check) => judgedText(check).length),
    };
  } finally {
    await gateway.close();
    await Promise.all([upstream.close(), guard.close()]);
  }
}

/** Times since the request was sent, in milliseconds. */
async function read(
  url: string,
  body: string,
  key: string,
): Promise<{ first: number; end: number; silence: number }> {
  const began = performance.now();
  const answer = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body,
  });
  let first = 0;
  let last = 0;
  let silence = 0;
  for await (const bytes of answer.body ?? []) {
    const now = performance.now() - began;
    if (!/"content":"[^"]/.test(new TextDecoder().decode(bytes))) continue;
    if (first === 0) first = now;
    else silence = Math.max(silence, now - last);
    last = now;
  }
  return { first, end: performance.now() - began, silence };
}
