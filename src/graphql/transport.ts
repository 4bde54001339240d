// yoga before the executor: it reads GET and negotiates what form the answer has. The execution, the
// limits and the errors are ours; streams go past it to the socket (`streams.ts`).

import { GraphQLError, type ExecutionResult } from "graphql";
import { createYoga, type Plugin } from "graphql-yoga";
import { failureKinds } from "../core/errors.ts";
import type { DoorParts } from "../gateway/door-parts.ts";
import type { Exchange } from "./exchange.ts";
import { isStream, type Executor, type Operation, type Outcome } from "./execute.ts";
import { maskError, placeOf } from "./masking.ts";
import { ownNames } from "./names.ts";
import { eventStream, multipartStream, type StreamForm } from "./streams.ts";

/** What travels beside a request through yoga. */
export interface Passage {
  readonly exchange: Exchange;
  /** The body of a POST, already read. */
  readonly body: Record<string, unknown> | undefined;
  /** Set where the answer is a stream: then `door.ts` writes it itself. */
  stream?: { readonly form: StreamForm; readonly results: AsyncIterable<ExecutionResult> };
}

export function createTransport(execute: Executor, parts: DoorParts) {
  const executing: Plugin<object, { passage: Passage }> = {
    onRequestParse({ serverContext, setRequestParser }) {
      const { body } = serverContext.passage;
      if (body) setRequestParser(() => body);
    },
    onParams({ context, setParamsHandler }) {
      const { exchange } = context.passage;
      setParamsHandler(async ({ params }) => withStatus(await execute(params as Operation, exchange.asker)));
    },
    async onResultProcess(processing) {
      const outcome = processing.result as Outcome;
      if (!isStream(outcome)) return;
      const form = streamFormFor(processing.request.headers.get("accept") ?? "*/*");
      if (!form) {
        await outcome.return?.();
        return;
      }
      processing.serverContext.passage.stream = { form, results: outcome };
      processing.setResultProcessor((_result, fetchAPI) => new fetchAPI.Response(null), form.contentType);
    },
  };
  return createYoga<{ passage: Passage }>({
    plugins: [executing],
    graphqlEndpoint: "/graphql",
    graphiql: false,
    landingPage: false,
    batching: false,
    multipart: false,
    cors: false,
    logging: false,
    maxRequestBodySize: false,
    parserAndValidationCache: false,
    maskedErrors: {
      maskError(error) {
        const asked = error instanceof GraphQLError ? error.extensions["http"] : undefined;
        const masked = maskError(error, {
          requestId: parts.newRequestId(),
          names: ownNames,
          reportFault: (fault, id) => parts.reportFault(fault, id),
        });
        const http = asked ?? { status: 500 };
        return new GraphQLError(masked.message, { extensions: { ...masked.extensions, http } });
      },
    },
  });
}

function streamFormFor(accept: string): StreamForm | undefined {
  const wanted = accept.toLowerCase();
  if (wanted.includes("subscriptionspec")) return multipartStream;
  return wanted.includes("text/event-stream") || wanted.includes("*/*") ? eventStream : undefined;
}

/** About the document itself, which legacy JSON answers with 200. */
const aboutDocument = new Set([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_USER_INPUT",
  "INVALID_REQUEST",
]);

/** https://graphql.github.io/graphql-over-http/draft/#sec-Status-Codes: where nothing was executed. */
function withStatus(outcome: Outcome): Outcome {
  if (isStream(outcome) || outcome.data !== undefined || !outcome.errors) return outcome;
  const errors = outcome.errors.map((error) => {
    const code = String(error.extensions["code"]);
    const status = code in failureKinds ? failureKinds[code as keyof typeof failureKinds].status : 400;
    const extensions = { ...error.extensions, http: { status, spec: aboutDocument.has(code) } };
    return new GraphQLError(error.message, { ...placeOf(error), extensions });
  });
  return { ...outcome, errors };
}
