// A provider on loopback that speaks the OpenAI wire and does as it is told: answers, stalls, errs,
// breaks off. It counts what reached it, so that a test can prove that nothing did.

import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
  /** Resolves when the gateway lets go of the call before its end. */
  readonly closedEarly: Promise<number>;
}

export type Behaviour = (request: SeenRequest, response: ServerResponse) => void | Promise<void>;

export interface Upstream {
  /** As a base URL of the OpenAI dialect. */
  readonly baseUrl: string;
  readonly origin: string;
  readonly seen: SeenRequest[];
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

export async function startUpstream(
  behaviour: Behaviour = answerOpenai("Hello from upstream"),
): Promise<Upstream> {
  let current = behaviour;
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    void handle(request, response);
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request).catch(() => "");
    const one: SeenRequest = {
      path: request.url ?? "",
      headers: request.headers,
      body: body === "" ? {} : (JSON.parse(body) as Record<string, unknown>),
      closedEarly: new Promise((resolve) => {
        response.on("close", () => {
          if (!response.writableFinished) resolve(performance.now());
        });
      }),
    };
    seen.push(one);
    await current(one, response);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    baseUrl: `${origin}/v1`,
    origin,
    seen,
    behave: (next) => void (current = next),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };

/** Whole or streamed, as the request asks. */
export function answerOpenai(answer: string): Behaviour {
  return (request, response) => {
    if (request.path.endsWith("/embeddings")) return answerEmbeddings(request, response);
    if (request.body["stream"] === true) return streamOpenai([answer])(request, response);
    json(response, 200, {
      id: "chatcmpl-up",
      object: "chat.completion",
      created: 1,
      model: request.body["model"],
      choices: [{ index: 0, message: { role: "assistant", content: answer }, finish_reason: "stop" }],
      usage,
    });
  };
}

export interface StreamScript {
  readonly pauseMilliseconds?: number;
  /** `end`: as it should be. `stall`: says nothing more. `cut`: the socket is destroyed. */
  readonly ending?: "end" | "stall" | "cut";
}

export function streamOpenai(pieces: readonly string[], script: StreamScript = {}): Behaviour {
  return async (request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const piece of pieces) {
      if (response.destroyed) return;
      response.write(chunk(request, { content: piece }, null));
      if (script.pauseMilliseconds !== undefined)
        await new Promise((resolve) => setTimeout(resolve, script.pauseMilliseconds));
    }
    if (script.ending === "stall") return;
    if (script.ending === "cut") {
      response.socket?.destroy();
      return;
    }
    response.write(chunk(request, {}, "stop"));
    response.write(
      `data: ${JSON.stringify({ id: "chatcmpl-up", object: "chat.completion.chunk", created: 1, model: request.body["model"], choices: [], usage })}\n\n`,
    );
    response.end("data: [DONE]\n\n");
  };
}

export function answerError(status: number, body: unknown, headers: Record<string, string> = {}): Behaviour {
  return (_request, response) => json(response, status, body, headers);
}

/** Accepts the request and never answers. */
export const stall: Behaviour = () => undefined;

function answerEmbeddings(request: SeenRequest, response: ServerResponse): void {
  const input = request.body["input"];
  const inputs = Array.isArray(input) ? input : [input];
  json(response, 200, {
    object: "list",
    model: request.body["model"],
    data: inputs.map((_, index) => ({ object: "embedding", index, embedding: [0.25, -0.5, index] })),
    usage: { prompt_tokens: 4, total_tokens: 4 },
  });
}

function chunk(request: SeenRequest, delta: unknown, finish: string | null): string {
  const body = {
    id: "chatcmpl-up",
    object: "chat.completion.chunk",
    created: 1,
    model: request.body["model"],
    choices: [{ index: 0, delta, finish_reason: finish }],
  };
  return `data: ${JSON.stringify(body)}\n\n`;
}

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
