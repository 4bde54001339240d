// Judges what one caller got: the right answer, whole and once, or a typed failure. Of an answer that broke off, or
// that the caller left, what came must be how the right one begins.

import { failureKinds } from "../../src/core/errors.ts";
import { answerTo } from "./answers.ts";
import type { Got } from "./callers.ts";

/** What upstreams that fail, limits and policies may come to. Anything else is a fault of the gateway's. */
const expected = new Set([
  "UPSTREAM_FAILED",
  "UPSTREAM_TIMEOUT",
  "RATE_LIMITED",
  "MODEL_UNAVAILABLE",
  "OVERLOADED",
  "POLICY_DENIED",
  "POLICY_REVOKED",
]);

export interface Circumstances {
  readonly nonce: string;
  /** The key had been revoked before it was asked, and every replica knew. */
  readonly keyIsRevoked: boolean;
  /** The key was about to be revoked, or just had been. */
  readonly keyMayBeRevoked: boolean;
}

/** What is wrong with it; undefined where nothing is. */
export function faultOf(
  got: Got,
  { nonce, keyIsRevoked, keyMayBeRevoked }: Circumstances,
): string | undefined {
  const { outcome, text, deployment, raw, status } = got;
  const shown = `${outcome} (${status}) for ${nonce} from ${deployment ?? "nobody"}`;
  if (/sk-soak|<html|ECONN|UND_ERR|at .*\.ts:\d/.test(raw))
    return `${shown} shows what is not the caller's: ${raw.slice(0, 300)}`;
  if (keyIsRevoked && outcome !== "UNAUTHENTICATED" && outcome !== "left")
    return `${shown} with a key that is revoked`;
  const answer = deployment === undefined ? undefined : answerTo(nonce, deployment.split("/")[0] ?? "").text;
  if (outcome === "ok") {
    if (text === answer) return undefined;
    return `${shown} is not the answer:\n  ${text}\n  ${answer ?? "nothing"}`;
  }
  if (text !== "" && (answer === undefined || !answer.startsWith(text)))
    return `${shown} is not how the answer begins:\n  ${text}\n  ${answer ?? "nothing"}`;
  if (outcome === "left" || expected.has(outcome)) return undefined;
  if (outcome === "UNAUTHENTICATED" && (keyIsRevoked || keyMayBeRevoked)) return undefined;
  const known = outcome in failureKinds ? "is a failure that should not be" : "is no typed failure";
  return `${shown} ${known}: ${raw.slice(-300)}`;
}
