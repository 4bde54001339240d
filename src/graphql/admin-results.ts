// What administrators' mutations have in common: their failures are data too.
// keys, budgets and evidence use it.

import { failureAsData, failureTypes, resolveResult, type FailureView } from "./failures.ts";
import type { GraphqlContext } from "./context.ts";

export const adminFailureTypes = [failureTypes.InvalidRequest, failureTypes.OtherFailure] as const;

export const resolveAdminResult = (success: string) =>
  resolveResult(success, ["InvalidRequest", "OtherFailure"]);

/** Does the work; what is wrong with the input comes back as data. */
export async function orFailure<Result>(
  context: GraphqlContext,
  work: () => Promise<Result>,
): Promise<Result | FailureView> {
  try {
    return await work();
  } catch (error) {
    return failureAsData(error, context.requestId, context);
  }
}
