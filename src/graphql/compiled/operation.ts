// An operation of a valid document, made ready to be executed many times, with the answers that graphql-js's `execute` gives.
// `documents.ts` makes one for each that it remembers. What is rare is left to graphql-js itself. Of a subscription it is the events that are executed.

import {
  execute,
  Kind,
  OperationTypeNode,
  visit,
  type DocumentNode,
  type ExecutionResult,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import { executeFields, executeSerially, planSelection } from "./completion.ts";
import type { Selection } from "./field-plan.ts";
import { collectFields } from "./fields.ts";
import { createErrors, isPromise, type Run } from "./run.ts";
import { readVariables, type Values } from "./variables.ts";

type Answer = ExecutionResult | Promise<ExecutionResult>;
/** Variables as they were sent. */
export type CompiledOperation = (variables: Values, context: unknown, root?: unknown) => Answer;

/** Of one operation, by what @skip and @include say in it. */
const mostPlans = 16;

export function compileOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CompiledOperation {
  const definitions = operation.variableDefinitions ?? [];
  const { conditions, hasUnsafeNames } = lookThrough(document);
  const ownConditions = definitions
    .map((one) => one.variable.name.value)
    .filter((name) => conditions.has(name));
  const readEach = readVariables(schema, definitions);
  const read = operation.operation === OperationTypeNode.SUBSCRIPTION ? once(readEach) : readEach;
  const fragments = fragmentsIn(document);
  const isSerial = operation.operation === OperationTypeNode.MUTATION;
  const plans = new Map<string, Selection>();

  /** Undefined where there is none yet, and none is made. */
  function planFor(values: Values): Selection | undefined {
    let key = "";
    for (const name of ownConditions) {
      if (typeof values[name] !== "boolean") return undefined;
      key += `${values[name]} `;
    }
    let plan = plans.get(key);
    if (plan || plans.size >= mostPlans || hasUnsafeNames) return plan;
    const type = schema.getRootType(operation.operation);
    if (!type) return undefined;
    const held = Object.fromEntries(ownConditions.map((name) => [name, values[name]]));
    const outline = { schema, operation, fragments, conditions: held };
    plan = planSelection(outline, type, collectFields(outline, type, [operation.selectionSet]));
    plans.set(key, plan);
    return plan;
  }

  return (given, context, root) => {
    const variables = read(given);
    if ("errors" in variables) return variables;
    const plan = planFor(variables.values);
    if (plan) {
      const run = { context, variables: variables.values, root, errors: createErrors() };
      return answering(run, () => (isSerial ? executeSerially(run, plan) : executeFields(run, plan, root)));
    }
    return execute({
      schema,
      document,
      variableValues: given,
      operationName: operation.name?.value ?? null,
      contextValue: context,
      rootValue: root,
      hideSuggestions: true,
    });
  };
}

/** However many events a subscription has, its variables stay what they were. */
function once<Read>(read: (given: Values) => Read): (given: Values) => Read {
  const known = new WeakMap<Values, Read>();
  return (given) => {
    let values = known.get(given);
    if (values === undefined) known.set(given, (values = read(given)));
    return values;
  };
}

type Fields = Record<string, unknown>;

function answering({ errors }: Run, work: () => Fields | Promise<Fields>): Answer {
  const answer = (data: Fields | null): ExecutionResult =>
    errors.list.length === 0 ? { data } : { errors: errors.list, data };
  const nothing = (error: unknown): ExecutionResult => {
    errors.add(error as GraphQLError, undefined);
    return answer(null);
  };
  try {
    const data = work();
    return isPromise(data) ? data.then(answer, nothing) : answer(data);
  } catch (error) {
    return nothing(error);
  }
}

interface Findings {
  /** Names of the variables in @skip and @include. */
  readonly conditions: ReadonlySet<string>;
  /** Answers and variables are plain objects, which cannot have every name. */
  readonly hasUnsafeNames: boolean;
}

function lookThrough(document: DocumentNode): Findings {
  const conditions = new Set<string>();
  let hasUnsafeNames = false;
  visit(document, {
    Name: ({ value }) => {
      if (value === "__proto__") hasUnsafeNames = true;
    },
    Directive: ({ arguments: given = [] }) => {
      for (const { value } of given) if (value.kind === Kind.VARIABLE) conditions.add(value.name.value);
    },
  });
  return { conditions, hasUnsafeNames };
}

const fragmentsIn = ({ definitions }: DocumentNode): Record<string, FragmentDefinitionNode> =>
  Object.fromEntries(
    definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION).map((one) => [one.name.value, one]),
  );
