// A provider on loopback that speaks raw bytes, so that it can lie, stumble and break off where no server would.
// Scenario tests give it one behaviour for each model name; it counts the connections that are open.

import { once } from "node:events";
import { type AddressInfo, type Socket, createServer } from "node:net";
import { canary } from "./replay-upstream.ts";

export type Misbehaviour = (socket: Socket) => void | Promise<void>;

export interface HostileUpstream {
  readonly env: Readonly<Record<string, string>>;
  /** Of which model name was last asked, for each connection that is open now. */
  open(): readonly string[];
  close(): Promise<void>;
}

export async function startHostileUpstream(
  behaviours: Readonly<Record<string, Misbehaviour>>,
): Promise<HostileUpstream> {
  const sockets = new Map<Socket, string>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.set(socket, "nothing");
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    let received = "";
    socket.on("data", (bytes: Buffer) => {
      received += bytes.toString("latin1");
      const model = modelIn(received);
      if (model === undefined) return;
      received = "";
      sockets.set(socket, model);
      void behaviours[model]?.(socket);
    });
    socket.on("end", () => socket.end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    env: {
      VLLM_BASE_URL: `${origin}/v1`,
      ANTHROPIC_BASE_URL: origin,
      GEMINI_BASE_URL: origin,
      BEDROCK_BASE_URL: origin,
      BEDROCK_API_KEY: "bedrock-key",
    },
    open: () => [...sockets.values()],
    async close() {
      for (const socket of sockets.keys()) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Once the whole request is there. */
function modelIn(received: string): string | undefined {
  const end = received.indexOf("\r\n\r\n");
  const length = Number(/content-length: (\d+)/i.exec(received)?.[1]);
  if (end < 0 || received.length < end + 4 + length) return undefined;
  return /\/models?\/([\w-]+)[:/]/.exec(received)?.[1] ?? /"model":"([\w-]+)"/.exec(received)?.[1];
}

/** Ends with the connection; nothing says how long it is. */
export const head = (contentType = "text/event-stream", more = ""): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: ${contentType}\r\nx-internal: ${canary}\r\nset-cookie: a=${canary}\r\n${more}connection: close\r\n\r\n`;

export const chunkedHead = (contentType = "text/event-stream"): string =>
  head(contentType, "transfer-encoding: chunked\r\n").replace("connection: close\r\n", "");

export const chunked = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

export const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

export const delta = (content: string | undefined, finish: string | null = null): string =>
  event({
    id: "x",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta: content === undefined ? {} : { content }, finish_reason: finish }],
  });

export const usage = event({
  id: "x",
  choices: [],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
});

export const wait = async (milliseconds: number): Promise<void> =>
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
