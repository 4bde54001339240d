// Answers that depend on nothing but the catalog and who asks: executed once, then given again as they were.
// `execute.ts` keeps them. Which ones qualify is not declared but seen: a resolver that reached for anything else was no such.

import type { ExecutionResult } from "graphql";
import type { Catalog } from "../catalog/catalog.ts";
import type { Caller } from "../core/caller.ts";
import type { GraphqlContext } from "./context.ts";

interface Question {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly operationName?: string | null | undefined;
}

/** Immutable both: another version of either is another object. */
interface Circumstances {
  readonly catalog: Catalog;
  readonly caller: Caller;
}

export interface RememberedAnswers {
  recall(question: Question, circumstances: Circumstances): ExecutionResult | undefined;
  keep(question: Question, circumstances: Circumstances, answer: ExecutionResult): void;
}

const mostAnswers = 500;
const mostCharacters = 32 * 1024 * 1024;
/** Longer questions hold literals or long lists of ids, and are hardly asked twice. */
const longestQuestion = 8_192;

export function createRememberedAnswers(): RememberedAnswers {
  const answers = new Map<string, ExecutionResult>();
  let callers = new WeakMap<Caller, number>();
  let catalog: Catalog | undefined;
  let asked = 0;
  let characters = 0;

  function forget(): void {
    answers.clear();
    callers = new WeakMap();
    characters = 0;
  }

  function keyOf({ query, variables, operationName }: Question, caller: Caller): string | undefined {
    if (query.length > longestQuestion) return undefined;
    const given = variables ? JSON.stringify(variables) : "";
    if (given.length > longestQuestion) return undefined;
    let number = callers.get(caller);
    if (number === undefined) callers.set(caller, (number = asked += 1));
    return `${number} ${operationName ?? ""} ${given} ${query}`;
  }

  return {
    recall(question, now) {
      if (now.catalog !== catalog) {
        catalog = now.catalog;
        forget();
      }
      if (answers.size === 0) return undefined;
      const key = keyOf(question, now.caller);
      return key === undefined ? undefined : answers.get(key);
    },
    keep(question, now, answer) {
      if (answer.errors || now.catalog !== catalog) return;
      const key = keyOf(question, now.caller);
      if (key === undefined) return;
      const text = JSON.stringify(answer);
      if (answers.size >= mostAnswers || characters + text.length > mostCharacters) forget();
      if (text.length > mostCharacters) return;
      characters += text.length;
      answers.set(key, answer);
      texts.set(answer, text);
    },
  };
}

/** What was written once need not be written again. */
const texts = new WeakMap<ExecutionResult, string>();

export const textOf = (answer: ExecutionResult): string => texts.get(answer) ?? JSON.stringify(answer);

/** True where the answer depends on the catalog and its caller alone. */
export const isRemembered = (answer: ExecutionResult): boolean => texts.has(answer);

/** The context as resolvers see it, and whether one of them looked further than catalog and caller. */
export function observed(context: GraphqlContext): { context: GraphqlContext; lookedFurther(): boolean } {
  let looked = false;
  const watched = Object.create(context, {
    parts: watch(() => context.parts),
    requestId: watch(() => context.requestId),
    signal: watch(() => context.signal),
    defaults: watch(() => context.defaults),
    nextReceiptId: watch(() => context.nextReceiptId),
  }) as GraphqlContext;
  return { context: watched, lookedFurther: () => looked };

  function watch(get: () => unknown): PropertyDescriptor {
    return {
      get() {
        looked = true;
        return get();
      },
    };
  }
}
