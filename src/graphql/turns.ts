// How many models one operation asks at a time for fields of graph.yaml, and how many altogether.
// `entity-answers.ts` uses it: a router hands over hundreds of entities at once.

import { Failure } from "../core/errors.ts";
import type { GraphqlContext } from "./context.ts";

const atOnce = 8;
const mostTogether = 100;

interface Turns {
  /** Runs the work when its turn comes; the same question is worked on once. */
  once(question: string, work: () => Promise<string>): Promise<string>;
}

const byOperation = new WeakMap<GraphqlContext, Turns>();

export function turnsOf(context: GraphqlContext): Turns {
  let turns = byOperation.get(context);
  if (!turns) byOperation.set(context, (turns = createTurns(context.signal)));
  return turns;
}

function createTurns(signal: AbortSignal): Turns {
  const asked = new Map<string, Promise<string>>();
  const waiting: (() => void)[] = [];
  let running = 0;

  async function inTurn(work: () => Promise<string>): Promise<string> {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  }

  return {
    once(question, work) {
      const known = asked.get(question);
      if (known) return known;
      if (asked.size >= mostTogether) {
        const message = `One operation asks for at most ${mostTogether} fields that a model answers.`;
        return Promise.reject(new Failure("INVALID_REQUEST", message, { path: "representations" }));
      }
      const answer = inTurn(work);
      asked.set(question, answer);
      return answer;
    },
  };
}
