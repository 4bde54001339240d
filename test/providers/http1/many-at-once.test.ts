// Many calls at once over few connections, which all read into one buffer: each gets its own answer, whole and unmixed,
// also where readers pause and callers leave in the middle.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { exchange } from "../../../src/providers/http-exchange.ts";
import type { Outgoing } from "../../../src/providers/http1/call.ts";
import { Origin } from "../../../src/providers/http1/origin.ts";
import { identityFor } from "../../kit/certificate.ts";

const calls = 500;
const atOnce = 60;
const mostPiece = 9_000;
const left = new Error("left");

const answerTo = (number: number): string => `<${number}>`.repeat(1 + ((number * 7_919) % 12_000));
const chance = (): number => Math.random();

/** In pieces of any length, some of them late. */
const answer: RequestListener = async (request, response) => {
  const whole = answerTo(Number(await text(request)));
  for (let at = 0; at < whole.length && !response.destroyed;) {
    const piece = whole.slice(at, at + 1 + Math.floor(chance() * mostPiece));
    response.write(piece);
    at += piece.length;
    if (chance() < 0.2) await sleep(chance() * 3);
  }
  response.end();
};

async function call(origin: Origin, number: number): Promise<void> {
  const controller = new AbortController();
  const outgoing: Outgoing = { origin: "", path: "/", method: "POST", headers: [], body: String(number) };
  const { body } = await exchange(origin, outgoing, controller.signal);
  const leaves = number % 10 === 0;
  let heard = "";
  for (let chunk = await body.take(); chunk; chunk = await body.take()) {
    heard += chunk.toString();
    if (chance() < 0.1) await sleep(chance() * 3);
    if (leaves && heard.length > 1_000) controller.abort(left);
  }
  assert.equal(heard, answerTo(number));
}

const leavesQuietly = (error: unknown): void => {
  if (error !== left) throw error;
};

for (const protocol of ["http", "https"]) {
  test(`${calls} calls over ${protocol} at once get each its own answer`, async (context) => {
    const { key, certificate } = identityFor("localhost");
    const server =
      protocol === "http" ? createServer(answer) : createSecureServer({ key, cert: certificate }, answer);
    await once(server.listen(0, "localhost"), "listening");
    const trusted = getCACertificates("default");
    setDefaultCACertificates([...trusted, certificate]);
    const { port } = server.address() as AddressInfo;
    const origin = new Origin(new URL(`${protocol}://localhost:${port}`), 5_000, 24);
    context.after(() => {
      setDefaultCACertificates(trusted);
      origin.destroy();
      server.close();
    });
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < calls) await call(origin, (next += 1)).catch(leavesQuietly);
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
  });
}
