// Waits until something is so, and fails loudly where it never is.
// Tests of what happens in its own time call it: cancellation, settling, closing.

import assert from "node:assert/strict";

export async function eventually(
  isSo: () => boolean | Promise<boolean>,
  mostMilliseconds = 10_000,
): Promise<void> {
  const giveUpAt = performance.now() + mostMilliseconds;
  while (!(await isSo())) {
    assert.ok(performance.now() < giveUpAt, `not so within ${mostMilliseconds} ms: ${String(isSo)}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
