// Reads a streamed OpenAI answer from its server-sent events.
// The dialect makes one per upstream call; a stream is whole once it said `[DONE]` or every choice finished.

import { type ServerEvent, type StreamDecoder, WireFault } from "../../core/dialect.ts";
import type { ModelEvent } from "../../core/events.ts";
import { parseJson } from "../json.ts";
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
    // Its words need not be JSON.
    if (event.event === "error") throw decodeEmbeddedError(parseJson(event.data) ?? event.data);
    return reader.read(parse(event.data));
  }

  return { push, over: () => done, settled: reader.settled, end: () => reader.finish(done) };
}

const nothing: readonly ModelEvent[] = [];

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw new WireFault("malformed", "The provider sent a chunk that is not JSON.");
  }
}
