// The OpenAI chat dialect, provider side: what most providers speak, each with its habits.
// `providers/` calls it; it is pure, makes no call, and knows no credential beyond the one it is handed.

import type { Dialect } from "../../core/dialect.ts";
import { createAnswerReader } from "./answer-reader.ts";
import { createAnswerStream } from "./answer-stream.ts";
import { decodeEmbedding, encodeEmbedding } from "./embeddings.ts";
import { decodeError } from "./error-reading.ts";
import { decodeModeration, encodeModeration } from "./moderation.ts";
import { parameterTable } from "./parameter-table.ts";
import { decodeImages, encodeImages } from "./images.ts";
import { encodeCompletion } from "./request-encoding.ts";

export const openaiDialect: Dialect = {
  name: "openai",
  credentialHeaders: (key) => ({ authorization: `Bearer ${key}` }),
  parameters: parameterTable,
  encodeCompletion,
  decodeCompletion(body) {
    const reader = createAnswerReader();
    const events = reader.read(body);
    return [...events, ...reader.finish(true)];
  },
  decodeStream: createAnswerStream,
  encodeEmbedding,
  decodeEmbedding,
  moderation: { encode: encodeModeration, decode: decodeModeration },
  images: { encode: encodeImages, decode: decodeImages },
  decodeError,
};
