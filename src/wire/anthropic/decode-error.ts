// Reads Anthropic's error bodies, as an answer of their own or as an event inside a stream.
// The decoders and the dialect call it. Bodies, headers and keys never leave it.
// https://platform.claude.com/docs/en/api/errors

import { WireFault } from "../../core/dialect.ts";
import { objectOf, rowOf, stringOf } from "../json.ts";
import { credentialRefused, shownMessage } from "../shown-message.ts";

/** Without a status the type stands for one: the error came inside a 200. */
export function decodeError(status: number | undefined, body: unknown): WireFault {
  const error = objectOf(objectOf(body)?.["error"]);
  const message = stringOf(error?.["message"]) ?? "";
  const meant = meantStatus(status ?? rowOf(statusByType, stringOf(error?.["type"])) ?? 500, message);
  if (meant === 401 || meant === 403) return new WireFault("error", credentialRefused, meant);
  const shown = shownMessage(message, `The provider answered with status ${meant}.`);
  return new WireFault(kindOf(meant, message), shown, meant);
}

const statusByType: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 403,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 503,
};

/** 529 is Anthropic's own; an unpaid bill comes as a 400 or 402 and is never the caller's fault. */
function meantStatus(status: number, message: string): number {
  if (status === 529) return 503;
  if (status === 402 || (status === 400 && /credit balance|billing/i.test(message))) return 403;
  return status;
}

const tooLong =
  /prompt is too long|input is too long|exceed\w*\s(?:the\s)?(?:model's\s)?(?:maximum\s)?context (?:limit|length|window)|too many total text bytes/i;
const filtered = /content filtering policy/i;

function kindOf(status: number, message: string): WireFault["kind"] {
  if (status !== 400 && status !== 413) return "error";
  if (tooLong.test(message)) return "context-length";
  return filtered.test(message) ? "content-filter" : "error";
}
