// A provider of the soak: answers by the nonce in the question, or goes wrong in one of all the ways there are. It
// keeps what it charges for, and tells on the gateway for whatever should never have come here.

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { answerTo, readQuestion, type Bill, type Level } from "./answers.ts";
import { faults, harmless } from "./faults.ts";
import { randomFrom } from "./random.ts";
import { wires, type Wire } from "./wires.ts";

export interface SoakUpstream {
  readonly origin: string;
  /** Of what was answered whole, by nonce. Twice the same question is answered and charged alike. */
  readonly bills: ReadonlyMap<string, Bill>;
  readonly happened: ReadonlyMap<string, number>;
  /** Calls that are not over. */
  inFlight(): number;
  connections(): number;
  /** Nobody listens for so long. */
  vanish(milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

export interface UpstreamRules {
  readonly seed: number;
  /** From 0 to 1: so many calls go wrong. */
  readonly faultShare: number;
  /** This key is refused. */
  readonly refusedKey: string;
  mayHave(level: Level): boolean;
  violation(what: string): void;
}

function wireOf(provider: string): Wire {
  const wire = wires[provider];
  if (wire === undefined) throw new Error(`no wire for ${provider}`);
  return wire;
}

export async function startSoakUpstream(provider: string, rules: UpstreamRules): Promise<SoakUpstream> {
  const wire = wireOf(provider);
  const bills = new Map<string, Bill>();
  const happened = new Map<string, number>();
  const times = new Map<string, number>();
  let inFlight = 0;
  let connections = 0;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    const body = await text(request);
    const asked = readQuestion(body);
    const credentials = JSON.stringify(request.headers);
    if (asked === undefined) return rules.violation(`${provider} was asked something else: ${path}`);
    if (/pc_/.test(credentials + body)) rules.violation(`${provider} saw a client's key`);
    if (!rules.mayHave(asked.level)) rules.violation(`${provider} saw ${asked.level} data: ${asked.nonce}`);
    const time = (times.get(asked.nonce) ?? 0) + 1;
    times.set(asked.nonce, time);
    const random = randomFrom(rules.seed, provider, asked.nonce, time);
    const table = random.chance(rules.faultShare) ? faults : harmless;
    const [name, happen] = credentials.includes(rules.refusedKey)
      ? (["refuses-the-key", refuseKey] as const)
      : random.pick(Object.entries(table));
    happened.set(name, (happened.get(name) ?? 0) + 1);
    const answer = answerTo(asked.nonce, provider);
    const whole = await happen({ response, wire, answer, stream: wire.isStream(path, body), random });
    if (!whole) return;
    if (!response.closed) await once(response, "close");
    const { input, output } = answer;
    if (response.writableFinished) bills.set(asked.nonce, { input, output });
  }

  const refuseKey = ({ response }: { response: ServerResponse }): boolean => {
    response.writeHead(401, { "content-type": "application/json" }).end(wire.error(401));
    return false;
  };

  const server = createServer((request, response) => {
    inFlight += 1;
    response.on("close", () => (inFlight -= 1));
    response.on("error", () => undefined);
    handle(request, response).catch((error: unknown) => {
      // A caller that has left breaks off what was being read or written.
      if (!response.destroyed) rules.violation(`the upstream itself failed: ${String(error)}`);
    });
  });
  server.on("connection", (socket) => {
    connections += 1;
    socket.on("close", () => (connections -= 1));
    socket.on("error", () => undefined);
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  };
  const shut = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  const port = await listen(0);
  return {
    origin: `http://127.0.0.1:${port}`,
    bills,
    happened,
    inFlight: () => inFlight,
    connections: () => connections,
    async vanish(milliseconds) {
      await shut();
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      await listen(port);
    },
    close: shut,
  };
}
