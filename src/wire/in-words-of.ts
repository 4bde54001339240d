// Encodes a request for one dialect, whoever's words its client spoke: what only another vendor's models can be told is
// said in words of this one, reported, or refused. `providers/` calls it; most requests need none of it.

import type { Destination, Dialect, EncodedRequest } from "../core/dialect.ts";
import type { CompletionRequest } from "../core/request.ts";
import { inOpenaiWords } from "./anthropic/foreign-words.ts";
import { type ChangeLog, createChangeLog } from "./change-log.ts";
import { withoutFreeform } from "./freeform.ts";
import { habitsOf } from "./openai/provider-habits.ts";
import { withoutServerTools } from "./responses/foreign-tools.ts";

export function encodeInWordsOf(
  dialect: Dialect,
  request: CompletionRequest,
  to: Destination,
): EncodedRequest {
  if (request.words === undefined && request.freeform === undefined) {
    return dialect.encodeCompletion(request, to);
  }
  const log = createChangeLog();
  const encoded = dialect.encodeCompletion(said(request, to, dialect.name, log), to);
  return {
    ...encoded,
    params: [...log.params, ...encoded.params],
    unsupported: [...log.unsupported, ...encoded.unsupported],
  };
}

function said(
  request: CompletionRequest,
  to: Destination,
  dialect: string,
  log: ChangeLog,
): CompletionRequest {
  if (request.words === "anthropic")
    return dialect === "anthropic" ? request : inOpenaiWords(request, to, dialect, log);
  const own =
    request.words === "responses" && !newerWires.has(dialect)
      ? withoutServerTools(request, dialect, log)
      : request;
  return own.freeform === undefined || takesFreeform(dialect, to) ? own : withoutFreeform(own, log);
}

const takesFreeform = (dialect: string, { providerId }: Destination): boolean =>
  habitsOf(providerId).customTools && openaiWires.has(dialect);

const newerWires: ReadonlySet<string> = new Set(["responses", "azure-responses"]);
const openaiWires: ReadonlySet<string> = new Set(["openai", "azure", ...newerWires]);
