// Runs the bytes of a streamed answer through the framing and a dialect's decoder, cut as asked.
// Codec tests use it with whole bytes and with `recut` ones.

import type { Dialect } from "../../src/core/dialect.ts";
import type { ModelEvent } from "../../src/core/events.ts";
import { createServerEventDecoder } from "../../src/wire/sse.ts";

/** Throws what the decoder throws. */
export function decodeBytes(dialect: Dialect, pieces: Iterable<Uint8Array>): readonly ModelEvent[] {
  const frames = createServerEventDecoder();
  const decoder = dialect.decodeStream();
  const events: ModelEvent[] = [];
  for (const piece of pieces) {
    for (const frame of frames.push(piece)) events.push(...decoder.push(frame));
  }
  for (const frame of frames.end()) events.push(...decoder.push(frame));
  events.push(...decoder.end());
  return events;
}
