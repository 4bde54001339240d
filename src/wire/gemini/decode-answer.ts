// Decodes Gemini's answers, whole or streamed, into the neutral events: a whole one is a stream of one chunk.
// `geminiDialect` hands it out. https://ai.google.dev/api/generate-content#generatecontentresponse

import { type ServerEvent, type StreamDecoder, WireFault } from "../../core/dialect.ts";
import type { ModelEvent, TokenUsage } from "../../core/events.ts";
import { arrayOf, isObject, type JsonObject, numberOf, objectOf, parseJson, stringOf } from "../json.ts";
import { shownMessage } from "../shown-message.ts";
import { type CandidateReader, createCandidateReader } from "./decode-candidate.ts";
import { decodeError, errorIn } from "./decode-error.ts";
import { decodeUsage } from "./decode-usage.ts";

export function decodeCompletion(body: unknown): readonly ModelEvent[] {
  const answer = createAnswer();
  // Without `alt=sse` a stream is a list of its chunks.
  const chunks = Array.isArray(body) && body.length > 0 ? body : [body];
  return [...chunks.flatMap((chunk) => answer.read(chunk)), ...answer.end("malformed")];
}

export function decodeStream(): StreamDecoder {
  const answer = createAnswer();
  return {
    // Proxies that speak OpenAI elsewhere close with its mark here too.
    push: (event: ServerEvent) => (event.data === "[DONE]" ? [] : answer.read(parseJson(event.data))),
    // Only the end of the body says so.
    over: () => false,
    end: () => answer.end("truncated"),
  };
}

function createAnswer() {
  const candidates = new Map<number, CandidateReader>();
  let begun = false;
  let responseId: string | undefined;
  let blocked: string | undefined;
  let counts: JsonObject = {};
  /** Google's searches have a fee of their own. */
  let searches: Pick<TokenUsage, "toolUses"> | undefined;

  function read(body: unknown): readonly ModelEvent[] {
    if (errorIn(body)) throw decodeError(undefined, body);
    if (!isObject(body)) throw notAnAnswer();
    const events: ModelEvent[] = [];
    begin(body, events);
    for (const [position, candidate] of arrayOf(body["candidates"]).entries()) {
      if (!isObject(candidate)) throw notAnAnswer();
      const queries = arrayOf(objectOf(candidate["groundingMetadata"])?.["webSearchQueries"]).length;
      if (queries > 0) searches = { toolUses: { google_search: queries } };
      readerOf(numberOf(candidate["index"]) ?? position).read(candidate, responseId, events);
    }
    readBlock(objectOf(body["promptFeedback"]), events);
    if (isObject(body["usageMetadata"])) {
      counts = { ...counts, ...body["usageMetadata"] };
      events.push({ type: "usage", usage: { ...decodeUsage(counts), ...searches } });
    }
    return events;
  }

  function begin(body: JsonObject, events: ModelEvent[]): void {
    if (begun) return;
    begun = true;
    responseId = stringOf(body["responseId"]);
    events.push({
      type: "answer-begin",
      upstreamId: responseId,
      upstreamModel: stringOf(body["modelVersion"]),
      serviceTier: stringOf(objectOf(body["usageMetadata"])?.["serviceTier"]),
    });
  }

  /** The prompt was stopped: there is no candidate then. */
  function readBlock(feedback: JsonObject | undefined, events: ModelEvent[]): void {
    const reason = stringOf(feedback?.["blockReason"]);
    if (reason === undefined || blocked !== undefined) return;
    blocked = reason;
    const text = shownMessage(feedback?.["blockReasonMessage"], "");
    if (text !== "") events.push({ type: "refusal-delta", choice: 0, text });
  }

  function readerOf(choice: number): CandidateReader {
    const known = candidates.get(choice);
    if (known) return known;
    const reader = createCandidateReader(choice);
    candidates.set(choice, reader);
    return reader;
  }

  function end(otherwise: "malformed" | "truncated"): readonly ModelEvent[] {
    if (candidates.size === 0 && blocked === undefined) throw notAnAnswer(otherwise);
    if (candidates.size === 0) readerOf(0);
    const events: ModelEvent[] = [];
    for (const [, reader] of [...candidates].sort(([a], [b]) => a - b)) {
      reader.finish(blocked === undefined ? undefined : "content_filter", events);
    }
    return events;
  }

  return { read, end };
}

const notAnAnswer = (kind: "malformed" | "truncated" = "malformed"): WireFault =>
  new WireFault(kind, "The provider's answer holds no candidate.");
