// Reads one provider's answer as it comes, whole or streamed, whatever its headers say of it.
// `providers.ts` hands out what it yields; the bytes are dropped or read out however it ends.

import type { Dialect } from "../core/dialect.ts";
import { WireFault } from "../core/dialect.ts";
import type { ModelEvent } from "../core/events.ts";
import { createServerEventDecoder } from "../wire/sse.ts";
import { drop, readJson, readOut, type HttpAnswer } from "./http-call.ts";

export async function* decodeAnswer(
  send: () => Promise<HttpAnswer>,
  dialect: Dialect,
  streamed: boolean,
): AsyncGenerator<ModelEvent, void, undefined> {
  const answer = await send();
  if (!isStream(answer.contentType, streamed)) {
    yield* dialect.decodeCompletion(await readJson(answer.body));
    return;
  }
  const framing = dialect.framing?.() ?? createServerEventDecoder();
  const decoder = dialect.decodeStream();
  let unsure = dialect.framing === undefined;
  let over = false;
  const chunks = (answer.body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>)[
    Symbol.asyncIterator
  ]();
  try {
    for (;;) {
      const { done, value: chunk } = await chunks.next();
      if (done === true) break;
      if (unsure) {
        const sign = firstSign(chunk);
        if (sign === openingBrace || sign === openingBracket) {
          yield* dialect.decodeCompletion(await readJson(after(chunk, chunks)));
          return;
        }
        unsure = sign === undefined;
      }
      for (const event of framing.push(chunk)) yield* decoder.push(event);
      if ((over = decoder.over())) break;
    }
  } catch (error) {
    // A connection that broke once every choice had come to its end took nothing of the answer with it.
    if (error instanceof WireFault || decoder.settled?.() !== true) throw error;
    yield* decoder.end();
    return;
  } finally {
    // A provider that said all it had to say need not close for us to go on; its connection is used again.
    if (over) readOut(answer.body);
    else drop(answer.body);
  }
  for (const event of framing.end()) yield* decoder.push(event);
  yield* decoder.end();
}

/** Some servers answer whole although a stream was asked for, and some the other way round. */
function isStream(contentType: string, asked: boolean): boolean {
  const type = contentType.toLowerCase();
  if (type.startsWith("text/event-stream")) return true;
  return asked && !type.startsWith("application/json");
}

const openingBrace = 0x7b;
const openingBracket = 0x5b;
const space = 0x20;

/** No server-sent event begins like JSON: what does is a whole answer, or an error, whatever the header says. */
const firstSign = (chunk: Buffer): number | undefined => chunk.find((byte) => byte > space);

async function* after(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  yield first;
  for (;;) {
    const { done, value } = await rest.next();
    if (done === true) return;
    yield value;
  }
}
