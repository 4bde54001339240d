// Anthropic's Messages API as a dialect: pure translation, nothing is called from here.
// `providers/` picks it for rows whose dialect is `anthropic`. Base URLs precede `/v1/messages`.

import type { Dialect } from "../../core/dialect.ts";
import { Failure } from "../../core/errors.ts";
import { counting } from "./counting.ts";
import { decodeCompletion, decodeStream } from "./decode-answer.ts";
import { decodeError } from "./decode-error.ts";
import { encodeCompletion } from "./encode-request.ts";
import { parameterTable } from "./parameter-table.ts";

export const anthropicDialect: Dialect = {
  name: "anthropic",
  credentialHeaders: (key) => ({ "x-api-key": key }),
  parameters: parameterTable,
  encodeCompletion,
  decodeCompletion,
  decodeStream,
  encodeEmbedding() {
    throw noEmbeddings();
  },
  decodeEmbedding() {
    throw noEmbeddings();
  },
  decodeError,
  counting,
};

const noEmbeddings = (): Failure =>
  new Failure("MODEL_UNAVAILABLE", "Anthropic's API makes no embeddings.", {
    fix: "Choose an embedding model of another provider.",
  });
