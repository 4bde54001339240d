// What every resolver gets: who asks, the catalog pinned for the request, and the request's defaults.
// `execute.ts` makes one for each operation; nothing in it outlives the request.

import type { Catalog } from "../catalog/catalog.ts";
import type { Receipt } from "../core/answer.ts";
import type { GraphQLSchema } from "graphql";
import type { Caller } from "../core/caller.ts";
import type { DoorParts } from "../gateway/door-parts.ts";
import type { EntityType } from "../policy/graph-file.ts";
import type { Names } from "./names.ts";

export interface GraphqlContext {
  readonly parts: DoorParts;
  readonly caller: Caller;
  readonly catalog: Catalog;
  /** Fields that a model answers, as the view of this request serves them. */
  readonly entityTypes: readonly EntityType[];
  /** As callers see it, also where this one speaks our own names. */
  servedSchema(): GraphQLSchema;
  /** As the caller knows our types and fields. */
  readonly names: Names;
  readonly requestId: string;
  /** Aborted when the caller leaves. */
  readonly signal: AbortSignal;
  readonly defaults: RequestDefaults;
  /** As they were sent: they tell an argument that was given from one that has its default value. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The request's own id the first time, then a fresh one: each paid field has its own receipt. */
  nextReceiptId(): string;
}

/** What request headers say where the argument of the same meaning is absent. */
export interface RequestDefaults {
  readonly sensitivity?: string | undefined;
  readonly purpose?: string | undefined;
  readonly task?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly maxCostUsd?: string | undefined;
  readonly unsupported?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly rehearse?: string | undefined;
}

/** DESIGN, section 5. */
export const readDefaults = (header: (name: string) => string | undefined): RequestDefaults => ({
  sensitivity: header("x-data-sensitivity"),
  purpose: header("x-purpose"),
  task: header("x-task"),
  sessionId: header("x-session-id"),
  maxCostUsd: header("x-max-cost-usd"),
  unsupported: header("x-unsupported"),
  idempotencyKey: header("idempotency-key"),
  rehearse: header("x-portcullis-rehearse"),
});

const lookedUp = new WeakMap<GraphqlContext, Map<string, Promise<Receipt | undefined>>>();

/** One receipt, asked for once however many fields lead to it. */
export function receiptOf(context: GraphqlContext, id: string): Promise<Receipt | undefined> {
  let receipts = lookedUp.get(context);
  if (!receipts) lookedUp.set(context, (receipts = new Map()));
  const known = receipts.get(id);
  if (known) return known;
  const asked = context.parts.enquiries.receipt(id, context.caller);
  receipts.set(id, asked);
  return asked;
}
