// What a document may ask for at most, fragments counted wherever they are spread.
// `documents.ts` checks every document once, before it is validated or executed.

import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  visit,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import { isPaid } from "./directives.ts";
import { mostPerPage } from "./model-pages.ts";

export const limits = {
  tokens: 1_000,
  /** Of its text. Where it is long, long values stand in it that belong into variables. */
  characters: 1_000_000,
  /** Every place in an error is found by counting them. */
  lines: 10_000,
  depth: 12,
  introspectionDepth: 16,
  aliases: 30,
  /** Fields that pay a provider. */
  paidFields: 10,
  /** Lists and objects within each other, in literals and in variables. */
  nesting: 32,
  /** Fields of the answer, reckoned by the sizes below. */
  answerFields: 200_000,
} as const;

const introspectionFields = new Set(["__schema", "__type"]);

/** How long a list counts where nothing says so; references of a router come by the hundred. */
const usualListSize = 5;
const listSizes: Readonly<Record<string, number>> = { _entities: 100 };

export interface Measure {
  depth: number;
  introspectionDepth: number;
  aliases: number;
  paidFields: number;
  answerFields: number;
  /** Names at the root, spreads included. */
  readonly rootFields: Set<string>;
}

/** Whether the text is too long to be parsed at all, in words. */
export function excessOfText(text: string): string | undefined {
  const isLong = text.length > limits.characters;
  if (!isLong && text.length <= limits.lines) return undefined;
  if (!isLong && !hasMoreLines(text, limits.lines)) return undefined;
  const [most, what] = isLong ? [limits.characters, "characters"] : [limits.lines, "lines"];
  return `The document has more than ${most} ${what}. Send long values as variables.`;
}

function hasMoreLines(text: string, most: number): boolean {
  let lines = 1;
  for (const ending of ["\n", "\r"]) {
    for (let at = text.indexOf(ending); at >= 0; at = text.indexOf(ending, at + 1))
      if (++lines > most) return true;
  }
  return false;
}

/** Every limit that the operation passes, in words. */
export function excesses(measured: Measure, document: DocumentNode): readonly string[] {
  const checks = [
    [measured.depth, limits.depth, "levels deep"],
    [measured.introspectionDepth, limits.introspectionDepth, "levels deep in introspection"],
    [measured.aliases, limits.aliases, "aliases"],
    [measured.paidFields, limits.paidFields, "fields that call a provider"],
    [measured.answerFields, limits.answerFields, "fields in the answer, as reckoned"],
    [literalNesting(document), limits.nesting, "literals within each other"],
  ] as const;
  return checks
    .filter(([value, most]) => value > most)
    .map(([, most, what]) => `The document asks for more than ${most} ${what}.`);
}

export function measure(
  operation: OperationDefinitionNode,
  document: DocumentNode,
  schema: GraphQLSchema,
): Measure {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) {
    if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  }
  const root = schema.getRootType(operation.operation) ?? undefined;
  const known = new Map<string, Measure>();
  const open = new Set<string>();

  function ofSelection(
    selections: SelectionSetNode,
    type: GraphQLNamedType | undefined,
    paged: Paged,
  ): Measure {
    const sum = empty();
    for (const selection of selections.selections) {
      if (selection.kind === Kind.FIELD) add(sum, ofField(selection, type, paged));
      else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value;
        const narrowed = condition === undefined ? type : schema.getType(condition);
        add(sum, ofSelection(selection.selectionSet, narrowed, paged));
      } else add(sum, ofFragment(selection.name.value, paged));
    }
    return sum;
  }

  function ofFragment(name: string, paged: Paged): Measure {
    const key = `${name} ${paged.size}`;
    const found = known.get(key);
    const fragment = fragments.get(name);
    if (found) return found;
    // A fragment that spreads itself, or that does not exist, is for validation to refuse.
    if (!fragment || open.has(name)) return empty();
    open.add(name);
    const measured = ofSelection(
      fragment.selectionSet,
      schema.getType(fragment.typeCondition.name.value),
      paged,
    );
    open.delete(name);
    known.set(key, measured);
    return measured;
  }

  function ofField(node: FieldNode, type: GraphQLNamedType | undefined, paged: Paged): Measure {
    const name = node.name.value;
    const field = fieldOf(name, type);
    const inner = node.selectionSet
      ? ofSelection(node.selectionSet, innerType(name, field, schema), pagedBy(node, field))
      : empty();
    const introspects = introspectionFields.has(name);
    const depth = Math.max(inner.depth, inner.introspectionDepth) + 1;
    return {
      depth: introspects ? 0 : depth,
      introspectionDepth: introspects ? depth : 0,
      aliases: inner.aliases + (node.alias ? 1 : 0),
      paidFields: inner.paidFields + (isPaid(field?.extensions) ? 1 : 0),
      answerFields: 1 + inner.answerFields * sizeOf(name, field, paged),
      rootFields: new Set([name]),
    };
  }

  return ofSelection(operation.selectionSet, root, unpaged);
}

