// Plain HTTP for tests: whole requests with node's own client, and bare sockets for what no client does.
// Test files of servers and doors call it. It follows nothing, retries nothing and hides nothing.

import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect, type Socket } from "node:net";

export interface RawRequest {
  readonly method?: string | undefined;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | Buffer | undefined;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface ErrorBody {
  readonly message: string;
  readonly type: string;
  readonly code: string;
  readonly param: string | null;
  readonly portcullis: Readonly<Record<string, unknown>>;
}

/** The error object of an OpenAI-shaped refusal. */
export function errorOf(answer: RawAnswer): ErrorBody {
  return (JSON.parse(answer.text) as { error: ErrorBody }).error;
}

/** A fresh connection each time, closed with the answer. */
export function ask(port: number, raw: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: "127.0.0.1",
        port,
        method: raw.method ?? (raw.body === undefined ? "GET" : "POST"),
        path: raw.path,
        headers: raw.headers ?? {},
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
          });
        });
      },
    );
    request.on("error", reject);
    request.end(raw.body);
  });
}

export function askJson(
  port: number,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  return ask(port, {
    path,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

export interface BareSocket {
  readonly socket: Socket;
  /** Everything received so far. */
  readonly received: () => string;
  /** Resolves when what came so far holds the text; rejects when the socket closes without it. */
  readonly until: (text: string) => Promise<string>;
  readonly closed: Promise<void>;
}

/** A TCP connection that stays open for reading after we end it for writing. */
export function openSocket(port: number): BareSocket {
  const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
  const chunks: string[] = [];
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => void chunks.push(chunk));
  socket.on("error", () => {});
  socket.on("close", () => close());
  const received = (): string => chunks.join("");
  return {
    socket,
    received,
    closed,
    until: (text) =>
      new Promise((resolve, reject) => {
        let tail = "";
        const look = (chunk: string): void => {
          const searched = tail + chunk;
          tail = searched.slice(-text.length);
          if (!searched.includes(text)) return;
          socket.off("data", look);
          resolve(received());
        };
        socket.on("data", look);
        socket.once("close", () => reject(new Error(`closed before ${JSON.stringify(text)}`)));
        look(received());
      }),
  };
}

/** A request as bytes, with its length. */
export function requestText(
  path: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): string {
  const lines = Object.entries({
    host: "127.0.0.1",
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  return `POST ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`;
}
