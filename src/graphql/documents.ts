// Documents, parsed, measured and validated once each and remembered by their text.
// `execute.ts` asks for them. Suggestions are off: they would tell what the schema hides.

import {
  GraphQLError,
  Kind,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
} from "graphql";
import { compileOperation, type CompiledOperation } from "./compiled/operation.ts";
import { excesses, excessOfText, limits, measure, type Measure } from "./limits.ts";
import { placeOf } from "./masking.ts";
import { SureSubscriptionsRule } from "./sure-subscriptions.ts";

export interface CheckedOperation {
  readonly kind: "query" | "mutation" | "subscription";
  readonly name: string | undefined;
  readonly measure: Measure;
  readonly execute: CompiledOperation;
}

export type CheckedDocument =
  | {
      readonly ok: true;
      readonly document: DocumentNode;
      /** Of its operations. */
      readonly count: number;
      /** The one that is meant; undefined where the name fits none, or several could be. */
      operation(name: string | undefined): CheckedOperation | undefined;
    }
  | { readonly ok: false; readonly errors: readonly GraphQLError[] };

const mostRemembered = 1_000;
/** Longer ones hold literals rather than variables: they are not seen twice, and may hold prompts. */
export const longestRemembered = 8_192;
const mostErrors = 20;
const rules = [...specifiedRules, SureSubscriptionsRule];

export function createDocuments(schema: GraphQLSchema): (text: string) => CheckedDocument {
  const remembered = new Map<string, CheckedDocument>();
  let newest: CheckedDocument | undefined;
  return (text) => {
    const known = remembered.get(text);
    if (known !== undefined && known === newest) return known;
    const checked = known ?? checkDocument(text, schema);
    if (text.length > longestRemembered) return checked;
    // Newest last, so that the first is the one unused for longest.
    if (!remembered.delete(text) && remembered.size >= mostRemembered)
      remembered.delete(remembered.keys().next().value ?? "");
    remembered.set(text, (newest = checked));
    return checked;
  };
}

export function checkDocument(text: string, schema: GraphQLSchema): CheckedDocument {
  const excess = excessOfText(text);
  if (excess !== undefined) return refused([coded(new GraphQLError(excess), "GRAPHQL_PARSE_FAILED")]);
  let document: DocumentNode;
  try {
    document = parse(text, { maxTokens: limits.tokens });
  } catch (error) {
    return refused([coded(error as GraphQLError, "GRAPHQL_PARSE_FAILED")]);
  }
  const operations = document.definitions
    .filter((one) => one.kind === Kind.OPERATION_DEFINITION)
    .map((node): CheckedOperation => {
      let compiled: CompiledOperation | undefined;
      return {
        kind: node.operation,
        name: node.name?.value,
        measure: measure(node, document, schema),
        // Made when it first runs: it need not be valid yet.
        execute: (...given) => (compiled ??= compileOperation(schema, document, node))(...given),
      };
    });
  const over = new Set(operations.flatMap((one) => excesses(one.measure, document)));
  if (over.size > 0) {
    return refused([...over].map((message) => coded(new GraphQLError(message), "GRAPHQL_VALIDATION_FAILED")));
  }
  const errors = validate(schema, document, rules, { maxErrors: mostErrors, hideSuggestions: true });
  if (errors.length > 0) return refused(errors.map((error) => coded(error, "GRAPHQL_VALIDATION_FAILED")));
  return {
    ok: true,
    document,
    count: operations.length,
    operation(name) {
      if (name === undefined) return operations.length === 1 ? operations[0] : undefined;
      return operations.find((one) => one.name === name);
    },
  };
}

const refused = (errors: readonly GraphQLError[]): CheckedDocument => ({ ok: false, errors });

const coded = (error: GraphQLError, code: string): GraphQLError =>
  new GraphQLError(error.message, { ...placeOf(error), extensions: { code } });
