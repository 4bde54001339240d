// OpenAI's Responses API as an upstream, for models that answer at nothing else; and the same at Azure's addresses.
// `providers/` picks them for deployments that say so. Pure: nothing is called from here.

import type { Dialect } from "../../core/dialect.ts";
import { azureDialect } from "../azure/dialect.ts";
import { openaiDialect } from "../openai/dialect.ts";
import { decodeCompletion, decodeStream } from "./upstream-answer.ts";
import { parameterTable } from "./upstream-parameters.ts";
import { encodeCompletion } from "./upstream-request.ts";

export const responsesDialect: Dialect = {
  ...openaiDialect,
  name: "responses",
  parameters: parameterTable,
  encodeCompletion,
  decodeCompletion,
  decodeStream,
};

export const azureResponsesDialect: Dialect = {
  ...azureDialect,
  name: "azure-responses",
  parameters: parameterTable,
  encodeCompletion,
  decodeCompletion,
  decodeStream,
};
