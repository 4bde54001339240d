// Prices a document that asks for several answers before any of them is begun, and keeps it from beginning where it may
// not cost so much. `execute.ts` asks for documents with more than one paid field or reference; others cost nothing here.
// What would be asked is found out by executing the document against a gateway that only takes notes: arguments,
// directives, fragments and representations mean there what they mean later.

import type { ExecutionResult } from "graphql";
import { asFailure, Failure } from "../core/errors.ts";
import { formatUsd, type Picodollars } from "../core/money.ts";
import type { Asked } from "../core/stages.ts";
import type { Administration } from "../gateway/administration.ts";
import type { Gateway } from "../gateway/contract.ts";
import { moneyOf } from "./asked.ts";
import type { GraphqlContext } from "./context.ts";
import type { CheckedOperation } from "./documents.ts";

/** Fields of references are paid once for each of them. */
export const asksOften = ({ kind, measure }: CheckedOperation): boolean =>
  kind !== "subscription" &&
  (measure.paidFields > 1 || (measure.paidFields > 0 && measure.rootFields.has("_entities")));

export async function executePriced(
  { execute }: CheckedOperation,
  variables: GraphqlContext["variables"],
  context: GraphqlContext,
): Promise<ExecutionResult> {
  const requests: Asked[] = [];
  const note = (asked: Asked): Failure => {
    requests.push(asked);
    return new Failure("INTERNAL", "Nothing is asked yet.");
  };
  await execute(variables, onTrial(context, answering(note)));
  if (requests.length < 2) return await execute(variables, context);
  const { parts, worstCase } = await afford(requests, context);
  const result = await execute(variables, { ...context, parts });
  return worstCase === undefined ? result : { ...result, extensions: { worstCaseUsd: formatUsd(worstCase) } };
}

interface Afforded {
  readonly worstCase: Picodollars | undefined;
  /** Where it is too much, each of the requests ends with that. */
  readonly parts: GraphqlContext["parts"];
}

async function afford(requests: readonly Asked[], { parts, defaults }: GraphqlContext): Promise<Afforded> {
  try {
    const limit = moneyOf(defaults.maxCostUsd);
    return { parts, worstCase: await parts.enquiries.priceTogether(requests, limit) };
  } catch (error) {
    const failure = asFailure(error);
    return { worstCase: failure.detail.worstCase, parts: { ...parts, gateway: answering(() => failure) } };
  }
}

/** Without effect: nothing is administered, nothing reported, and no id of a receipt is used up. */
function onTrial(context: GraphqlContext, gateway: Gateway): GraphqlContext {
  const { requestId, parts } = context;
  return {
    ...context,
    parts: { ...parts, gateway, administration: idle, reportFault: () => undefined },
    nextReceiptId: () => requestId,
  };
}

const idle = new Proxy({} as Administration, {
  get: () => () => Promise.reject(new Failure("INTERNAL", "Nothing is done yet.")),
});

/** Whatever is asked of it ends with the failure. */
function answering(failureOf: (asked: Asked) => Failure): Gateway {
  const refuse = (asked: Asked): Promise<never> => Promise.reject(failureOf(asked));
  return {
    complete: (asked) => ({
      [Symbol.asyncIterator]: () => ({ next: () => refuse(asked) }),
    }),
    embed: refuse,
    image: refuse,
    moderate: refuse,
    countTokens: refuse,
  };
}
