// The one seam through which errors leave: ours keep code and message, the rest becomes INTERNAL.
// Every result passes here, whatever its transport. No stack and no original error gets out.

import { GraphQLError, type ExecutionResult, type GraphQLErrorOptions } from "graphql";
import { asFailure, failureKinds } from "../core/errors.ts";
import type { Names } from "./names.ts";

export interface Masking {
  readonly requestId: string;
  readonly names: Names;
  /** Called once for each error that is not ours. */
  readonly reportFault: (error: unknown, requestId: string) => void;
}

export function maskResult(result: ExecutionResult, masking: Masking): ExecutionResult {
  if (!result.errors) return result;
  return { ...result, errors: result.errors.map((error) => maskError(error, masking)) };
}

export function maskError(error: unknown, { requestId, names, reportFault }: Masking): GraphQLError {
  const source = sourceOf(error);
  if (source instanceof GraphQLError) {
    const code = source.extensions["code"] ?? "BAD_USER_INPUT";
    return shown(error, source.message, { code, requestId });
  }
  const failure = asFailure(source);
  if (failure.code === "INTERNAL") {
    reportFault(failure.cause ?? source, requestId);
    return shown(error, failureKinds.INTERNAL.message, {
      code: "INTERNAL",
      fix: failureKinds.INTERNAL.fix,
      requestId,
    });
  }
  const { path, retryAfterSeconds } = failure.detail;
  return shown(error, names.words(failure.message), {
    code: failure.code,
    ...(failure.fix === undefined ? {} : { fix: names.words(failure.fix) }),
    ...(path === undefined ? {} : { path }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    requestId,
  });
}

/** What was thrown, beneath the errors that graphql-js wraps round it. */
function sourceOf(error: unknown): unknown {
  let source = error;
  while (source instanceof GraphQLError && source.originalError) source = source.originalError;
  return source;
}

/** Messages quote names and values of the caller's, which may be as long as the body. */
const longestMessage = 500;

export const bounded = (message: string): string =>
  message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message;

function shown(error: unknown, whole: string, extensions: Record<string, unknown>): GraphQLError {
  const message = bounded(whole);
  if (!(error instanceof GraphQLError)) return new GraphQLError(message, { extensions });
  return new GraphQLError(message, { ...placeOf(error), extensions });
}

/** Where in the document and in the answer. */
export function placeOf({ nodes, source, positions, path }: GraphQLError): GraphQLErrorOptions {
  return {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
  };
}
