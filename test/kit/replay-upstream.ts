// A provider on loopback that replays answers byte by byte, cut and packed as no test double would think of.
// Scenario tests point every base URL at it; each answer is asked for by the model name that `put` gives.

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { recut } from "./recut.ts";
import type { SeenRequest } from "./upstream.ts";

export interface ReplayedAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export interface Packing {
  /** Absent: one write. */
  readonly seed?: number;
  readonly gzip?: boolean;
  /** Line ends as some servers write them, and comments between events. */
  readonly crlf?: boolean;
}

export interface ReplayUpstream {
  /** Base URLs and keys of every provider that can be pointed somewhere. */
  readonly env: Readonly<Record<string, string>>;
  /** The name, without its provider, under which the answer is given to whoever asks: one of its own unless one is given. */
  put(answer: ReplayedAnswer, packing?: Packing, name?: string): string;
  /** What was asked of that name, in order. */
  seen(model: string): readonly SeenRequest[];
  close(): Promise<void>;
}

/** Must show nowhere: it stands in every header that a caller could be handed. */
export const canary = "canary-of-the-upstream";

/** What precedes the path of each dialect. */
const baseUrls: Readonly<Record<string, string>> = {
  OPENAI: "/openai/v1",
  ANTHROPIC: "/anthropic",
  GEMINI: "/gemini",
  MISTRAL: "/mistral/v1",
  DEEPSEEK: "/deepseek",
  QWEN: "/qwen/compatible-mode/v1",
  GROQ: "/groq/openai/v1",
  TOGETHER: "/together/v1",
  FIREWORKS: "/fireworks/inference/v1",
  XAI: "/xai/v1",
  OPENROUTER: "/openrouter/api/v1",
  LITELLM: "/litellm/v1",
  OLLAMA: "/ollama/v1",
  VLLM: "/vllm/v1",
  AZURE_OPENAI: "/azure/openai/v1",
  BEDROCK: "/bedrock",
};

export async function startReplayUpstream(): Promise<ReplayUpstream> {
  const answers = new Map<string, { readonly answer: ReplayedAnswer; readonly packing: Packing }>();
  const seen = new Map<string, SeenRequest[]>();
  const server = createServer((request, response) => void handle(request, response));

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    const body = JSON.parse(await text(request)) as Record<string, unknown>;
    const named = /\/models\/([^:]+):|\/model\/([^/]+)\/converse/.exec(path);
    const model = decodeURIComponent(named?.[1] ?? named?.[2] ?? String(body["model"]));
    const known = answers.get(model);
    if (!known) {
      response.writeHead(500, { "content-type": "application/json" }).end('{"error":"never recorded"}');
      return;
    }
    const closedEarly = new Promise<number>(() => undefined);
    (seen.get(model) ?? []).push({ path, headers: request.headers, body, closedEarly });
    await send(response, known.answer, known.packing);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = Object.entries(baseUrls).flatMap(([id, path]) => [
    [`${id}_BASE_URL`, origin + path],
    [`${id}_API_KEY`, `sk-${canary}-${id.toLowerCase()}`],
  ]);
  return {
    env: Object.fromEntries(env) as Record<string, string>,
    put(answer, packing = {}, name = `replay-${answers.size}`) {
      const model = name;
      answers.set(model, { answer, packing });
      seen.set(model, []);
      return model;
    },
    seen: (model) => seen.get(model) ?? [],
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function send(response: ServerResponse, answer: ReplayedAnswer, packing: Packing): Promise<void> {
  const plain = packing.crlf === true ? withCarriageReturns(answer.bytes) : answer.bytes;
  const bytes = packing.gzip === true ? gzipSync(plain) : plain;
  response.writeHead(answer.status, {
    "content-type": answer.contentType,
    ...(packing.gzip === true ? { "content-encoding": "gzip" } : {}),
    "openai-organization": canary,
    "x-request-id": canary,
    "x-ratelimit-limit-requests": canary,
    "set-cookie": `session=${canary}`,
    server: canary,
  });
  const pieces = packing.seed === undefined ? [bytes] : recut(bytes, packing.seed);
  for (const [index, piece] of pieces.entries()) {
    if (response.destroyed) return;
    response.write(piece);
    // Now and then long enough for the piece to travel alone.
    if (index % 97 === 96) await new Promise((resolve) => setTimeout(resolve, 2));
    else if (index % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  response.end();
}

const withCarriageReturns = (bytes: Uint8Array): Uint8Array =>
  Buffer.from(
    Buffer.from(bytes)
      .toString("utf8")
      .replace(/\r?\n/g, "\r\n")
      .replaceAll("\r\n\r\n", "\r\n\r\n: still here\r\n\r\n"),
  );
