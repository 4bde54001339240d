// Every entry of the GraphQL door, so that what one refuses is seen to be refused by all of them.
// Abuse tests send the same operation through each; what comes back is kept as the bytes that a client would read.

import { request as httpRequest } from "node:http";
import { eventually } from "./eventually.ts";
import type { RunningGraphqlDoor } from "./graphql-door.ts";
import { ask } from "./http.ts";

export interface Sent {
  readonly query?: string;
  readonly variables?: unknown;
  readonly operationName?: string;
  readonly extensions?: object;
}

export interface Received {
  readonly status: number;
  /** All of it: events, parts or one answer. */
  readonly text: string;
}

export interface Entrance {
  readonly port: number;
  readonly key: string;
  /** What was called back, oldest first. */
  readonly delivered: readonly string[];
}

/** Undefined where the operation cannot be sent so: a URL has no room for it. */
export type Entry = (at: Entrance, sent: Sent) => Promise<Received | undefined>;

export const callbackOrigin = "http://router.example:4000";

export const entries: Readonly<Record<string, Entry>> = {
  post: (at, sent) => post(at, sent, "application/json"),
  get: byUrl,
  "event stream": (at, sent) => post(at, sent, "text/event-stream"),
  "multipart stream": (at, sent) => post(at, sent, "multipart/mixed;boundary=graphql;subscriptionSpec=1.0"),
  "single connection": overOneConnection,
  callback: byCallback,
};

/** The door's own port for callbacks, which only takes notes. */
export function notingCallbacks(delivered: string[]) {
  return {
    origins: [callbackOrigin],
    post: (_url: URL, text: string) => Promise.resolve(delivered.push(text) > 0 ? 204 : 500),
  };
}

export const entranceOf = (
  door: RunningGraphqlDoor,
  key: string,
  delivered: readonly string[],
): Entrance => ({
  port: door.port,
  key,
  delivered,
});

const headersOf = ({ key }: Entrance, accept: string): Record<string, string> => ({
  authorization: `Bearer ${key}`,
  "content-type": "application/json",
  accept,
});

function post(at: Entrance, sent: Sent, accept: string): Promise<Received> {
  return ask(at.port, { path: "/graphql", headers: headersOf(at, accept), body: JSON.stringify(sent) });
}

/** Node takes no headers beyond 16 KB, the first line among them. */
const longestUrl = 12_000;

async function byUrl(at: Entrance, sent: Sent): Promise<Received | undefined> {
  if ((sent.query?.length ?? 0) > longestUrl) return undefined;
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(sent))
    if (value !== undefined) search.set(name, typeof value === "string" ? value : JSON.stringify(value));
  const path = `/graphql?${search.toString()}`;
  if (path.length > longestUrl) return undefined;
  const { authorization = "", accept = "" } = headersOf(at, "application/json, text/event-stream");
  return await ask(at.port, { path, headers: { authorization, accept } });
}

let operations = 0;

async function overOneConnection(at: Entrance, sent: Sent): Promise<Received> {
  const path = "/graphql/stream";
  const { authorization = "" } = headersOf(at, "*/*");
  const { text: token } = await ask(at.port, { method: "PUT", path, headers: { authorization } });
  const owner = { authorization, "x-graphql-event-stream-token": token };
  let events = "";
  const stream = httpRequest({
    host: "127.0.0.1",
    port: at.port,
    path,
    agent: false,
    headers: { ...owner, accept: "text/event-stream" },
  });
  stream.on("error", () => undefined);
  stream.on("response", (response) => {
    response.on("error", () => undefined);
    response.on("data", (chunk: Buffer) => (events += chunk.toString()));
  });
  stream.end();
  try {
    const operationId = `op${++operations}`;
    const body = JSON.stringify({ ...sent, extensions: { ...sent.extensions, operationId } });
    const headers = { ...headersOf(at, "application/json"), ...owner };
    const accepted = await ask(at.port, { path, headers, body });
    if (accepted.status !== 202) return accepted;
    await eventually(() => events.includes("event: complete"), 60_000);
    return { status: 202, text: events };
  } finally {
    stream.destroy();
  }
}

async function byCallback(at: Entrance, sent: Sent): Promise<Received> {
  const before = at.delivered.length;
  const subscriptionId = `s${++operations}`;
  const subscription = { callbackUrl: `${callbackOrigin}/c`, subscriptionId, verifier: "v" };
  const extensions = { ...sent.extensions, subscription };
  const begun = await post(at, { ...sent, extensions }, "application/json;callbackSpec=1.0");
  const told = (): readonly string[] => at.delivered.slice(before);
  if (begun.status === 200 && begun.text === '{"data":null}')
    await eventually(() => told().some((one) => one.includes('"complete"')), 60_000);
  return { status: begun.status, text: [begun.text, ...told()].join("\n") };
}
