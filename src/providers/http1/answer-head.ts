// Reads the head of an answer: its status, its headers, where its body ends and whether the connection may serve again.
// `answer-reader.ts` gives it the text. RFC 9112 sections 3 to 9; what two readers could read differently is refused.

import { errors } from "undici";
import type { AnswerHeaders } from "./call.ts";

export interface AnswerFraming {
  /** Its bytes, or how its end is told. */
  readonly body: number | "chunked" | "until-close";
  readonly reusable: boolean;
  /** How long the other side keeps the connection, in milliseconds, where it said so. */
  readonly keptFor: number | undefined;
}

interface AnswerHead {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly framing: AnswerFraming;
}

/** `text` is all before the empty line. */
export function answerHead(text: string): AnswerHead {
  const first = text.indexOf("\r\n");
  const line = statusLine.exec(first < 0 ? text : text.slice(0, first));
  if (line === null) throw malformed("it does not begin like an answer");
  const status = Number(line[2]);
  if (status === 101) throw malformed("it changes to a protocol that nobody asked for");
  const headers = first < 0 ? {} : headersIn(text, first + 2);
  return { status, headers, framing: framingOf(status, line[1] === "1", headers) };
}

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [^\r\n\0]*)?$/;

function headersIn(text: string, from: number): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let at = from; at < text.length;) {
    const found = text.indexOf("\r\n", at);
    const end = found < 0 ? text.length : found;
    const colon = text.indexOf(":", at);
    const name = colon < 0 || colon > end ? "" : text.slice(at, colon).toLowerCase();
    const value = text.slice(colon + 1, end).trim();
    // A line that begins with white space would go on with the one before.
    if (!headerName.test(name) || unreadable.test(value)) throw malformed("a header cannot be read");
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (before === undefined) headers[name] = value;
    else if (once.has(name)) throw malformed(`it says ${name} twice`);
    else headers[name] = `${before}, ${value}`;
    at = end + 2;
  }
  return headers;
}

const headerName = /^[\w!#$%&'*+.^`|~-]+$/;
const unreadable = /[\r\n\0]/;
const once: ReadonlySet<string> = new Set(["content-length", "transfer-encoding"]);

function framingOf(status: number, isNew: boolean, headers: Readonly<Record<string, string>>): AnswerFraming {
  const body = bodyOf(status, isNew, headers["transfer-encoding"], headers["content-length"]);
  const closes = /(?:^|,)\s*close\s*(?:,|$)/i.test(headers["connection"] ?? "");
  const seconds = /(?:^|[,\s])timeout=(\d{1,6})/i.exec(headers["keep-alive"] ?? "")?.[1];
  return {
    body,
    reusable: isNew && !closes && body !== "until-close",
    keptFor: seconds === undefined ? undefined : Number(seconds) * 1_000,
  };
}

function bodyOf(
  status: number,
  isNew: boolean,
  coding: string | undefined,
  length: string | undefined,
): AnswerFraming["body"] {
  if (status < 200 || status === 204 || status === 304) return 0;
  if (coding !== undefined) {
    if (length !== undefined || !isNew || coding.toLowerCase() !== "chunked")
      throw malformed("its length is told in a way that is not understood");
    return "chunked";
  }
  if (length === undefined) return "until-close";
  if (!/^\d{1,15}$/.test(length)) throw malformed("its length is no number");
  return Number(length);
}

const malformed = (why: string): Error => new errors.HTTPParserError(why);
