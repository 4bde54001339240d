// Reads a streamed OpenAI answer from its server-sent events.
// The dialect makes one per upstream call; a stream is whole once it said `[DONE]` or every choice finished.

import { type ServerEvent, type StreamDecoder, WireFault } from "../../core/dialect.ts";
import type { ModelEvent } from "../../core/events.ts";
import { createAnswerReader } from "./answer-reader.ts";
import { decodeEmbeddedError } from "./error-reading.ts";

export function createAnswerStream(): StreamDecoder {
  const reader = createAnswerReader();
  let done = false;

  function push(event: ServerEvent): readonly ModelEvent[] {
    if (done || event.data.trim() === "") return nothing;
    if (event.data.startsWith("[DONE]")) {
      done = true;
      return nothing;
    }
    const body = parse(event.data);
    if (event.event === "error") throw decodeEmbeddedError(body);
    return reader.read(body);
  }

  return { push, over: () => done, end: () => reader.finish(done) };
}

const nothing: readonly ModelEvent[] = [];

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw new WireFault("malformed", "The provider sent a chunk that is not JSON.");
  }
}
