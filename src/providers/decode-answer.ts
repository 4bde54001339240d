// Reads one provider's answer as it comes, whole or streamed, whatever its headers say of it.
// `providers.ts` hands out what it gives, all that one read brought at a time; the bytes are dropped or read out
// however it ends.

import type { Dialect, EventFraming, ServerEvent, StreamDecoder } from "../core/dialect.ts";
import { WireFault } from "../core/dialect.ts";
import type { ModelEvent } from "../core/events.ts";
import { type Pourable, pourable, type Sink, type Tap } from "../core/pouring.ts";
import { createServerEventDecoder } from "../wire/sse.ts";
import type { AnswerBody } from "./answer-body.ts";
import type { AnswerHead } from "./http-exchange.ts";
import { WholeBody } from "./whole-body.ts";

type Batch = readonly ModelEvent[];

/** It is sent when somebody begins to read. */
export function decodeAnswer(
  send: () => Promise<AnswerHead>,
  dialect: Dialect,
  streamed: boolean,
): Pourable<Batch> {
  return pourable((sink) => new AnswerReading(send, dialect, streamed, sink));
}

class AnswerReading implements Tap, Sink<Buffer> {
  readonly #send: () => Promise<AnswerHead>;
  readonly #dialect: Dialect;
  readonly #streamed: boolean;
  readonly #sink: Sink<Batch>;
  #isSent = false;
  #isOpen = false;
  #isOver = false;
  #body: AnswerBody | undefined;
  /** Of a stream, from its first byte on. */
  #framing: EventFraming | undefined;
  #decoder: StreamDecoder | undefined;
  /** It may yet be a whole answer. */
  #unsure = false;
  /** Where it is one. */
  #whole: WholeBody | undefined;

  constructor(send: () => Promise<AnswerHead>, dialect: Dialect, streamed: boolean, sink: Sink<Batch>) {
    this.#send = send;
    this.#dialect = dialect;
    this.#streamed = streamed;
    this.#sink = sink;
  }

  resume(): void {
    this.#isOpen = true;
    if (this.#isSent) return this.#body?.resume();
    this.#isSent = true;
    this.#send().then(this.#onAnswer).catch(this.#onFault);
  }

  pause(): void {
    this.#isOpen = false;
    this.#body?.pause();
  }

  leave(): void {
    this.#isOver = true;
    this.#body?.drop();
  }

  readonly #onAnswer = ({ body, headers }: AnswerHead): void => {
    this.#body = body;
    if (this.#isOver) return body.drop();
    if (!isStream(String(headers["content-type"] ?? ""), this.#streamed)) this.#whole = new WholeBody();
    else {
      this.#framing = this.#dialect.framing?.() ?? createServerEventDecoder();
      this.#decoder = this.#dialect.decodeStream();
      this.#unsure = this.#dialect.framing === undefined;
    }
    body.pour(this);
    if (this.#isOpen) body.resume();
  };

  readonly #onFault = (error: unknown): void => {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#sink.fail(error);
  };

  /** What one read brought. */
  take(chunk: Buffer): void {
    const body = this.#body;
    const decoder = this.#decoder;
    if (this.#isOver || !body) return;
    if (this.#whole) return this.#gather(chunk, this.#whole, body);
    if (!decoder) return;
    if (this.#unsure) {
      const sign = firstSign(chunk);
      if (sign === openingBrace || sign === openingBracket) {
        this.#whole = new WholeBody();
        return this.#gather(chunk, this.#whole, body);
      }
      this.#unsure = sign === undefined;
    }
    if (!this.#decode(chunk, decoder)) body.drop();
  }

  #gather(chunk: Buffer, whole: WholeBody, body: AnswerBody): void {
    try {
      whole.push(chunk);
    } catch (error) {
      body.drop();
      this.#onFault(error);
    }
  }

  /** Nothing follows, or nothing that anybody need hear. */
  end(): void {
    const decoder = this.#decoder;
    if (this.#whole) return this.#finishWhole(this.#whole);
    if (!this.#isOver && decoder) this.#decode(undefined, decoder);
  }

  /** A connection that broke once every choice had come to its end took nothing of the answer with it. */
  fail(error: unknown): void {
    const decoder = this.#decoder;
    if (this.#isOver) return;
    if (!this.#whole && decoder?.settled?.() === true && !(error instanceof WireFault)) this.#finish(decoder);
    else this.#onFault(error);
  }

  /** Without a chunk it is the end: what the framing had left open. False where the rest of the bytes is not wanted. */
  #decode(chunk: Buffer | undefined, decoder: StreamDecoder): boolean {
    const framing = this.#framing;
    if (!framing) return false;
    const events: ModelEvent[] = [];
    let isLast = chunk === undefined;
    let fault: { readonly error: unknown } | undefined;
    try {
      if (chunk) decodeInto(events, framing.push(chunk), decoder);
      isLast ||= decoder.over();
      // The end goes out together with what came last.
      if (isLast) {
        decodeInto(events, framing.end(), decoder);
        for (const one of decoder.end()) events.push(one);
      }
    } catch (error) {
      fault = { error };
      isLast = false;
    }
    // A provider that said all it had to say need not close for us to go on; its connection is used again.
    if (isLast && chunk) this.#body?.readOut();
    if (events.length > 0) this.#sink.take(events);
    if (fault) this.fail(fault.error);
    else if (isLast) this.#close();
    return isLast || !this.#isOver;
  }

  #finishWhole(whole: WholeBody): void {
    if (this.#isOver) return;
    try {
      this.#sink.take(this.#dialect.decodeCompletion(whole.json()));
    } catch (error) {
      return this.#onFault(error);
    }
    this.#close();
  }

  #finish(decoder: StreamDecoder): void {
    try {
      this.#sink.take(decoder.end());
    } catch (error) {
      return this.#onFault(error);
    }
    this.#close();
  }

  #close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#sink.end();
  }
}

function decodeInto(events: ModelEvent[], framed: readonly ServerEvent[], decoder: StreamDecoder): void {
  for (const event of framed) for (const one of decoder.push(event)) events.push(one);
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
