// Writes the events of one answer as the server-sent events of Anthropic's Messages API, ready for the socket.
// The REST door makes one per stream. https://platform.claude.com/docs/en/build-with-claude/streaming

import type { StreamEncoder } from "../client-stream.ts";
import type { JsonObject } from "../json.ts";
import { encodeServerEvent } from "../sse.ts";
import { encodeErrorBody } from "./client-error.ts";
import { followMessage } from "./client-message.ts";
import type { MessageStyle } from "./client-wire.ts";

const ping = encodeServerEvent('{"type":"ping"}', "ping");
const comment = ": keep-alive\n\n";
const stop = encodeServerEvent('{"type":"message_stop"}', "message_stop");

export function createMessageEventEncoder(style: MessageStyle): StreamEncoder {
  let out = "";
  let beforeText = "";
  let begun = false;

  function write(type: string, fields: JsonObject): void {
    out += encodeServerEvent(JSON.stringify({ type, ...fields }), type);
  }

  const take = followMessage(style, {
    begin(message) {
      begun = true;
      write("message_start", { message });
    },
    start(index, block) {
      write("content_block_start", { index, content_block: block });
      beforeText = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"text_delta","text":`;
    },
    // The hot path: glued together from a piece made once, with only the text escaped.
    text: (_index, text) => void (out += `${beforeText}${JSON.stringify(text)}}}\n\n`),
    delta: (index, delta) => write("content_block_delta", { index, delta }),
    stop: (index) => write("content_block_stop", { index }),
    // Clients pass over a ping, whatever it carries, and over nothing else that is not of the wire.
    notice: (notice) => write("ping", { portcullis: { safety: [notice] } }),
    conclude: (delta, usage, portcullis) => write("message_delta", { delta, usage, portcullis }),
  });

  return {
    encode(event) {
      out = "";
      take(event);
      return out;
    },
    end: () => stop,
    fail: (failure, requestId) =>
      encodeServerEvent(JSON.stringify(encodeErrorBody(failure, requestId, style.places)), "error"),
    keepAlive: () => (begun ? ping : comment),
  };
}
