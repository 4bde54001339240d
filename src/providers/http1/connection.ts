// One connection to an origin, and the one call that runs on it. Whatever is not as it should be closes it.
// `origin.ts` opens it, gives it calls, and tells it how time goes by.

import type { Socket } from "node:net";
import { errors } from "undici";
import type { AnswerFraming } from "./answer-head.ts";
import { AnswerReader, type ReadAnswer } from "./answer-reader.ts";
import { type AnswerHeaders, type Call, headOf } from "./call.ts";
import { dial, type Destination, type Dialling } from "./dial.ts";

export interface Keeper {
  readonly destination: Destination;
  /** It has come to stand, and may carry its first call. */
  onStanding(connection: Connection): void;
  /** It may carry the next call. */
  onFree(connection: Connection): void;
  /** Told once. The error says why it never came to stand. */
  onGone(connection: Connection, neverStood: Error | undefined): void;
}

const idleMilliseconds = 30_000;
/** The other side's clock began sooner than ours. */
const closesSoonerMilliseconds = 2_000;
const usualTimeout = 300_000;

export class Connection implements ReadAnswer, Dialling {
  readonly #keeper: Keeper;
  readonly #reader = new AnswerReader(this);
  readonly #socket: Socket;
  #call: Call | undefined;
  #isConnected = false;
  #isGone = false;
  #isPaused = false;
  /** For how long it may be silent as things stand, and for how long it has been. */
  #patience = idleMilliseconds;
  #silence = 0;

  constructor(keeper: Keeper) {
    this.#keeper = keeper;
    this.#socket = dial(keeper.destination, this);
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  send(call: Call): void {
    if (!call.start(this)) return this.#keeper.onFree(this);
    const { outgoing } = call;
    this.#call = call;
    this.#wait(outgoing.headersTimeout ?? usualTimeout);
    this.#reader.expect();
    this.#socket.ref();
    try {
      this.#write(headOf(outgoing, this.#keeper.destination.url.host), outgoing.body ?? "");
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#silence = 0;
    this.#socket.resume();
  }

  drop(): void {
    this.#fail(new errors.RequestAbortedError());
  }

  tick(milliseconds: number): void {
    if (this.#isPaused || !this.#isConnected) return;
    // What began since the last tick has not been silent for so long: late by two ticks at most, and never too soon.
    if (this.#silence < this.#patience) return void (this.#silence += milliseconds);
    this.#fail(this.#reader.hasBegun ? new errors.BodyTimeoutError() : new errors.HeadersTimeoutError());
  }

  onConnected(): void {
    this.#isConnected = true;
    this.#rest(idleMilliseconds);
    this.#keeper.onStanding(this);
  }

  onBytes(bytes: Buffer): void {
    // A head must come whole in its time; a body may take as long as it goes on coming.
    if (this.#reader.hasBegun) this.#silence = 0;
    try {
      this.#reader.read(bytes);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  onHalfClosed(): void {
    this.#reader.close();
    this.#fail(new errors.SocketError("the other side closed"));
  }

  onClosed(error: Error): void {
    this.#fail(error);
  }

  onHead(status: number, headers: AnswerHeaders): void {
    const call = this.#call;
    this.#wait(call?.outgoing.bodyTimeout ?? usualTimeout);
    call?.listener.onResponseStart(call, status, headers);
  }

  /** Copied, since the next read writes over it. */
  onData(bytes: Buffer): void {
    const call = this.#call;
    call?.listener.onResponseData(call, Buffer.from(bytes));
  }

  onWhole({ reusable, keptFor }: AnswerFraming): void {
    const call = this.#call;
    this.#call = undefined;
    const patience = Math.min(idleMilliseconds, (keptFor ?? Infinity) - closesSoonerMilliseconds);
    // An answer that came before all of its question was sent leaves the rest of that in the way.
    if (reusable && patience > 0 && this.#socket.writableLength === 0) {
      this.#rest(patience);
      this.#keeper.onFree(this);
    } else this.drop();
    call?.end();
  }

  #rest(patience: number): void {
    this.resume();
    this.#wait(patience);
    // Who waits for nothing does not keep the process.
    this.#socket.unref();
  }

  #wait(patience: number): void {
    this.#patience = patience;
    this.#silence = 0;
  }

  /** In one piece. */
  #write(head: string, body: string): void {
    if (Buffer.byteLength(body) === body.length) return void this.#socket.write(head + body, "latin1");
    this.#socket.cork();
    this.#socket.write(head, "latin1");
    this.#socket.write(body, "utf8");
    this.#socket.uncork();
  }

  #fail(error: Error): void {
    if (this.#isGone) return;
    this.#isGone = true;
    const call = this.#call;
    this.#call = undefined;
    this.#reader.stop();
    this.#socket.destroy();
    this.#keeper.onGone(this, this.#isConnected ? undefined : error);
    call?.fail(error);
  }
}
