// A provider that begins to answer and then says nothing more, as a process: what open streams cost while they wait.
// `memory.ts` starts it.

import { createServer } from "node:http";
import { listen } from "./listen.ts";
import { streamLines } from "../answers.ts";

listen(
  createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(streamLines[0]);
    });
  }),
);
