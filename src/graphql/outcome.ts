// What comes of an operation: one result, or a stream of them.
// `execute.ts` makes it, and every transport hands it on.

import type { ExecutionResult } from "graphql";

export type ResultStream = AsyncIterableIterator<ExecutionResult, undefined>;
export type Outcome = ExecutionResult | ResultStream;

export const isStream = (outcome: Outcome): outcome is ResultStream => Symbol.asyncIterator in outcome;