const empty = (): Measure => ({
  depth: 0,
  introspectionDepth: 0,
  aliases: 0,
  paidFields: 0,
  answerFields: 0,
  rootFields: new Set(),
});

function add(sum: Measure, part: Measure): void {
  sum.depth = Math.max(sum.depth, part.depth);
  sum.introspectionDepth = Math.max(sum.introspectionDepth, part.introspectionDepth);
  sum.aliases += part.aliases;
  sum.paidFields += part.paidFields;
  sum.answerFields += part.answerFields;
  for (const name of part.rootFields) sum.rootFields.add(name);
}

/** The length that a page's argument gives to the lists inside it. */
interface Paged {
  readonly size: number;
  readonly fields: readonly string[];
}

const unpaged: Paged = { size: 1, fields: [] };

function pagedBy(node: FieldNode, field: GraphQLField<unknown, unknown> | undefined): Paged {
  const directives = field?.extensions["directives"] as
    | { listSize?: readonly { sizedFields: readonly string[] }[] }
    | undefined;
  const sized = directives?.listSize?.[0]?.sizedFields;
  if (!sized) return unpaged;
  const first = node.arguments?.find(({ name }) => name.value === "first")?.value;
  const usual = field?.args.find(({ name }) => name === "first")?.defaultValue;
  // A variable may hold anything up to what the field itself allows.
  const size = first ? (first.kind === Kind.INT ? Number(first.value) : mostPerPage) : Number(usual);
  return { size, fields: sized };
}

function sizeOf(name: string, field: GraphQLField<unknown, unknown> | undefined, paged: Paged): number {
  if (!field || !isListType(getNullableType(field.type))) return 1;
  return paged.fields.includes(name) ? paged.size : (listSizes[name] ?? usualListSize);
}

function fieldOf(
  name: string,
  type: GraphQLNamedType | undefined,
): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}

function innerType(
  name: string,
  field: GraphQLField<unknown, unknown> | undefined,
  schema: GraphQLSchema,
): GraphQLNamedType | undefined {
  if (name === "__schema") return schema.getType("__Schema");
  if (name === "__type") return schema.getType("__Type");
  const type = field && getNamedType(field.type);
  return isCompositeType(type) ? type : undefined;
}

function literalNesting(document: DocumentNode): number {
  let depth = 0;
  let deepest = 0;
  const enter = (): void => void (deepest = Math.max(deepest, ++depth));
  const leave = (): void => void depth--;
  visit(document, { ListValue: { enter, leave }, ObjectValue: { enter, leave } });
  return deepest;
}

/** True where lists and objects lie at most so deep within each other. It goes no deeper itself. */
export function nestsWithin(value: unknown, most: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (most < 0) return false;
  if (Array.isArray(value)) return value.every((inner) => nestsWithin(inner, most - 1));
  for (const name in value) {
    if (!nestsWithin((value as Readonly<Record<string, unknown>>)[name], most - 1)) return false;
  }
  return true;
}
