// The mock provider as a process: one fixed whole answer, or a stream of 100 chunks, 20 ms apart.
// `contenders.ts` starts it. It looks at nothing but whether a stream is asked for.

import { createServer } from "node:http";
import { listen } from "./listen.ts";
import { streamLines, wholeAnswer } from "../answers.ts";

const pauseMilliseconds = 20;
const whole = Buffer.from(wholeAnswer);
const lines = streamLines.map((line) => Buffer.from(line));

const server = createServer((request, response) => {
  let streamed = false;
  request.on("data", (chunk: Buffer) => (streamed ||= chunk.includes('"stream":true')));
  request.on("end", () => {
    if (!streamed) {
      response.writeHead(200, { "content-type": "application/json", "content-length": whole.length });
      response.end(whole);
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    let at = 0;
    const next = (): void => {
      response.write(lines[at]);
      at += 1;
      if (at < lines.length) return;
      clearInterval(timer);
      response.end();
    };
    const timer = setInterval(next, pauseMilliseconds);
    response.on("close", () => clearInterval(timer));
    next();
  });
});

listen(server);
