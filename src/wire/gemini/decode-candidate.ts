// Reads one candidate of an answer, chunk by chunk: thoughts, text, function calls, media.
// The answer decoder keeps one per choice. Its finish is held back: some models send one with every chunk.

import { WireFault } from "../../core/dialect.ts";
import type { FinishReason, ModelEvent } from "../../core/events.ts";
import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from "../json.ts";
import { shownMessage } from "../shown-message.ts";
import { mintCallId } from "./call-ids.ts";
import { decodeCitations } from "./decode-citations.ts";
import { decodeLogprobs } from "./decode-logprobs.ts";
import { finishReasonOf } from "./finish-reasons.ts";

export interface CandidateReader {
  read(candidate: JsonObject, responseId: string | undefined, events: ModelEvent[]): void;
  /** Throws `WireFault` where no reason came. */
  finish(otherwise: FinishReason | undefined, events: ModelEvent[]): void;
}

export function createCandidateReader(choice: number): CandidateReader {
  let calls = 0;
  let text = "";
  let thinking = false;
  let word: string | undefined;
  let remark: string | undefined;
  let sources: JsonObject = {};

  function read(candidate: JsonObject, responseId: string | undefined, events: ModelEvent[]): void {
    let logprobs = decodeLogprobs(candidate["logprobsResult"]);
    for (const part of arrayOf(objectOf(candidate["content"])?.["parts"])) {
      if (!isObject(part)) throw new WireFault("malformed", "The provider's answer has a part of no form.");
      if (readPart(part, responseId, logprobs, events)) logprobs = undefined;
    }
    if (logprobs) events.push({ type: "text-delta", choice, text: "", logprobs });
    word = stringOf(candidate["finishReason"]) ?? word;
    remark = stringOf(candidate["finishMessage"]) ?? remark;
    for (const name of ["groundingMetadata", "citationMetadata"]) {
      if (isObject(candidate[name])) sources = { ...sources, [name]: candidate[name] };
    }
  }

  /** True where text went out, and the log probabilities with it. */
  function readPart(
    part: JsonObject,
    responseId: string | undefined,
    logprobs: readonly unknown[] | undefined,
    events: ModelEvent[],
  ): boolean {
    const signature = stringOf(part["thoughtSignature"]);
    if (part["thought"] === true) {
      const thought = stringOf(part["text"]) ?? "";
      if (thought !== "") events.push({ type: "reasoning-delta", choice, text: thought });
      thinking = signature === undefined && (thinking || thought !== "");
      if (signature !== undefined) events.push({ type: "reasoning-seal", choice, signature });
      return false;
    }
    closeThought(events);
    const call = objectOf(part["functionCall"]);
    if (call) {
      readCall(call, signature, responseId, events);
      return false;
    }
    const said = say(stringOf(part["text"]) ?? mediaText(part["inlineData"]), logprobs, events);
    if (signature !== undefined) events.push({ type: "reasoning-seal", choice, signature });
    return said;
  }

  /** Thoughts come without a signature of their own: the one that follows belongs to another part. */
  function closeThought(events: ModelEvent[]): void {
    if (thinking) events.push({ type: "reasoning-seal", choice });
    thinking = false;
  }

  function readCall(
    call: JsonObject,
    signature: string | undefined,
    responseId: string | undefined,
    events: ModelEvent[],
  ): void {
    const number = calls++;
    events.push({
      type: "tool-call-delta",
      choice,
      call: number,
      id: stringOf(call["id"]) ?? mintCallId(responseId, choice, number),
      name: stringOf(call["name"]) ?? "",
      arguments: JSON.stringify(objectOf(call["args"]) ?? {}),
      ...(signature === undefined ? {} : { signature }),
    });
  }

  function say(said: string, logprobs: readonly unknown[] | undefined, events: ModelEvent[]): boolean {
    if (said === "") return false;
    text += said;
    events.push({ type: "text-delta", choice, text: said, ...(logprobs ? { logprobs } : {}) });
    return true;
  }

  function finish(otherwise: FinishReason | undefined, events: ModelEvent[]): void {
    const reason = word === undefined ? otherwise : finishReasonOf(word, calls > 0);
    if (reason === undefined) {
      throw new WireFault("truncated", "The provider's answer broke off before its end.");
    }
    closeThought(events);
    const citations = decodeCitations(sources, text);
    if (citations.length > 0) events.push({ type: "citations", choice, citations });
    if (reason === "content_filter" && remark !== undefined) {
      events.push({ type: "refusal-delta", choice, text: shownMessage(remark, "") });
    }
    events.push({ type: "choice-finish", choice, reason });
  }

  return { read, finish };
}

/** The neutral events have no place for media yet: an image goes out as Markdown, so that it is not lost. */
function mediaText(inlineData: unknown): string {
  const media = objectOf(inlineData);
  const data = stringOf(media?.["data"]);
  const mimeType = stringOf(media?.["mimeType"]);
  if (data === undefined || mimeType === undefined) return "";
  return `${mimeType.startsWith("image/") ? "!" : ""}[${mimeType}](data:${mimeType};base64,${data})`;
}
