// The ways in which providers go wrong on the wire, each with what a caller must then be told.
// `hostile-upstreams.test.ts` runs them all through every door.

import { gzipSync, zstdCompressSync } from "node:zlib";
import {
  type Misbehaviour,
  chunked,
  chunkedHead,
  delta,
  event,
  head,
  usage,
  wait,
} from "./hostile-upstream.ts";
import { canary } from "./replay-upstream.ts";

export interface HostileCase {
  readonly behave: Misbehaviour;
  /** What the answer is, where it is one all the same. */
  readonly text?: string;
  readonly failure?: "UPSTREAM_FAILED" | "RATE_LIMITED";
  /** True where the provider gave no usage. */
  readonly estimated?: boolean;
  /** Whose dialect it speaks; absent: OpenAI's. */
  readonly provider?: "anthropic" | "gemini" | "bedrock";
}

export const failed = (behave: Misbehaviour): HostileCase => ({ behave, failure: "UPSTREAM_FAILED" });
const reads = (text: string, behave: Misbehaviour, estimated = false): HostileCase => ({
  behave,
  text,
  estimated,
});
export const says =
  (...pieces: readonly (string | Uint8Array)[]): Misbehaviour =>
  (socket) => {
    for (const piece of pieces) socket.write(piece);
    socket.end();
  };

const json = "application/json";
const whole = (content: unknown, finish = "stop"): string =>
  JSON.stringify({
    id: "x",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: finish }],
  });
const counted = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const hello = delta("Hello");
const stop = delta(undefined, "stop");
const done = "data: [DONE]\n\n";
const error = event({ error: { code: 503, message: "Overloaded", type: "server_error" } });
const [firstHalf, secondHalf] = [Buffer.from(delta("🌤️")).subarray(0, 122), Buffer.from([0xf0, 0x9f])];

