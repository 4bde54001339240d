// Runs the cases: every contestant once to warm up, then in turn, round after round, so that what
// disturbs the machine disturbs all alike. `run.ts` calls it.

import { setTimeout as sleep } from "node:timers/promises";
import type { Case, Contestant } from "./cases.ts";
import type { Options } from "./options.ts";
import { quantile, type Fared } from "./load.ts";
import { rightAnswer } from "./questions.ts";

/** One contestant in one case: medians over the rounds. */
export interface Line {
  readonly contestant: string;
  readonly microsecondsPerUnit: number;
  /** Of the rounds. */
  readonly least: number;
  readonly most: number;
  /** To the baseline's median. */
  readonly ratio: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly failed: number;
}

export interface CaseResult {
  readonly name: string;
  readonly unit: Case["unit"];
  readonly baseline: string;
  readonly lines: readonly Line[];
}

interface Round extends Fared {
  readonly microsecondsPerUnit: number;
}

export async function measure(one: Case, options: Options): Promise<CaseResult> {
  const { rounds, seconds, warmingSeconds } = options;
  for (const contestant of one.contestants) await readOne(contestant, one.name);
  const played = new Map(one.contestants.map((contestant) => [contestant, [] as Round[]]));
  for (const contestant of one.contestants) await play(contestant, one, warmingSeconds);
  for (let round = 0; round < rounds; round += 1) {
    for (const [contestant, own] of played) own.push(await play(contestant, one, seconds));
  }
  const lines = [...played].map(([{ name }, own]) => lineOf(name, own));
  const base = lines.find(({ contestant }) => contestant === one.baseline)?.microsecondsPerUnit ?? Number.NaN;
  return {
    name: one.name,
    unit: one.unit,
    baseline: one.baseline,
    lines: lines.map((line) => ({ ...line, ratio: line.microsecondsPerUnit / base })),
  };
}

/** So that nobody is praised for refusing fast. */
async function readOne({ name, shot }: Contestant, caseName: string): Promise<void> {
  const { url, headers, body, status } = shot;
  const answer = await fetch(url, { method: "POST", headers, body });
  const text = await answer.text();
  if (answer.status === status && rightAnswer.test(text)) return;
  throw new Error(`${caseName}: ${name} answered ${answer.status}: ${text.slice(0, 500)}`);
}

/** What is left over from a round, such as settling rows, belongs to it. */
const settlingMilliseconds = 60;

async function play({ program, shot }: Contestant, { load }: Case, seconds: number): Promise<Round> {
  const before = program.processorMilliseconds();
  const fared = await load(shot, seconds);
  await sleep(settlingMilliseconds);
  const spent = program.processorMilliseconds() - before;
  return { ...fared, microsecondsPerUnit: (spent * 1000) / fared.units };
}

function lineOf(contestant: string, rounds: readonly Round[]): Line {
  const median = (read: (round: Round) => number): number => quantile(rounds.map(read), 0.5);
  const costs = rounds.map(({ microsecondsPerUnit }) => microsecondsPerUnit);
  return {
    contestant,
    microsecondsPerUnit: median((round) => round.microsecondsPerUnit),
    least: Math.min(...costs),
    most: Math.max(...costs),
    ratio: Number.NaN,
    perSecond: median((round) => round.perSecond),
    p50: median((round) => round.p50),
    p90: median((round) => round.p90),
    p99: median((round) => round.p99),
    failed: rounds.reduce((sum, { failed }) => sum + failed, 0),
  };
}
