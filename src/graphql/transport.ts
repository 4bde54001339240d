// HTTP in front of the executor: what was asked, by GET or by POST, and the form and status of the answer.
// `door.ts` hands it exchanges. Limits, scopes and errors are the executor's; nothing is decided here.

import type { ServerResponse } from "node:http";
import type { ExecutionResult } from "graphql";
import { Failure, failureKinds } from "../core/errors.ts";
import { readJsonObject } from "./body.ts";
import { callbackProtocol, type Callbacks } from "./callback.ts";
import type { Exchange } from "./exchange.ts";
import { isStream, type Executor, type Operation } from "./execute.ts";
import { negotiate } from "./negotiation.ts";
import { textOf } from "./remembered-answers.ts";
import { sendStream } from "./streams.ts";

export async function serveOperation(
  exchange: Exchange,
  execute: Executor,
  callbacks: Callbacks,
): Promise<void> {
  const { request, response, asker } = exchange;
  const forms = negotiate(request.headers.accept);
  const fields = request.method === "POST" ? await readJsonObject(request) : undefined;
  const operation = fields ? operationIn(fields) : inQuery(request.url);
  const wanted = fields && callbacks.wanted(request.headers.accept, fields["extensions"]);
  if (wanted) {
    const result = await callbacks.begin(wanted, operation, asker, execute);
    response.setHeader(...callbackProtocol);
    return sendWhole(response, statusOf(result, false), legacyJson, JSON.stringify(result));
  }
  if (!forms.whole && !forms.stream) {
    return refuseForm(exchange, "The Accept header takes no form that GraphQL answers in.");
  }
  const outcome = await execute(operation, asker);
  if (response.destroyed) return isStream(outcome) ? void (await outcome.return?.()) : undefined;
  if (isStream(outcome) && forms.stream) return await sendStream(outcome, forms.stream, response);
  if (isStream(outcome)) {
    await outcome.return?.();
    return refuseForm(
      exchange,
      "A subscription is answered as text/event-stream: say so in the Accept header.",
    );
  }
  const status = statusOf(outcome, forms.whole?.legacy ?? false);
  // Who reads event streams only is told by its status where nothing was executed, and by an event else.
  if (!forms.whole && forms.stream && status < 400)
    return await sendStream(once(outcome), forms.stream, response);
  sendWhole(response, status, forms.whole?.contentType ?? legacyJson, textOf(outcome));
}

function refuseForm({ asker, response }: Exchange, message: string): void {
  const extensions = { code: "INVALID_REQUEST", requestId: asker.requestId };
  sendWhole(response, 406, legacyJson, JSON.stringify({ errors: [{ message, extensions }] }));
}

async function* once(result: ExecutionResult): AsyncGenerator<ExecutionResult, void, undefined> {
  yield result;
}

export function sendWhole(response: ServerResponse, status: number, contentType: string, text: string): void {
  response.writeHead(status, {
    "content-type": contentType,
    "cache-control": "no-store",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

const legacyJson = "application/json; charset=utf-8";

/** About the document itself, which legacy JSON answers with 200. */
const aboutDocument = new Set([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_USER_INPUT",
  "INVALID_REQUEST",
]);

/** https://graphql.github.io/graphql-over-http/draft/#sec-Status-Codes: where nothing was executed. */
function statusOf({ data, errors }: ExecutionResult, legacy: boolean): number {
  if (data !== undefined || !errors) return 200;
  const codes = errors.map(({ extensions }) => String(extensions["code"]));
  if (legacy && codes.every((code) => aboutDocument.has(code))) return 200;
  const [code = ""] = codes;
  return code in failureKinds ? failureKinds[code as keyof typeof failureKinds].status : 400;
}

function operationIn(fields: Readonly<Record<string, unknown>>): Operation {
  const { query, variables, operationName, extensions } = fields;
  if (typeof query !== "string") throw badParameter("query", "a string that holds a GraphQL document");
  if (!isObjectOrAbsent(variables)) throw badParameter("variables", "an object");
  if (!isObjectOrAbsent(extensions)) throw badParameter("extensions", "an object");
  if (operationName !== undefined && operationName !== null && typeof operationName !== "string") {
    throw badParameter("operationName", "a string");
  }
  return { query, variables, operationName };
}

function inQuery(url = ""): Operation {
  const search = new URLSearchParams(url.slice(url.indexOf("?") + 1 || url.length));
  return operationIn({
    query: search.get("query") ?? undefined,
    operationName: search.get("operationName"),
    variables: objectIn(search, "variables"),
    extensions: objectIn(search, "extensions"),
  });
}

function objectIn(search: URLSearchParams, name: string): unknown {
  const text = search.get(name);
  if (text === null || text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw badParameter(name, "JSON");
  }
}

function isObjectOrAbsent(value: unknown): value is Record<string, unknown> | null | undefined {
  return value === undefined || value === null || (typeof value === "object" && !Array.isArray(value));
}

const badParameter = (name: string, wanted: string): Failure =>
  new Failure("INVALID_REQUEST", `${name} must be ${wanted}.`, { path: name });
