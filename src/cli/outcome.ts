// A mutation answers with its result or with a typed failure; the second ends the command.

import { CommandError } from "./command.ts";

export interface FailureAnswer {
  readonly __typename: string;
  readonly code?: string;
  readonly message?: string;
  readonly fix?: string | null;
}

/** Ask for this beside the result, so that a failure can be shown. */
export const failureFields = "... on Failure { code message fix }";

export function expectResult<T extends FailureAnswer>(answer: T): T {
  if (answer.code === undefined) return answer;
  throw new CommandError(
    [`${answer.code}: ${answer.message ?? ""}`, answer.fix ?? ""].filter(Boolean).join("\n"),
  );
}
