// Google's Gemini API as a dialect: pure translation, nothing is called from here.
// `providers/` picks it for rows whose dialect is `gemini`. Base URLs precede `/v1beta/models/`.

import type { Dialect } from "../../core/dialect.ts";
import { counting } from "./counting.ts";
import { decodeCompletion, decodeStream } from "./decode-answer.ts";
import { decodeError } from "./decode-error.ts";
import { decodeEmbedding, encodeEmbedding } from "./embeddings.ts";
import { encodeCompletion } from "./encode-request.ts";
import { parameterTable } from "./parameter-table.ts";
import { decodeImages, encodeImages } from "./images.ts";

export const geminiDialect: Dialect = {
  name: "gemini",
  credentialHeaders: (key) => ({ "x-goog-api-key": key }),
  parameters: parameterTable,
  encodeCompletion,
  decodeCompletion,
  decodeStream,
  encodeEmbedding,
  decodeEmbedding,
  images: { encode: encodeImages, decode: decodeImages },
  mostEmbeddingInputs: () => 100,
  decodeError,
  counting,
};