export const misbehaviours: Readonly<Record<string, HostileCase>> = {
  "closes-before-the-head": failed((socket) => void socket.end()),
  "resets-before-the-head": failed((socket) => void socket.resetAndDestroy()),
  "is-no-http": failed(says("220 smtp.example.com ESMTP\r\n\r\n")),
  "has-headers-without-end": failed(async (socket) => {
    socket.write("HTTP/1.1 200 OK\r\n");
    for (let line = 0; line < 5_000 && !socket.destroyed; line += 1) {
      socket.write(`x-filler-${line}: ${"a".repeat(100)}\r\n`);
      if (line % 100 === 0) await wait(1);
    }
  }),
  "half-closes-in-a-chunk": failed((socket) => {
    socket.write(chunkedHead());
    socket.write(chunked(hello));
    socket.end("ff\r\ndata: {");
  }),
  "half-closes-between-chunks": failed(says(chunkedHead(), chunked(hello))),
  "ends-without-a-finish": failed(says(head(), hello, hello)),
  "says-garbage-for-a-chunk": failed(says(chunkedHead(), chunked(hello), "zzzz\r\ndata: x\r\n")),
  "promises-too-much": failed(says(head(json, "content-length: 5000\r\n"), whole("Hello"))),
  "promises-too-little": failed(says(head(json, "content-length: 50\r\n"), whole("Hello"))),
  "answers-html": failed(
    says(head("text/html"), `<html><pre>Error at ${canary} (/srv/app.js:1)</pre></html>`),
  ),
  "answers-html-as-json": failed(says(head(json), `<html>${canary}</html>`)),
  "answers-nothing": failed(says(head(json, "content-length: 0\r\n"))),
  "answers-204": failed(says("HTTP/1.1 204 No Content\r\n\r\n")),
  redirects: failed(
    says(`HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/${canary}\r\ncontent-length: 0\r\n\r\n`),
  ),
  "answers-null": failed(says(head(json), "null")),
  "answers-a-list": failed(says(head(json), "[1,2]")),
  "has-no-choice": failed(says(head(json), '{"id":"x","choices":[]}')),
  "streams-no-json": failed(says(head(), hello, `data: {"oops": ${canary}\n\n`)),
  "streams-a-list": failed(says(head(), hello, "data: [1]\n\n", done)),
  "nests-without-end": failed(says(head(), hello, `data: ${"[".repeat(200_000)}\n\n`)),
  "says-only-done": failed(says(head(), done)),
  "errs-at-once": failed(says(head(), error)),
  "errs-in-a-whole-200": failed(says(head(json), '{"error":{"code":503,"message":"Overloaded"}}')),
  "errs-in-the-middle": failed(says(head(), hello, error, done)),
  "errs-and-ends-in-one-piece": failed((socket) => {
    socket.write(`${chunkedHead()}${chunked(hello + error)}${chunked(delta("x".repeat(100_000)))}0\r\n\r\n`);
  }),
  "errs-and-stays-open": failed((socket) => void socket.write(head() + hello + error)),
  "errs-and-goes-on-and-on": failed(async (socket) => {
    socket.write(chunkedHead() + chunked(hello + error));
    for (let time = 0; time < 2_000 && !socket.destroyed; time += 1) {
      socket.write(chunked(hello));
      await wait(1);
    }
  }),
  "errs-after-the-finish": failed(says(head(), hello, stop, error)),
  "is-limited-in-the-middle": {
    behave: says(head(), event({ error: { code: "rate_limit_exceeded", message: "Slow down" } })),
    failure: "RATE_LIMITED",
  },
  "resets-inside-a-letter": failed(async (socket) => {
    socket.write(head() + hello);
    socket.write(firstHalf);
    socket.write(secondHalf);
    await wait(20);
    socket.resetAndDestroy();
  }),
  "sends-50-megabytes-in-a-line": failed(async (socket) => {
    socket.write(`${head()}data: {"x":"`);
    const megabyte = Buffer.alloc(1_000_000, "a");
    for (let sent = 0; sent < 50 && !socket.destroyed; sent += 1) {
      if (!socket.write(megabyte))
        await Promise.race([wait(200), new Promise((r) => socket.once("drain", r))]);
    }
    socket.end('"}\n\n');
  }),
  "lies-of-gzip": failed(says(head("text/event-stream", "content-encoding: gzip\r\n"), hello, stop, done)),
  "cuts-its-gzip": failed(
    says(
      head("text/event-stream", "content-encoding: gzip\r\n"),
      gzipSync(hello + stop + done).subarray(0, 60),
    ),
  ),
  "drips-a-byte-each-20-ms": reads(
    "Hey",
    async (socket) => {
      socket.write(chunkedHead());
      for (const byte of 'data: {"choices":[{"delta":{"content":"Hey"},"finish_reason":"stop"}]}\n\n') {
        socket.write(chunked(byte));
        await wait(20);
      }
      socket.write("0\r\n\r\n");
    },
    true,
  ),
  "stays-open-after-done": reads(
    "Hello",
    (socket) => void socket.write(head() + hello + stop + usage + done),
  ),
  "hints-before-it-answers": reads(
    "Hello",
    says("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n", head(), hello, stop, usage, done),
  ),
  "finishes-twice": reads("Hello", says(head(), hello, stop, stop, usage, done, done)),
  "goes-on-after-done": reads("Hello", says(head(), hello, stop, usage, done, hello, "data: {nope\n\n")),
  "never-says-done": reads("Hello", says(head(), hello, stop, usage)),
  "says-no-usage": reads("Hello", says(head(), hello, stop, done), true),
  "says-no-usage-whole": reads("Hello", says(head(json), whole("Hello")), true),
  "says-broken-letters": reads("a\ufffdb", says(head(json), Buffer.from(whole("a\u00ffb"), "latin1")), true),
  "errs-as-json-in-a-stream": failed(says(head(), '\n {"error":', '{"code":503,"message":"Overloaded"}}')),
  "errs-in-plain-words": failed(says(head(), hello, "event: error\ndata: upstream went away\n\n")),
  "errs-without-a-frame": failed(
    says(head(), hello, event({ code: "InternalError", message: "An internal error", request_id: "r" })),
  ),
  "errs-beside-its-choices": failed(
    says(
      head(),
      hello,
      event({
        error: { code: 502, message: "Provider disconnected" },
        choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
      }),
    ),
  ),
  "gives-up-by-reason": failed(says(head(), hello, delta(undefined, "error"), done)),
  "answers-whole-in-a-stream": reads("Hello", says(head(), whole("Hello")), true),
  "resets-after-its-finish": reads("Hello", async (socket) => {
    socket.write(chunkedHead() + chunked(hello + stop + usage));
    await wait(50);
    socket.resetAndDestroy();
  }),
  "counts-with-its-choice": reads(
    "Hello",
    says(
      head(),
      event({ choices: [{ index: 0, delta: { content: "Hello" }, finish_reason: "stop", usage: counted }] }),
      done,
    ),
  ),
  "counts-before-it-speaks": reads("Hello", says(head(), usage, hello, stop, done)),
  "counts-at-every-step": reads(
    "Hello",
    says(
      head(),
      event({
        choices: [{ index: 0, delta: { content: "Hel" } }],
        usage: { ...counted, completion_tokens: 1 },
      }),
      event({ choices: [{ index: 0, delta: { content: "lo" } }], usage: counted }),
      stop,
      done,
    ),
  ),
  "finishes-without-a-reason": reads("Hello", says(head(), hello, usage, done)),
  "comments-and-names-its-events": reads(
    "Hello",
    says(
      head("text/event-stream; charset=utf-8"),
      ": OPENROUTER PROCESSING\r\n\r\n",
      `id: 1\r\nretry: 5\r\nevent: message\r\n${(hello + stop + usage).replaceAll("\n", "\r\n")}`,
      ":\r\n\r\ndata:[DONE]\r\n\r\n",
    ),
  ),
  "begins-with-a-mark": reads("Hello", says(head(), `\ufeff${hello}`, stop, usage, done)),
  "spreads-an-event-over-lines": reads(
    "Hello",
    says(
      head(),
      'data: {"choices": [\ndata: {"index": 0, "delta": {"content": "Hello"}}]}\n\n',
      stop,
      usage,
      done,
    ),
  ),
  "compresses-by-zstd": reads(
    "Hello",
    says(
      head("text/event-stream", "content-encoding: zstd\r\n"),
      zstdCompressSync(hello + stop + usage + done),
    ),
  ),
  "splits-a-letter-over-deltas": reads(
    "a🌤️b",
    says(head(), ...["a\ud83c", "\udf24\ufe0fb"].map((half) => delta(half)), stop, usage, done),
  ),
};
