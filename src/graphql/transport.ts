// HTTP in front of the executor: what was asked, by GET or by POST, and the form and status of the answer.
// `door.ts` hands it exchanges. Limits, scopes and errors are the executor's; nothing is decided here.

import { hash } from "node:crypto";
import type { ExecutionResult } from "graphql";
import { failureKinds } from "../core/errors.ts";
import { readJsonObject } from "./body.ts";
import { callbackProtocol, type Callbacks } from "./callback.ts";
import { announce, type Arrival, type Exchange } from "./exchange.ts";
import type { Executor } from "./execute.ts";
import { negotiate } from "./negotiation.ts";
import { operationIn, operationInUrl } from "./operation.ts";
import { dismiss, isStream } from "./outcome.ts";
import { isRemembered, textOf } from "./remembered-answers.ts";
import { sendStream } from "./streams.ts";

export async function serveOperation(
  exchange: Exchange,
  execute: Executor,
  callbacks: Callbacks,
): Promise<void> {
  const { request, response, asker } = exchange;
  const { method } = request;
  const forms = negotiate(request.headers.accept);
  const fields = method === "POST" ? await readJsonObject(request) : undefined;
  const operation = fields ? operationIn(fields) : operationInUrl(request.url);
  const wanted = fields && callbacks.wanted(request.headers.accept, fields["extensions"]);
  if (wanted) {
    const result = await callbacks.begin(wanted, operation, asker, execute);
    response.setHeader(...callbackProtocol);
    return sendWhole(exchange, statusOf(result, false), legacyJson, JSON.stringify(result));
  }
  if (!forms.whole && !forms.stream) {
    return refuseForm(exchange, "The Accept header takes no form that GraphQL answers in.");
  }
  const outcome = await execute(operation, asker);
  if (response.destroyed) return isStream(outcome) ? dismiss(outcome) : undefined;
  if (isStream(outcome) && forms.stream) {
    announce(exchange);
    return await sendStream(outcome, forms.stream, response);
  }
  if (isStream(outcome)) {
    dismiss(outcome);
    return refuseForm(
      exchange,
      "A subscription is answered as text/event-stream: say so in the Accept header.",
    );
  }
  const status = statusOf(outcome, forms.whole?.legacy ?? false);
  // Who reads event streams only is told by its status where nothing was executed, and by an event else.
  if (!forms.whole && forms.stream && status < 400) {
    announce(exchange);
    return await sendStream(once(outcome), forms.stream, response);
  }
  const text = textOf(outcome);
  const mayBeKept = method === "GET" && operation.documentId !== undefined && isRemembered(outcome);
  if (mayBeKept && isKnownAlready(text, exchange)) return;
  sendWhole(exchange, status, forms.whole?.contentType ?? legacyJson, text);
}

/**
 * Lets the caller's own cache keep the answer, and tells it where it still has the newest. It asks every time,
 * since catalog and policy change within a second.
 */
function isKnownAlready(text: string, exchange: Exchange): boolean {
  const { request, response } = exchange;
  const tag = `"${hash("sha256", text, "base64url")}"`;
  response.setHeader("etag", tag);
  response.setHeader("cache-control", "private, no-cache");
  response.appendHeader("vary", "accept, authorization, x-end-user-id");
  const known = (request.headers["if-none-match"] ?? "").split(",").map((one) => one.trim());
  if (!known.includes(tag)) return false;
  announce(exchange);
  response.writeHead(304).end();
  return true;
}

function refuseForm(exchange: Exchange, message: string): void {
  const extensions = { code: "INVALID_REQUEST", requestId: exchange.requestId };
  sendWhole(exchange, 406, legacyJson, JSON.stringify({ errors: [{ message, extensions }] }));
}

async function* once(result: ExecutionResult): AsyncGenerator<ExecutionResult, void, undefined> {
  yield result;
}

export function sendWhole(
  { response, reference }: Arrival,
  status: number,
  contentType: string,
  text: string,
): void {
  const length = Buffer.byteLength(text);
  // As a list, which is written as it stands; an object would be built for nothing.
  response.writeHead(status, [
    "content-type",
    contentType,
    "cache-control",
    String(response.getHeader("cache-control") ?? "no-store"),
    "content-length",
    String(length),
    "x-request-id",
    reference,
    "x-content-type-options",
    "nosniff",
  ]);
  // Where every character is a byte, none need be looked at again.
  response.end(text, length === text.length ? "latin1" : "utf8");
}

export const legacyJson = "application/json; charset=utf-8";

/** About the document itself, which legacy JSON answers with 200. */
const aboutDocument = new Set([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_USER_INPUT",
  "INVALID_REQUEST",
  "PERSISTED_QUERY_NOT_FOUND",
  "PERSISTED_QUERY_NOT_SUPPORTED",
]);

/** https://graphql.github.io/graphql-over-http/draft/#sec-Status-Codes: where nothing was executed. */
function statusOf({ data, errors }: ExecutionResult, legacy: boolean): number {
  if (data !== undefined || !errors) return 200;
  const codes = errors.map(({ extensions }) => String(extensions["code"]));
  if (legacy && codes.every((code) => aboutDocument.has(code))) return 200;
  const [code = ""] = codes;
  return code in failureKinds ? failureKinds[code as keyof typeof failureKinds].status : 400;
}
