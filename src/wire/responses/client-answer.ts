// Writes the answer of `POST /v1/responses`: one object, or the published events with their numbers.
// The REST door calls it. A stream ends with its last event; `[DONE]` belongs to another wire.
// https://platform.openai.com/docs/api-reference/responses-streaming

import type { AnswerEvent } from "../../core/answer.ts";
import type { StreamEncoder } from "../client-stream.ts";
import type { JsonObject } from "../json.ts";
import { paddingFor } from "../obfuscation.ts";
import { encodeErrorBody } from "../openai/client-error.ts";
import type { EventSink, PartPlace } from "./output-items.ts";
import type { ResponseStyle } from "./response-object.ts";
import { createResponseWriter } from "./response-writer.ts";

export interface WholeResponse {
  push(event: AnswerEvent): void;
  /** Call after the last event. */
  response(): JsonObject;
}

export function createWholeResponse(style: ResponseStyle): WholeResponse {
  return createResponseWriter(style, { event: nothing, textDelta: nothing });
}

export interface ResponseStreamStyle extends ResponseStyle {
  /** Pads deltas, so that the length of what is sent does not tell what was said. */
  readonly obfuscated: boolean;
}

export function createResponseStreamEncoder(style: ResponseStreamStyle): StreamEncoder {
  let out = "";
  let sequence = 0;
  /** Everything of a text delta that stays the same for its part. */
  let lastPlace: PartPlace | undefined;
  let beforeText = "";

  const sink: EventSink = {
    event(type, fields) {
      const padding =
        style.obfuscated && type.endsWith(".delta")
          ? { obfuscation: paddingFor(String(fields["delta"])) }
          : {};
      const data = JSON.stringify({ type, ...fields, ...padding, sequence_number: sequence++ });
      out += `event: ${type}\ndata: ${data}\n\n`;
    },
    textDelta(place, text, logprobs) {
      if (place !== lastPlace) {
        lastPlace = place;
        const fields = JSON.stringify({ type: "response.output_text.delta", ...place });
        beforeText = `event: response.output_text.delta\ndata: ${fields.slice(0, -1)},"delta":`;
      }
      const padding = style.obfuscated ? `,"obfuscation":"${paddingFor(text)}"` : "";
      const listed = logprobs.length === 0 ? "[]" : JSON.stringify(logprobs);
      out += `${beforeText}${JSON.stringify(text)},"logprobs":${listed}${padding},"sequence_number":${sequence++}}\n\n`;
    },
  };

  const writer = createResponseWriter(style, sink);

  function taken(): string {
    const text = out;
    out = "";
    return text;
  }

  return {
    encode(event) {
      writer.push(event);
      if (event.type === "finished") {
        const response = writer.response();
        sink.event(`response.${String(response["status"])}`, { response });
      }
      return taken();
    },
    end: () => "",
    fail(failure, requestId) {
      const { error } = encodeErrorBody(failure, requestId);
      const { code, message, param } = error;
      // Flat as the API documents it, and nested as it is sent: clients read the one or the other.
      sink.event("error", { code, message, param, error });
      if (writer.begun) sink.event("response.failed", { response: writer.response(failure) });
      return taken();
    },
  };
}

function nothing(): void {}
