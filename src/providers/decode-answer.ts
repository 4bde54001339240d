// Reads one provider's answer as it comes, whole or streamed, whatever its headers say of it.
// `providers.ts` hands out what it yields, all that one read brought at a time; the bytes are dropped or read out
// however it ends.

import type { Dialect, ServerEvent, StreamDecoder } from "../core/dialect.ts";
import { WireFault } from "../core/dialect.ts";
import type { ModelEvent } from "../core/events.ts";
import { createServerEventDecoder } from "../wire/sse.ts";
import { readJson, type HttpAnswer } from "./http-call.ts";

export async function* decodeAnswer(
  send: () => Promise<HttpAnswer>,
  dialect: Dialect,
  streamed: boolean,
): AsyncGenerator<readonly ModelEvent[], void, undefined> {
  const answer = await send();
  if (!isStream(answer.contentType, streamed)) {
    yield dialect.decodeCompletion(await readJson(answer.body));
    return;
  }
  const framing = dialect.framing?.() ?? createServerEventDecoder();
  const decoder = dialect.decodeStream();
  let unsure = dialect.framing === undefined;
  let over = false;
  const { body } = answer;
  try {
    for (let chunk = await body.take(); chunk; chunk = await body.take()) {
      if (unsure) {
        const sign = firstSign(chunk);
        if (sign === openingBrace || sign === openingBracket) {
          body.putBack(chunk);
          yield dialect.decodeCompletion(await readJson(body));
          return;
        }
        unsure = sign === undefined;
      }
      const { events, fault } = decoded(framing.push(chunk), decoder);
      if (events.length > 0) yield events;
      if (fault) throw fault.error;
      if ((over = decoder.over())) break;
    }
  } catch (error) {
    // A connection that broke once every choice had come to its end took nothing of the answer with it.
    if (error instanceof WireFault || decoder.settled?.() !== true) throw error;
    yield decoder.end();
    return;
  } finally {
    // A provider that said all it had to say need not close for us to go on; its connection is used again.
    if (over) body.readOut();
    else body.drop();
  }
  const { events, fault } = decoded(framing.end(), decoder);
  if (events.length > 0) yield events;
  if (fault) throw fault.error;
  yield decoder.end();
}

interface Decoded {
  readonly events: readonly ModelEvent[];
  /** What broke behind them. */
  readonly fault?: { readonly error: unknown };
}

/** What one read brought: mostly one event, whose list is taken as it is. */
function decoded(framed: readonly ServerEvent[], decoder: StreamDecoder): Decoded {
  let events: readonly ModelEvent[] = [];
  try {
    for (const event of framed) {
      const more = decoder.push(event);
      events = events.length === 0 ? more : [...events, ...more];
    }
  } catch (error) {
    return { events, fault: { error } };
  }
  return { events };
}

/** Some servers answer whole although a stream was asked for, and some the other way round. */
function isStream(contentType: string, asked: boolean): boolean {
  const type = contentType.toLowerCase();
  if (type.startsWith("text/event-stream") || type.startsWith("application/vnd.amazon.eventstream"))
    return true;
  return asked && !type.startsWith("application/json");
}

const openingBrace = 0x7b;
const openingBracket = 0x5b;
const space = 0x20;

/** No server-sent event begins like JSON: what does is a whole answer, or an error, whatever the header says. */
const firstSign = (chunk: Buffer): number | undefined => chunk.find((byte) => byte > space);
