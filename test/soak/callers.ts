// The callers of the soak: each asks in one of four ways, may leave in the middle, and says what it got.
// `soak.ts` lets many of them loose, and judges by `verdict.ts` what each got.

import type { Level } from "./answers.ts";

export interface Question {
  readonly url: string;
  readonly key: string;
  readonly model: string;
  readonly text: string;
  readonly level: Level;
  readonly session: string | undefined;
  /** Leaves after so many milliseconds, unless it has all by then. */
  readonly leavesAfter: number | undefined;
}

export interface Got {
  /** `ok`, `left`, `hung`, or the failure's code. */
  readonly outcome: string;
  /** All that came of the answer's text. */
  readonly text: string;
  readonly status: number;
  readonly deployment: string | undefined;
  readonly requestId: string | undefined;
  readonly usage: { readonly input: number; readonly output: number } | undefined;
  /** Everything that came back. */
  readonly raw: string;
}

type Way = (question: Question, signal: AbortSignal) => Promise<Answered>;

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** Grows while it comes, so that what came before the caller left is known. */
  readonly body: ReadableStream<Uint8Array> | null;
  read(raw: string): Omit<Got, "raw" | "status">;
}

const longestCall = 60_000;
/** An answer without one is told by its own words. */
const noText = { text: "", deployment: undefined, requestId: undefined, usage: undefined };

export async function ask(way: WayName, question: Question): Promise<Got> {
  const leaving = new AbortController();
  const leave = question.leavesAfter;
  const timer = leave === undefined ? undefined : setTimeout(() => leaving.abort("left"), leave);
  const hang = setTimeout(() => leaving.abort("hung"), longestCall);
  let raw = "";
  let answered: Answered | undefined;
  try {
    answered = await ways[way](question, leaving.signal);
    const decoder = new TextDecoder();
    if (answered.body)
      for await (const bytes of answered.body) raw += decoder.decode(bytes, { stream: true });
    return { ...answered.read(raw), raw, status: answered.status };
  } catch (error) {
    const outcome = leaving.signal.aborted ? String(leaving.signal.reason) : `broken off: ${String(error)}`;
    const partly = answered?.read(raw) ?? { outcome, ...noText };
    return { ...partly, outcome, raw, status: answered?.status ?? 0 };
  } finally {
    clearTimeout(timer);
    clearTimeout(hang);
  }
}

async function post(
  { url, key, session, level }: Question,
  path: string,
  body: unknown,
  signal: AbortSignal,
  headers: Record<string, string> = {},
): Promise<Response> {
  return await fetch(url + path, {
    method: "POST",
    signal,
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      ...(path === "/graphql" ? {} : { "x-data-sensitivity": level }),
      ...(session === undefined ? {} : { "x-session-id": session }),
      ...headers,
    },
    body: JSON.stringify(body),
  });
}

const rest =
  (stream: boolean): Way =>
  async (question, signal) => {
    const { model, text } = question;
    const more = stream ? { stream, stream_options: { include_usage: true } } : {};
    const body = { model, messages: [{ role: "user", content: text }], ...more };
    const answer = await post(question, "/v1/chat/completions", body, signal);
    const { status, headers } = answer;
    const read = status === 200 && stream ? readEvents : readWhole;
    return { status, headers, body: answer.body, read: (raw) => ({ ...read(raw), ...named(headers) }) };
  };

const named = (headers: Headers): Pick<Got, "deployment" | "requestId"> => ({
  deployment: headers.get("x-portcullis-deployment") ?? undefined,
  requestId: headers.get("x-portcullis-request-id") ?? undefined,
});

