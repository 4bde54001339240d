// The one way from an operation to its result: check → gate → execute, with every limit on it.
// All transports come through here (HTTP, event streams, multipart, the CLI in the process).

import type { ExecutionArgs, GraphQLSchema } from "graphql";
import { mayUse, type Caller } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import { publicData } from "../core/sensitivity.ts";
import type { DoorParts } from "../gateway/door-parts.ts";
import type { EntityType } from "../policy/graph-file.ts";
import type { GraphqlContext, RequestDefaults } from "./context.ts";
import { asksOften, executePriced } from "./document-price.ts";
import type { CheckedOperation } from "./documents.ts";
import { limits, nestsWithin } from "./limits.ts";
import { maskError, maskResult, type Masking } from "./masking.ts";
import type { NamedDocuments } from "./named-documents.ts";
import type { Operation } from "./operation.ts";
import type { Outcome } from "./outcome.ts";
import { observed } from "./remembered-answers.ts";
import { createSubscriptions } from "./subscriptions.ts";
import type { View, Views } from "./views.ts";

/** Where an operation comes from. */
export interface Asker {
  /** Undefined where no key was sent: such a request may look at the schema, outside production. */
  readonly caller: Caller | undefined;
  readonly requestId: string;
  readonly signal: AbortSignal;
  readonly defaults: RequestDefaults;
  /** True for POST alone: whatever else must change nothing. */
  readonly mayChange: boolean;
  /** A router that showed its own key; its documents are its own work. */
  readonly fromRouter?: boolean | undefined;
  /** True where it speaks our own names, whatever the prefix: the CLI. */
  readonly ownNames?: boolean | undefined;
}

export type Executor = (operation: Operation, asker: Asker) => Promise<Outcome>;

export function createExecutor(parts: DoorParts, views: Views, named: NamedDocuments): Executor {
  const begin = createSubscriptions();
  const served = (): View => views.served(parts.entityTypes?.() ?? none);
  const servedSchema = (): GraphQLSchema => served().schema;
  return async (asked, asker) => {
    const masking: Masking = {
      requestId: asker.requestId,
      names: asker.ownNames === true ? views.own.names : views.names,
      // Who has left has caused it; nobody need hear of that.
      reportFault: (error, id) => void (asker.signal.aborted || parts.reportFault(error, id)),
    };
    try {
      const view = asker.ownNames === true ? views.own : served();
      const { schema, documents, remembered } = view;
      const operation = named.find(asked, asker);
      const checked = documents(operation.query);
      if (!checked.ok) {
        // Who may not ask is told nothing about the document either.
        if (!asker.caller && parts.production) throw new Failure("UNAUTHENTICATED");
        return maskResult({ errors: checked.errors }, masking);
      }
      const chosen = checked.operation(operation.operationName ?? undefined);
      if (!chosen) {
        throw new Failure("INVALID_REQUEST", "operationName must name one operation of the document.");
      }
      gate(chosen, asker, parts.production);
      if (operation.documentId) named.keep(operation);
      const variables = operation.variables ?? {};
      if (!nestsWithin(variables, limits.nesting)) {
        throw new Failure("INVALID_REQUEST", `Variables may nest ${limits.nesting} levels deep at most.`);
      }
      const context = contextFor(asker, parts, variables, view, servedSchema);
      const asks = chosen.kind === "query";
      const known = asks ? remembered.recall(operation, context) : undefined;
      if (known) return known;
      if (chosen.kind === "subscription") {
        const prepared: ExecutionArgs = {
          schema,
          document: checked.document,
          variableValues: variables,
          operationName: operation.operationName ?? null,
          contextValue: context,
          hideSuggestions: true,
        };
        const execute = (event: unknown): ReturnType<typeof chosen.execute> =>
          chosen.execute(variables, context, event);
        return await begin(prepared, execute, context.caller, masking);
      }
      if (asksOften(chosen)) return maskResult(await executePriced(chosen, variables, context), masking);
      const watched = asks ? observed(context) : undefined;
      const result = maskResult(await chosen.execute(variables, watched?.context ?? context), masking);
      if (watched?.lookedFurther() === false) remembered.keep(operation, context, result);
      return result;
    } catch (error) {
      return { errors: [maskError(error, masking)] };
    }
  };
}

const none: readonly EntityType[] = [];

const schemaFields = new Set(["__schema", "__type", "__typename"]);
/** What tells the shape of the whole graph. */
const shapeFields = ["__schema", "__type", "_service"];

function gate({ kind, measure }: CheckedOperation, asker: Asker, production: boolean): void {
  if (kind === "mutation" && !asker.mayChange) {
    throw new Failure("METHOD_NOT_ALLOWED", "A mutation must come by POST.");
  }
  if (!asker.caller && (production || ![...measure.rootFields].every((name) => schemaFields.has(name)))) {
    throw new Failure("UNAUTHENTICATED");
  }
  const looks = shapeFields.some((field) => measure.rootFields.has(field));
  if (production && looks && !(asker.caller && mayUse(asker.caller, "introspect"))) {
    throw new Failure("FORBIDDEN", 'In production introspection needs the scope "introspect".');
  }
}

/** Who only looks at the schema; `gate` lets no other field through to it. */
const nobody: Caller = {
  key: "key:none",
  name: "nobody",
  team: "team:none",
  roles: [],
  scopes: new Set(),
  floor: publicData,
  ceiling: publicData,
  defaultSensitivity: publicData,
  purposes: [],
};

function contextFor(
  asker: Asker,
  parts: DoorParts,
  variables: Readonly<Record<string, unknown>>,
  { names, entityTypes }: View,
  servedSchema: () => GraphQLSchema,
): GraphqlContext {
  let unused: string | undefined = asker.requestId;
  return {
    parts,
    caller: asker.caller ?? nobody,
    catalog: parts.catalog(),
    names,
    entityTypes,
    servedSchema,
    requestId: asker.requestId,
    signal: asker.signal,
    defaults: asker.defaults,
    variables,
    nextReceiptId() {
      const id = unused ?? parts.newRequestId();
      unused = undefined;
      return id;
    },
  };
}
