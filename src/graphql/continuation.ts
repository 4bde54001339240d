// What a model wants back unchanged with the next turn: its reasoning and signatures, sealed.
// Sealed because a forged signature would speak for the model; nobody outside can read or make one.

import { Failure } from "../core/errors.ts";
import type { ReasoningBlock, ToolCall } from "../core/request.ts";

interface Continuation {
  readonly reasoning: readonly ReasoningBlock[];
  /** By the id of the tool call. */
  readonly signatures: Readonly<Record<string, string>>;
}

const nothing: Continuation = { reasoning: [], signatures: {} };

export function sealContinuation(
  reasoning: readonly ReasoningBlock[],
  toolCalls: readonly ToolCall[],
  seal: (text: string) => string,
): string {
  const signed = toolCalls.flatMap(({ id, signature }) => (signature === undefined ? [] : [[id, signature]]));
  return seal(JSON.stringify({ reasoning, signatures: Object.fromEntries(signed) } satisfies Continuation));
}

export function openContinuation(
  sealed: string | undefined,
  path: string,
  unseal: (sealed: string) => string | undefined,
): Continuation {
  if (sealed === undefined) return nothing;
  const text = unseal(sealed);
  if (text === undefined) {
    throw new Failure("INVALID_REQUEST", "This continuation was not made by this gateway.", {
      path,
      fix: "Send Completion.continuation back unchanged, or leave it out.",
    });
  }
  // It was sealed here, so it has the shape that `sealContinuation` gave it.
  return JSON.parse(text) as Continuation;
}
