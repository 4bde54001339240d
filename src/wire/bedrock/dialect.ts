// Amazon Bedrock's Converse, and InvokeModel for vectors, as a dialect: pure translation, nothing is called from here.
// `providers/` picks it for rows whose dialect is `bedrock`. Base URLs precede `/model/`.

import type { Dialect } from "../../core/dialect.ts";
import { credentialHeaders } from "./credentials.ts";
import { decodeCompletion, decodeStream } from "./decode-answer.ts";
import { decodeError } from "./decode-error.ts";
import { decodeEmbedding, encodeEmbedding, mostEmbeddingInputs } from "./embeddings.ts";
import { encodeCompletion } from "./encode-request.ts";
import { createEventStreamFraming } from "./event-stream.ts";
import { parameterTable } from "./parameter-table.ts";

export const bedrockDialect: Dialect = {
  name: "bedrock",
  credentialHeaders,
  parameters: parameterTable,
  framing: createEventStreamFraming,
  encodeCompletion,
  decodeCompletion,
  decodeStream,
  encodeEmbedding,
  decodeEmbedding,
  mostEmbeddingInputs,
  decodeError,
};
