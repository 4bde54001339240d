// Reads what went wrong out of any error body that OpenAI or those who copy it send.
// Never hands on a whole body, a header, or anything that looks like a key.

import { WireFault } from "../../core/dialect.ts";
import { type JsonObject, isObject, objectOf } from "../json.ts";
import { credentialRefused, shownMessage } from "../shown-message.ts";
import { filteredOf, textOf } from "./loose-values.ts";

/** An error that came as an HTTP answer of that status. */
export function decodeError(status: number, body: unknown): WireFault {
  if (status === 401 || status === 403) {
    return new WireFault("error", credentialRefused, status);
  }
  const { message, code, param } = readError(body);
  // Where the money is gone, waiting helps nobody.
  const meant = status === 429 && code.includes("insufficient_quota") ? 402 : status;
  const categories = filteredOf(innerErrorOf(body));
  const kind = kindOf(meant, code, message);
  return new WireFault(kind, presentable(message, meant), meant, { param, categories });
}

/** An error inside a 200, whole or streamed: its status is what its code stands for. */
export function decodeEmbeddedError(value: unknown): WireFault {
  const { code } = readError(value);
  return decodeError(statusOf(code), value);
}

/** True for bodies that are an error although nothing in the status says so. */
export function isErrorBody(body: JsonObject): boolean {
  const error = body["error"];
  if (isObject(error) || textOf(error) !== undefined) return true;
  // Groq's last chunk, where it gave up.
  if (textOf(objectOf(body["x_groq"])?.["error"]) !== undefined) return true;
  // DashScope and others that say so without any frame around it.
  const unframed = textOf(body["message"]) ?? textOf(body["detail"]);
  if (unframed !== undefined && (textOf(body["code"]) ?? body["detail"]) !== undefined) {
    return body["choices"] === undefined && body["data"] === undefined;
  }
  return body["object"] === "error" || (body["type"] === "error" && body["choices"] === undefined);
}

interface ReadError {
  readonly message: string | undefined;
  readonly code: string;
  readonly param?: string | undefined;
}

/** `{error: {…}}`, `{error: "…"}`, `{message}`, `{detail}`, `{detail: [{msg, loc}]}`, `[…]`, `"…"`. */
function readError(value: unknown, depth = 0): ReadError {
  if (depth > 4) return { message: undefined, code: "" };
  if (typeof value === "string") return { message: value, code: "" };
  if (Array.isArray(value)) return readError(value[0], depth + 1);
  if (!isObject(value)) return { message: undefined, code: "" };
  for (const nest of ["error", "errors", "detail", "x_groq"]) {
    if (value[nest] !== undefined && value[nest] !== null && value[nest] !== "") {
      const inner = readError(value[nest], depth + 1);
      return { ...inner, message: inner.message ?? ownMessage(value), code: inner.code || ownCode(value) };
    }
  }
  return { message: ownMessage(value), code: ownCode(value), param: ownParam(value) };
}

/** Azure's: https://learn.microsoft.com/azure/foundry/openai/concepts/content-filter */
function innerErrorOf(body: unknown): unknown {
  const error = objectOf(objectOf(body)?.["error"]) ?? objectOf(body);
  return objectOf(error?.["innererror"])?.["content_filter_result"];
}

/** A path into the request, and never a piece of what it says. */
function ownParam(error: JsonObject): string | undefined {
  const param = textOf(error["param"]);
  return param !== undefined && /^[a-z_]\w*(?:[.[\]\w]{0,80})$/i.test(param) ? param : undefined;
}

/** OpenRouter says only "Provider returned error" and keeps the provider's words in its metadata. */
function ownMessage(error: JsonObject): string | undefined {
  const message = textOf(error["message"]) ?? textOf(error["msg"]) ?? textOf(error["Message"]);
  const raw = textOf(objectOf(error["metadata"])?.["raw"]);
  if (raw !== undefined && !raw.startsWith("{")) return message === undefined ? raw : `${message}: ${raw}`;
  return message;
}

function ownCode(error: JsonObject): string {
  return ["code", "type", "status"]
    .map((field) => error[field])
    .filter((part) => typeof part === "string" || typeof part === "number")
    .join(" ");
}

const contextLength =
  /context_length_exceeded|context[ _](length|window|size)|maximum (context|prompt|input)|prompt is too long|too many (input )?tokens|input (is |token count|length)|longer than the model|max_model_len|reduce the length/i;
const contentFilter =
  /content_filter|content[ _]policy|content management policy|responsibleaipolicy|data_inspection_failed|moderation_blocked|flagged|safety system|inappropriate content|violat\w+ (our|the) .*polic/i;

function kindOf(status: number, code: string, message = ""): WireFault["kind"] {
  if (status >= 500 || status === 429 || status === 404) return "error";
  const words = `${code} ${message}`;
  if (contentFilter.test(words)) return "content-filter";
  return contextLength.test(words) ? "context-length" : "error";
}

/** The first row whose words are in the code decides. */
const statusByCode: readonly (readonly [RegExp, number])[] = [
  [/authentication|unauthorized|api_key/i, 401],
  [/rate_limit|quota|too_many|resource_exhausted/i, 429],
  [/overload|unavailable|capacity/i, 503],
  [/not_found/i, 404],
  [/permission|forbidden/i, 403],
  [/timeout/i, 504],
  [/context_length|invalid|bad_request|unsupported|content_filter|tool_use_failed/i, 400],
];

function statusOf(code: string): number {
  const number = Number(/\b[45]\d\d\b/.exec(code)?.[0]);
  if (!Number.isNaN(number)) return number;
  return statusByCode.find(([words]) => words.test(code))?.[1] ?? 502;
}

function presentable(message: string | undefined, status: number): string {
  const otherwise = `The provider answered with status ${status}.`;
  return shownMessage(message?.startsWith("<") ? undefined : message, otherwise);
}
