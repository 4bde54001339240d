// Reads a traffic file: JSON Lines, one request a line, in counts and tags and never a word of a prompt.
// `app/simulate.ts` asks for it; policies/README.md says what may stand in a line.

import type { FileProblem } from "../core/errors.ts";

/** What a request asks of a model beside text. */
const needs = ["tools", "json", "image", "file", "audio", "video"] as const;
export type Need = (typeof needs)[number];

export interface TrafficLine {
  /** In the file, from 1. */
  readonly line: number;
  /** Route, model or deployment. */
  readonly model: string;
  /** `team:…`, `role:…`, `key:…`, `user:…`; empty: whoever the file is read for. */
  readonly who: readonly string[];
  readonly data: string | undefined;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly maxOutputTokens: number | undefined;
  readonly messages: number;
  readonly streamed: boolean;
  readonly needs: readonly Need[];
  readonly task: string | undefined;
  readonly purpose: string | undefined;
  readonly session: string | undefined;
  readonly maxUsd: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number | undefined;
}

export interface Traffic {
  readonly lines: readonly TrafficLine[];
  /** Each with its line; at most so many as anybody reads. */
  readonly problems: readonly FileProblem[];
}

interface Pace {
  due(): boolean;
  turn(): Promise<void>;
}

const mostProblems = 50;
const mostLines = 250_000;
const tooMany = `is one too many: at most ${mostLines} requests are tried at once`;
const mostTokens = 100_000_000;
const mostMessages = 1_000;
/** As the flow estimates: bytes divided by three. */
const charactersPerToken = 3;

type Field = readonly [expected: string, isRight: (value: unknown) => boolean];

const isText = (value: unknown): value is string =>
  typeof value === "string" && value.trim() !== "" && value.length <= 512;
const isCount =
  (most: number) =>
  (value: unknown): boolean =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) <= most;
const isSubject = (value: unknown): boolean =>
  typeof value === "string" && /^(team|role|key|user):[^\s,:]+$/.test(value);
const isNeed = (value: unknown): value is Need => needs.some((need) => need === value);

const text: Field = ["a text", isText];
const tokens: Field = ["a number of tokens", isCount(mostTokens)];
const fields: Readonly<Record<string, Field>> = {
  model: ["a route, a model or a deployment", isText],
  who: [
    "team:, role:, key: or user: and a name, or a list of those",
    (value) => (Array.isArray(value) ? value.every(isSubject) : isSubject(value)),
  ],
  data: ["a sensitivity, as confidential+pii", isText],
  "prompt-tokens": tokens,
  "prompt-characters": ["a number of characters", isCount(mostTokens)],
  "cached-tokens": tokens,
  "output-tokens": tokens,
  "max-output-tokens": ["a number of tokens above 0", (value) => isCount(mostTokens)(value) && value !== 0],
  messages: [`a number up to ${mostMessages}`, isCount(mostMessages)],
  streamed: ["true or false", (value) => typeof value === "boolean"],
  needs: [`a list of ${needs.join(", ")}`, (value) => Array.isArray(value) && value.every(isNeed)],
  task: text,
  purpose: text,
  session: text,
  "max-usd": [
    'a decimal text of dollars, as "0.05"',
    (value) => isText(value) && /^\d+(\.\d+)?$/.test(value),
  ],
  at: ["a time, as 2026-12-31T23:00:00Z", (value) => isText(value) && !Number.isNaN(Date.parse(value))],
};

/** `pace` lets others run between two lines. */
export async function readTraffic(content: string, pace: Pace): Promise<Traffic> {
  const lines: TrafficLine[] = [];
  const problems: FileProblem[] = [];
  let number = 0;
  for (let from = 0; from < content.length && problems.length < mostProblems;) {
    const end = content.indexOf("\n", from);
    const until = end < 0 ? content.length : end;
    const one = content.slice(from, until).trim();
    from = until + 1;
    number += 1;
    if (pace.due()) await pace.turn();
    if (one === "") continue;
    const read = lines.length < mostLines ? readLine(one, number) : tooMany;
    if (typeof read === "string") problems.push({ file: "traffic", line: number, column: 0, message: read });
    else lines.push(read);
    if (read === tooMany) break;
  }
  return { lines, problems };
}

/** The request, or what is wrong with it. */
function readLine(content: string, line: number): TrafficLine | string {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return "is no JSON";
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "is no JSON object";
  for (const [name, given] of Object.entries(value)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined)
      return `has an unknown field "${name.slice(0, 60)}"; known are ${Object.keys(fields).join(", ")}`;
    if (!field[1](given)) return `${name} must be ${field[0]}`;
  }
  const row = value as Row;
  const { model, who = [], needs: needed = [], "prompt-characters": characters, at } = row;
  if (model === undefined) return "lacks model";
  const promptTokens =
    characters === undefined ? row["prompt-tokens"] : Math.ceil(characters / charactersPerToken);
  if (promptTokens === undefined || (characters !== undefined && row["prompt-tokens"] !== undefined))
    return "must have prompt-tokens or prompt-characters, and not both";
  const cachedTokens = row["cached-tokens"] ?? 0;
  if (cachedTokens > promptTokens) return "has more cached-tokens than tokens in its prompt";
  return {
    line,
    model,
    who: typeof who === "string" ? [who] : who,
    data: row.data,
    promptTokens,
    cachedTokens,
    outputTokens: row["output-tokens"] ?? 0,
    maxOutputTokens: row["max-output-tokens"],
    messages: row.messages ?? 1,
    streamed: row.streamed ?? false,
    needs: needed,
    task: row.task,
    purpose: row.purpose,
    session: row.session,
    maxUsd: row["max-usd"],
    at: at === undefined ? undefined : Date.parse(at),
  };
}

/** What `fields` has found to be so. */
interface Row {
  readonly model?: string;
  readonly who?: string | readonly string[];
  readonly data?: string;
  readonly "prompt-tokens"?: number;
  readonly "prompt-characters"?: number;
  readonly "cached-tokens"?: number;
  readonly "output-tokens"?: number;
  readonly "max-output-tokens"?: number;
  readonly messages?: number;
  readonly streamed?: boolean;
  readonly needs?: readonly Need[];
  readonly task?: string;
  readonly purpose?: string;
  readonly session?: string;
  readonly "max-usd"?: string;
  readonly at?: string;
}
