// All that may happen to one call of the soak, good and bad, as a table. Each writes to the response, and says whether
// the whole answer was written: then the provider charges for it.

import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Answer } from "./answers.ts";
import type { Random } from "./random.ts";
import type { Wire } from "./wires.ts";

export interface Call {
  readonly response: ServerResponse;
  readonly wire: Wire;
  readonly answer: Answer;
  readonly stream: boolean;
  readonly random: Random;
}

/** True where the answer went out whole. */
type Happening = (call: Call) => boolean | Promise<boolean>;

const contentType = (stream: boolean): string => (stream ? "text/event-stream" : "application/json");

function open({ response, stream }: Call, headers: Record<string, string> = {}): void {
  response.writeHead(200, { "content-type": contentType(stream), ...headers });
}

const written = ({ wire, answer, stream }: Call): readonly string[] =>
  stream ? wire.events(answer) : [wire.whole(answer)];

/** Less than all of it: for a whole answer half of its text. */
function beginning(call: Call): string {
  const parts = written(call);
  if (!call.stream) return (parts[0] ?? "").slice(0, 40);
  return parts.slice(0, 1 + call.random.below(Math.max(1, call.answer.pieces.length - 1))).join("");
}

async function say(call: Call, pause: () => number): Promise<boolean> {
  open(call);
  for (const part of written(call)) {
    if (call.response.destroyed) return false;
    call.response.write(part);
    const milliseconds = pause();
    if (milliseconds > 0) await sleep(milliseconds);
  }
  call.response.end();
  return true;
}

const status =
  (code: number, headers: Record<string, string> = {}): Happening =>
  ({ response, wire }) => {
    response.writeHead(code, { "content-type": "application/json", ...headers }).end(wire.error(code));
    return false;
  };

const failing =
  (happening: (call: Call) => void | Promise<void>): Happening =>
  async (call) => {
    await happening(call);
    return false;
  };

/** The caller gets the answer all the same. */
export const harmless: Readonly<Record<string, Happening>> = {
  plain: (call) => say(call, () => 0),
  slowly: (call) => say(call, () => call.random.below(4)),
  "late-first-word": async (call) => {
    await sleep(50 + call.random.below(150));
    return await say(call, () => 0);
  },
  "in-crumbs": async (call) => {
    open(call);
    const bytes = Buffer.from(written(call).join(""));
    for (let at = 0; at < bytes.length;) {
      const next = at + 1 + call.random.below(400);
      call.response.write(bytes.subarray(at, next));
      at = next;
      await sleep(0);
    }
    call.response.end();
    return true;
  },
  "with-other-lines": (call) => {
    open(call);
    const text = written(call).join("");
    call.response.end(call.stream ? `: hello\r\n\r\n${text.replaceAll("\n", "\r\n")}` : text);
    return true;
  },
  zipped: (call) => {
    open(call, { "content-encoding": "gzip" });
    call.response.end(gzipSync(written(call).join("")));
    return true;
  },
};

export const faults: Readonly<Record<string, Happening>> = {
  "resets-before-headers": failing(({ response }) => void response.socket?.resetAndDestroy()),
  "closes-before-headers": failing(({ response }) => void response.socket?.destroy()),
  "status-500": status(500),
  "status-503-at-once": status(503, { "retry-after": "1" }),
  "status-529": status(529),
  "status-408": status(408),
  "status-429": status(429),
  "status-429-for-a-second": status(429, { "retry-after": "1" }),
  "page-instead": failing(
    ({ response }) =>
      void response.writeHead(502, { "content-type": "text/html" }).end("<html>Bad gateway</html>"),
  ),
  "page-with-200": failing(
    ({ response }) =>
      void response.writeHead(200, { "content-type": "text/html" }).end("<html>Log in</html>"),
  ),
  "status-500-and-stalls": failing(({ response, wire }) => {
    response.writeHead(500, { "content-type": "application/json" }).write(wire.error(500).slice(0, 12));
  }),
  "stalls-at-once": failing(() => undefined),
  "stalls-after-headers": failing((call) => {
    open(call);
    call.response.flushHeaders();
  }),
  "stalls-in-the-middle": failing((call) => {
    open(call);
    call.response.write(beginning(call));
  }),
  "cut-in-the-middle": failing(async (call) => {
    open(call);
    call.response.write(beginning(call));
    await sleep(call.random.below(30));
    call.response.socket?.resetAndDestroy();
  }),
  "ends-too-soon": failing((call) => {
    open(call);
    call.response.end(beginning(call));
  }),
  "says-no-json": failing((call) => {
    open(call);
    call.response.end(call.stream ? `${beginning(call)}data: {"oops": \n\n` : '{"id": "x", ');
  }),
  "errs-at-once-with-200": failing((call) => {
    open(call);
    call.response.end(call.stream ? call.wire.errorEvent() : call.wire.error(503));
  }),
  "errs-in-the-middle": failing((call) => {
    open(call);
    call.response.end(call.stream ? beginning(call) + call.wire.errorEvent() : call.wire.error(500));
  }),
  "cuts-its-gzip": failing((call) => {
    open(call, { "content-encoding": "gzip" });
    const zipped = gzipSync(written(call).join(""));
    call.response.end(zipped.subarray(0, Math.floor(zipped.length / 2)));
  }),
  "lies-of-gzip": failing((call) => {
    open(call, { "content-encoding": "gzip" });
    call.response.end(written(call).join(""));
  }),
};
