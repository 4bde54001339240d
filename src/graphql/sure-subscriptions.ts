// A validation rule: the field of a subscription is there whatever variables say. graphql-js fails on one that is skipped.
// `documents.ts` adds it to the rules of the specification, whose next edition has it too.
// https://spec.graphql.org/September2025/#sec-Single-Root-Field

import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationRule,
} from "graphql";

const conditions = new Set(["skip", "include"]);

export const SureSubscriptionsRule: ValidationRule = (context) => {
  function* atRoot({ selections }: SelectionSetNode, seen: Set<string>): Generator<SelectionNode> {
    for (const selection of selections) {
      yield selection;
      if (selection.kind === Kind.INLINE_FRAGMENT) yield* atRoot(selection.selectionSet, seen);
      if (selection.kind !== Kind.FRAGMENT_SPREAD || seen.has(selection.name.value)) continue;
      seen.add(selection.name.value);
      const fragment = context.getFragment(selection.name.value);
      if (fragment) yield* atRoot(fragment.selectionSet, seen);
    }
  }

  return {
    OperationDefinition({ operation, selectionSet }) {
      if (operation !== OperationTypeNode.SUBSCRIPTION) return;
      for (const selection of atRoot(selectionSet, new Set())) {
        const nodes = selection.directives?.filter(({ name }) => conditions.has(name.value)) ?? [];
        if (nodes.length === 0) continue;
        context.reportError(
          new GraphQLError("The field of a subscription takes no @skip and no @include.", { nodes }),
        );
      }
    },
  };
};
