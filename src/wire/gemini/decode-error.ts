// Reads Google's error bodies: an object, or a list of one, as an answer of its own or inside a stream.
// The decoders and the dialect call it. Bodies, headers and keys never leave it.
// https://ai.google.dev/gemini-api/docs/troubleshooting

import { WireFault } from "../../core/dialect.ts";
import { arrayOf, isObject, type JsonObject, numberOf, objectOf, rowOf, stringOf } from "../json.ts";
import { credentialRefused, shownMessage } from "../shown-message.ts";

/** The error in a body, if the body is one. */
export function errorIn(body: unknown): JsonObject | undefined {
  const outer = Array.isArray(body) ? body[0] : body;
  return objectOf(objectOf(outer)?.["error"]);
}

/** Without a status the error's own code is one: it came inside a 200. */
export function decodeError(status: number | undefined, body: unknown): WireFault {
  const error = errorIn(body) ?? {};
  const message = stringOf(error["message"]) ?? "";
  const meant = meantStatus(status ?? statusOf(error), message, error);
  if (meant === 401 || meant === 403) return new WireFault("error", credentialRefused, meant);
  const shown = shownMessage(message, `The provider answered with status ${meant}.`);
  const kind = meant === 400 && tooLong.test(message) ? "context-length" : "error";
  return new WireFault(kind, shown, meant, { retryAfterSeconds: retryDelay(error) });
}

/** Google says in the body how long to wait: `RetryInfo`, as `34.4s`. */
function retryDelay(error: JsonObject): number | undefined {
  const delays = arrayOf(error["details"]).map((detail) => stringOf(objectOf(detail)?.["retryDelay"]));
  const seconds = Number.parseFloat(delays.find((delay) => delay !== undefined) ?? "");
  return seconds >= 0 ? Math.ceil(seconds) : undefined;
}

/** https://cloud.google.com/apis/design/errors#handling_errors */
const statusByWord: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

const statusOf = (error: JsonObject): number =>
  numberOf(error["code"]) ?? rowOf(statusByWord, stringOf(error["status"])) ?? 500;

/** A bad key, a place without service and an unpaid bill come as 400, and are never the caller's fault. */
function meantStatus(status: number, message: string, error: JsonObject): number {
  if (status !== 400) return status;
  const reasons = arrayOf(error["details"]).map((detail) =>
    isObject(detail) ? detail["reason"] : undefined,
  );
  if (reasons.includes("API_KEY_INVALID") || /api key (?:not valid|expired)/i.test(message)) return 401;
  return /user location is not supported|enable billing/i.test(message) ? 403 : status;
}

const tooLong = /token count[^.]*exceeds|exceeds the maximum number of tokens|context (?:length|window)/i;
