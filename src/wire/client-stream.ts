// What the encoder of one client wire's stream must do, whichever API the client speaks.
// The REST door pulls events through it; encoders are pure and know nothing of sockets.

import type { AnswerEvent } from "../core/answer.ts";
import type { Failure } from "../core/errors.ts";

/** Everything it gives is whole server-sent events as text. */
export interface StreamEncoder {
  /** Empty where the wire has nothing for the event. */
  encode(event: AnswerEvent): string;
  /** What follows the last event of an answer that came to its end. */
  end(): string;
  /** What an answer that failed ends with, once something has been sent. */
  fail(failure: Failure, requestId: string): string;
  /** What is sent in a long silence; absent: a comment. */
  keepAlive?(): string;
}
