// Writes a stream of results to the caller as it comes, and never faster than the caller reads.
// Two forms: server-sent events as graphql-sse names them, and Apollo's multipart subscriptions.

import type { ServerResponse } from "node:http";
import type { ExecutionResult } from "graphql";

export interface StreamForm {
  readonly contentType: string;
  readonly begin: string;
  readonly heartbeat: string;
  readonly end: string;
  encode(result: ExecutionResult): string;
}

/** https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md, distinct connections */
export const eventStream: StreamForm = {
  contentType: "text/event-stream; charset=utf-8",
  // Some browsers give the headers to the page only once a byte has come.
  begin: ":\n\n",
  heartbeat: ":\n\n",
  end: "event: complete\ndata:\n\n",
  encode: (result) => `event: next\ndata: ${JSON.stringify(result)}\n\n`,
};

/** Each part is followed by the boundary at once: readers take a part for whole only when they have seen it. */
const boundary = "\r\n--graphql";
const part = (json: string): string => `\r\ncontent-type: application/json\r\n\r\n${json}${boundary}`;

/** https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol */
export const multipartStream: StreamForm = {
  contentType: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
  begin: boundary,
  heartbeat: part("{}"),
  end: "--\r\n",
  encode: (result) => part(JSON.stringify({ payload: result })),
};

export const heartbeatMilliseconds = 12_000;

/** Ends when the results end or the caller leaves; then the source is left too. */
export async function sendStream(
  results: AsyncIterable<ExecutionResult>,
  form: StreamForm,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(200, {
    "content-type": form.contentType,
    "cache-control": "no-cache, no-transform",
    // Proxies that buffer would hold tokens back.
    "x-accel-buffering": "no",
  });
  response.flushHeaders();
  response.write(form.begin);
  const heart = setInterval(() => {
    if (!response.writableNeedDrain) response.write(form.heartbeat);
  }, heartbeatMilliseconds);
  try {
    for await (const result of results) {
      if (response.destroyed) return;
      if (!response.write(form.encode(result))) await writableAgain(response);
    }
    response.end(form.end);
  } finally {
    clearInterval(heart);
  }
}

/** Resolves when what was written has gone, or when the caller has. */
export function writableAgain(response: ServerResponse): Promise<void> {
  if (response.destroyed || !response.writableNeedDrain) return Promise.resolve();
  return new Promise((resolve) => {
    const settle = (): void => {
      response.off("drain", settle);
      response.off("close", settle);
      resolve();
    };
    response.on("drain", settle);
    response.on("close", settle);
  });
}
