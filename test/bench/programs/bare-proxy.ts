// The proxy that does nothing, as a process: node:http in front, undici `request` behind.
// The measure of what the gateway's own work costs. First argument: origin for whole answers; second: for streams.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Pool } from "undici";
import { listen } from "./listen.ts";

const [, , wholeOrigin = "", streamOrigin = ""] = process.argv;
const options = { connections: 256 };
const whole = new Pool(wholeOrigin, options);
const streams = new Pool(streamOrigin, options);

async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const sent = Buffer.concat(chunks);
  const isStream = sent.includes('"stream":true');
  const pool = isStream ? streams : whole;
  const answer = await pool.request({
    path: request.url ?? "/",
    method: "POST",
    headers: { "content-type": "application/json", authorization: request.headers.authorization ?? "" },
    body: sent,
  });
  const headers = { "content-type": String(answer.headers["content-type"]) };
  if (isStream) {
    response.writeHead(answer.statusCode, headers);
    answer.body.on("data", (chunk: Buffer) => void response.write(chunk));
    answer.body.on("end", () => response.end());
    return;
  }
  const body = Buffer.from(await answer.body.arrayBuffer());
  response.writeHead(answer.statusCode, { ...headers, "content-length": body.length });
  response.end(body);
}

listen(createServer((request, response) => void pass(request, response)));
