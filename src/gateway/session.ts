// Recalls how sensitive a request's session has become, and tells it what it learns now.
// `stages.ts` and `enquiries.ts` use it; without a session id nothing is asked and nothing kept.

import { createHmac } from "node:crypto";
import { identityOf } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import type { Asked } from "../core/stages.ts";
import type { RememberedSession } from "../intake/session-memory.ts";
import type { GatewayParts } from "./parts.ts";

export async function recallSession(
  { caller, sessionId }: Pick<Asked, "caller" | "sessionId">,
  { sessions, secret }: Pick<GatewayParts, "sessions" | "secret">,
): Promise<RememberedSession | undefined> {
  if (sessionId === undefined) return undefined;
  // What callers name their sessions by may say who they talk about.
  const identity = identityOf(caller);
  const name = createHmac("sha256", secret).update(`${identity}\0${sessionId}`).digest("hex");
  const session = await sessions.recall(identity, name).catch(unknown);
  return { ...session, join: (point) => session.join(point).catch(unknown) };
}

/** Guessing would be guessing low. */
function unknown(cause: unknown): never {
  throw new Failure("OVERLOADED", "What this session has been told so far cannot be asked now.", { cause });
}
