// Reads Bedrock's errors, as an answer of their own or as an exception inside a stream.
// The decoder and the dialect call it. Bodies, headers and keys never leave it.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors

import { WireFault } from "../../core/dialect.ts";
import { objectOf, parseJson, rowOf, stringOf } from "../json.ts";
import { credentialRefused, shownMessage } from "../shown-message.ts";

/** 424 is the model's own failure, 408 its timeout. */
const meantStatus: Readonly<Record<number, number>> = { 424: 502, 408: 504 };

export function decodeError(status: number, body: unknown): WireFault {
  const message = stringOf(objectOf(body)?.["message"]) ?? stringOf(objectOf(body)?.["Message"]) ?? "";
  const meant = status === 400 && notServedHere.test(message) ? 404 : (meantStatus[status] ?? status);
  if (meant === 401 || meant === 403) return new WireFault("error", credentialRefused, meant);
  const shown = shownMessage(message, `The provider answered with status ${meant}.`);
  return new WireFault(kindOf(meant, message), shown, meant);
}

const statusByException: Readonly<Record<string, number>> = {
  validationException: 400,
  throttlingException: 429,
  serviceUnavailableException: 503,
  modelTimeoutException: 504,
  modelStreamErrorException: 502,
  internalServerException: 500,
  modelErrorException: 502,
};

/** `event` as the framing names it: `exception:throttlingException`. */
export function decodeException(event: string, data: string): WireFault {
  const name = event.slice(event.indexOf(":") + 1);
  const known = name.slice(0, 1).toLowerCase() + name.slice(1);
  return decodeError(rowOf(statusByException, known) ?? 500, parseJson(data));
}

/** A model that this region does not have comes as a 400; another deployment of it may serve. */
const notServedHere = /model identifier is invalid|on-demand throughput isn.t supported|end of its life/i;

const tooLong =
  /too long|too many (?:input )?tokens|context (?:length|window|limit)|maximum (?:context|number of)/i;

const kindOf = (status: number, message: string): WireFault["kind"] =>
  status === 400 && tooLong.test(message) ? "context-length" : "error";
