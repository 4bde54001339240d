// What a session has been told so far, so that a later request of it never counts as less sensitive.
// `store/` keeps it for every replica; the gateway asks before it weighs and tells before it calls.

import type { Sensitivity } from "../core/sensitivity.ts";

export interface SessionMemory {
  /** Sessions belong to one key. Rejects where the store cannot be asked. */
  recall(callerKey: string, name: string): Promise<RememberedSession>;
}

export interface RememberedSession {
  /** Undefined where nothing was told yet, or it is forgotten. */
  readonly point: Sensitivity | undefined;
  /** Where its last answer came from; it stays there while it can. */
  readonly deployment?: string | undefined;
  /** Joins in what the session is told now. Resolves when durable; mostly there is nothing to write. */
  join(point: Sensitivity): Promise<void>;
  /** Where an answer comes from now. Nothing waits for it: forgetting costs a provider's cache, no more. */
  keep(deploymentId: string): Promise<void>;
}
