// What comes of an operation: one result, or a stream of them.
// `execute.ts` makes it, and every transport hands it on.

import type { ExecutionResult } from "graphql";
import type { Pourable } from "../core/pouring.ts";

export type ResultStream = Pourable<ExecutionResult>;
export type Outcome = ExecutionResult | ResultStream;

export const isStream = (outcome: Outcome): outcome is ResultStream => Symbol.asyncIterator in outcome;

/** Lets go of a stream that nobody will read. */
export const dismiss = (stream: ResultStream): void =>
  stream.pour({ take: nothing, end: nothing, fail: nothing }).leave();

const nothing = (): void => undefined;
