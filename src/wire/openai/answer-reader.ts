// Reads OpenAI-shaped answers, whole or in chunks, into one stream of model events.
// The dialect makes one per answer; what a provider spells differently is understood here.

import { WireFault } from "../../core/dialect.ts";
import type { ModelEvent } from "../../core/events.ts";
import { type ChoiceReader, createChoiceReader } from "./choice-reader.ts";
import { citationsOf } from "./citations.ts";
import { decodeEmbeddedError, isErrorBody } from "./error-reading.ts";
import { type JsonObject, isObject, arrayOf, objectOf } from "../json.ts";
import { textOf } from "./loose-values.ts";
import { decodeUsage } from "./usage.ts";

export interface AnswerReader {
  /** One chunk, or the body of a whole answer. Throws `WireFault` where it carries an error. */
  read(body: unknown): readonly ModelEvent[];
  /** Every choice that began has its reason. */
  settled(): boolean;
  /** Call once, at the end. `complete`: the provider said that this is all. */
  finish(complete: boolean): readonly ModelEvent[];
}

export function createAnswerReader(): AnswerReader {
  const choices = new Map<number, ChoiceReader>();
  let begun = false;
  let citations: readonly unknown[] = [];

  function read(body: unknown): readonly ModelEvent[] {
    if (!isObject(body)) throw new WireFault("malformed", "The provider sent something that is no answer.");
    if (isErrorBody(body)) throw decodeEmbeddedError(body);
    const events: ModelEvent[] = [];
    const usage = decodeUsage(body["usage"]) ?? decodeUsage(objectOf(body["x_groq"])?.["usage"]);
    const parts = arrayOf(body["choices"]);
    // Azure's first chunk has no choice, no id and no model: what the answer is called comes later.
    if (!begun && (parts.length > 0 || usage)) {
      begun = true;
      events.push(beginning(body));
    }
    for (const part of parts) if (isObject(part)) readChoice(part, events);
    const cited = citationsOf(body["citations"]);
    if (cited.length > 0) citations = cited;
    if (usage) events.push({ type: "usage", usage });
    return events;
  }

  function readChoice(part: JsonObject, events: ModelEvent[]): void {
    const index = indexOf(part["index"]);
    let reader = choices.get(index);
    if (!reader) choices.set(index, (reader = createChoiceReader(index)));
    reader.read(part, events);
    const usage = decodeUsage(part["usage"]);
    if (usage) events.push({ type: "usage", usage });
  }

  function finish(complete: boolean): readonly ModelEvent[] {
    if (choices.size === 0) throw new WireFault("truncated", "The provider's answer ended before it began.");
    const events: ModelEvent[] = [];
    if (citations.length > 0) events.push({ type: "citations", choice: 0, citations });
    for (const choice of choices.values()) choice.finish(complete, events);
    return events;
  }

  return {
    read,
    settled: () => choices.size > 0 && [...choices.values()].every((choice) => choice.finished()),
    finish,
  };
}

/** As many choices as may be asked for; any other number means the only one. */
const mostChoices = 128;
const indexOf = (value: unknown): number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < mostChoices
    ? (value as number)
    : 0;

function beginning(body: JsonObject): ModelEvent {
  return {
    type: "answer-begin",
    upstreamId: textOf(body["id"]),
    upstreamModel: textOf(body["model"]),
    fingerprint: textOf(body["system_fingerprint"]),
    serviceTier: textOf(body["service_tier"]),
  };
}