interface RestBody {
  readonly choices?: readonly {
    readonly message?: { readonly content?: string };
    readonly delta?: { readonly content?: string };
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
  readonly error?: { readonly portcullis?: { readonly code?: string }; readonly code?: string };
}

const usageOf = ({ usage }: RestBody): Got["usage"] =>
  usage ? { input: usage.prompt_tokens, output: usage.completion_tokens } : undefined;

function readWhole(raw: string): Pick<Got, "outcome" | "text" | "usage"> {
  const body = parsed<RestBody>(raw);
  const [choice] = body?.choices ?? [];
  const text = choice?.message?.content ?? "";
  if (choice?.finish_reason === "stop") return { outcome: "ok", text, usage: body && usageOf(body) };
  return { outcome: codeOf(body) ?? "untyped", text, usage: undefined };
}

function readEvents(raw: string): Pick<Got, "outcome" | "text" | "usage"> {
  const events = raw.split("\n\n").filter((event) => event.startsWith("data: "));
  const bodies = events.flatMap((event) => parsed<RestBody>(event.slice("data: ".length)) ?? []);
  const text = bodies.map(({ choices }) => choices?.[0]?.delta?.content ?? "").join("");
  const code = bodies.map(codeOf).find((one) => one !== undefined);
  const finished = bodies.some(({ choices }) => choices?.[0]?.finish_reason === "stop");
  const done = raw.endsWith("data: [DONE]\n\n");
  if (code !== undefined)
    return { outcome: done || finished ? "failed and finished" : code, text, usage: undefined };
  const usage = bodies.map(usageOf).findLast((one) => one !== undefined);
  return { outcome: done && finished ? "ok" : "untyped", text, usage };
}

const codeOf = (body: RestBody | undefined): string | undefined =>
  body?.error && (body.error.portcullis?.code ?? body.error.code ?? "untyped");

function parsed<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

const receiptFields = "receipt { id usage { input output } deployment { id } }";
const failure = "... on Failure { code }";
const inputOf = ({ model, text, level, session }: Question): object => ({
  model,
  sensitivity: level,
  messages: [{ user: { text } }],
  ...(session === undefined ? {} : { sessionId: session }),
});

interface Completion {
  readonly text?: string;
  readonly code?: string;
  readonly finishReason?: string;
  readonly receipt?: {
    readonly id: string;
    readonly usage: NonNullable<Got["usage"]>;
    readonly deployment: { readonly id: string } | null;
  };
}

interface GraphqlBody {
  readonly data?: { readonly complete?: Completion; readonly completion?: SubscriptionEvent } | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

interface SubscriptionEvent {
  readonly text?: string;
  readonly receiptId?: string;
  readonly deployment?: { readonly id: string };
  readonly completion?: Completion;
  readonly failure?: { readonly code: string };
}

const mutation: Way = async (question, signal) => {
  const query = `mutation ($input: CompletionInput!) { complete(input: $input) {
    ... on Completion { text finishReason ${receiptFields} } ${failure} } }`;
  const answer = await post(question, "/graphql", { query, variables: { input: inputOf(question) } }, signal);
  return {
    status: answer.status,
    headers: answer.headers,
    body: answer.body,
    read(raw) {
      const body = parsed<GraphqlBody>(raw);
      return completed(body?.data?.complete ?? { code: graphqlCode(body) }, undefined);
    },
  };
};

const graphqlCode = (body: GraphqlBody | undefined): string =>
  body?.errors?.[0]?.extensions?.code ?? "untyped";

function completed(completion: Completion, text: string | undefined): ReturnType<Answered["read"]> {
  const { receipt, code } = completion;
  const isWhole = completion.finishReason === "STOP" && (text === undefined || text === completion.text);
  return {
    outcome: code ?? (isWhole ? "ok" : "untyped"),
    text: text ?? completion.text ?? "",
    deployment: receipt?.deployment?.id,
    requestId: receipt?.id,
    usage: receipt?.usage,
  };
}

const subscription: Way = async (question, signal) => {
  const query = `subscription ($input: CompletionInput!) { completion(input: $input) {
    ... on CompletionStarted { receiptId deployment { id } } ... on TextDelta { text }
    ... on CompletionFinished { completion { text finishReason ${receiptFields} } }
    ... on CompletionFailed { failure { ${failure} } } } }`;
  const body = { query, variables: { input: inputOf(question) } };
  const answer = await post(question, "/graphql", body, signal, { accept: "text/event-stream" });
  return {
    status: answer.status,
    headers: answer.headers,
    body: answer.body,
    read(raw) {
      const lines = raw.split("\n").filter((line) => line.startsWith("data: {"));
      const bodies = lines.flatMap((line) => parsed<GraphqlBody>(line.slice("data: ".length)) ?? []);
      const events = bodies.flatMap(({ data }) => data?.completion ?? []);
      const text = events.map((event) => (event.completion ? "" : (event.text ?? ""))).join("");
      const last = events.at(-1);
      const started = events.find(({ receiptId }) => receiptId !== undefined);
      if (last?.completion) return completed(last.completion, text);
      const refused = bodies.find(({ errors }) => errors !== undefined) ?? parsed<GraphqlBody>(raw);
      const outcome = last?.failure?.code ?? (events.length > 0 ? "untyped" : graphqlCode(refused));
      return { ...noText, outcome, text, deployment: started?.deployment?.id, requestId: started?.receiptId };
    },
  };
};

const ways = { whole: rest(false), stream: rest(true), mutation, subscription } as const;
export type WayName = keyof typeof ways;
export const wayNames = Object.keys(ways) as readonly WayName[];
