// Reads a streamed OpenAI answer from its server-sent events.
// The dialect makes one per upstream call; a stream is whole once it said `[DONE]` or every choice finished.

import { type ServerEvent, type StreamDecoder, WireFault } from "../../core/dialect.ts";
import type { ModelEvent } from "../../core/events.ts";
import { arrayOf, objectOf, parseJson } from "../json.ts";
import { TextChunks } from "../text-chunks.ts";
import { createAnswerReader } from "./answer-reader.ts";
import { decodeEmbeddedError } from "./error-reading.ts";

export function createAnswerStream(): StreamDecoder {
  const reader = createAnswerReader();
  const texts = new TextChunks(textOf);
  let done = false;

  function push(event: ServerEvent): readonly ModelEvent[] {
    const { data } = event;
    if (done) return nothing;
    const said = event.event === undefined ? texts.read(data) : undefined;
    if (said) return said;
    if (data.trim() === "") return nothing;
    if (data.startsWith("[DONE]")) {
      done = true;
      return nothing;
    }
    // Its words need not be JSON.
    if (event.event === "error") throw decodeEmbeddedError(parseJson(data) ?? data);
    const body = parse(data);
    const events = reader.read(body);
    texts.learn(data, body, events);
    return events;
  }

  return { push, over: () => done, settled: reader.settled, end: () => reader.finish(done) };
}

/** Of a chunk with one choice. */
function textOf(body: unknown): unknown {
  const choices = arrayOf(objectOf(body)?.["choices"]);
  return choices.length === 1 ? objectOf(objectOf(choices[0])?.["delta"])?.["content"] : undefined;
}

const nothing: readonly ModelEvent[] = [];

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw new WireFault("malformed", "The provider sent a chunk that is not JSON.");
  }
}
