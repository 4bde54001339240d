// What failover may do with each candidate of a plan: whether it is still permitted, whether its breaker lets it be called,
// a place at its provider, and the log of the attempt. The flows make one a request and hand it to `failover.ts`.

import type { Deployment } from "../core/deployment.ts";
import { Failure } from "../core/errors.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import type { Plan } from "../core/stages.ts";
import type { BreakerState } from "../core/vitals.ts";
import type { Entry } from "../providers/places.ts";
import { AttemptFailure } from "../providers/upstream-failure.ts";
import type { Health } from "../routing/health.ts";
import type { Account } from "./account.ts";
import { attemptOf, type AttemptSettings } from "./attempt-settings.ts";
import { beginAttempt, type AttemptLog } from "./attempts.ts";
import type { FailoverParts } from "./failover.ts";
import type { GatewayParts } from "./parts.ts";
import { stillPermits } from "./permission.ts";
import type { Snapshot } from "./snapshots.ts";

type OwnAccount = Pick<Account, "attempts" | "meterFor">;

/** Every attempt must still be permitted when its turn comes, and not denied by what is newest then. */
export const attemptsUnder = (
  plan: Plan,
  pinned: Snapshot,
  account: OwnAccount,
  parts: GatewayParts,
  signal: AbortSignal,
): FailoverParts => new FailoverRules(plan, pinned, account, parts, signal);

class FailoverRules implements FailoverParts {
  readonly #plan: Plan;
  readonly #pinned: Snapshot;
  readonly #account: OwnAccount;
  readonly #parts: GatewayParts;
  readonly #signal: AbortSignal;
  readonly #settings: AttemptSettings;

  constructor(plan: Plan, pinned: Snapshot, account: OwnAccount, parts: GatewayParts, signal: AbortSignal) {
    this.#plan = plan;
    this.#pinned = pinned;
    this.#account = account;
    // A classifier has a breaker of its own, whose canaries must be able to call it; ours would only add to an outage.
    this.#parts = plan.request.action === "moderate" ? { ...parts, health: unwatched(parts.health) } : parts;
    this.#signal = signal;
    this.#settings = attemptOf(plan, parts);
  }

  remaining(): number {
    return this.#settings.remaining();
  }

  hedgeAfter(target: PermittedDeployment): number | undefined {
    return this.#settings.hedgeAfter(target);
  }

  enter({ deployment }: PermittedDeployment): Entry | Promise<Entry> {
    // What is only played takes nothing of its provider.
    if (this.#isPlayed(deployment)) return undefined;
    const patience = { milliseconds: this.#settings.remaining(), signal: this.#signal };
    const entering = this.#parts.places.enter(deployment, this.#plan, patience);
    return entering instanceof Promise
      ? entering.then((entry) =>
          afterWait(entry, this.#permits(deployment), this.#parts.health.state(deployment.id)),
        )
      : entering;
  }

  enterAtOnce({ deployment }: PermittedDeployment): { readonly entry: Entry } | undefined {
    if (this.#isPlayed(deployment)) return { entry: undefined };
    const entry = this.#parts.places.enterAtOnce(deployment, this.#plan);
    if (!(entry instanceof AttemptFailure)) return { entry };
    this.#parts.health.released(deployment.id);
    return undefined;
  }

  begin(target: PermittedDeployment, entry: Entry): AttemptLog {
    this.#parts.retryBudget.called();
    const { timeouts, alone } = this.#settings.limitsOf(target);
    const own = {
      requestId: this.#plan.requestId,
      attempts: this.#account.attempts,
      signal: this.#signal,
      meter: this.#account.meterFor(target),
      timeouts,
      entry,
      alone,
      rehearsed: this.#parts.rehearsal?.faultOf(target.deployment.id)?.text,
    };
    return beginAttempt(target, own, this.#parts);
  }

  admits({ deployment }: PermittedDeployment): boolean {
    return this.#parts.health.admit(deployment.id);
  }

  mayAdd(): boolean {
    return this.#parts.retryBudget.take();
  }

  resting({ deployment }: PermittedDeployment): { seconds: number; rateLimited: boolean } {
    const { health, now } = this.#parts;
    const change = health.troubled().find(({ deploymentId }) => deploymentId === deployment.id);
    return {
      seconds: ((change?.until ?? 0) - now()) / 1_000,
      rateLimited: change?.cause === "rate-limit",
    };
  }

  stillPermitted({ deployment }: PermittedDeployment): boolean {
    return this.#permits(deployment);
  }

  #isPlayed({ id }: Deployment): boolean {
    return this.#parts.rehearsal?.faultOf(id) !== undefined;
  }

  #permits(deployment: Deployment): boolean {
    const newest = this.#parts.snapshots.current();
    // The pinned version too: evidence that it rests on may expire while another deployment is tried.
    if (!this.#permitsUnder(this.#pinned, deployment)) return false;
    if (newest === this.#pinned) return true;
    const again = newest.catalog.deployment(deployment.id);
    return again !== undefined && this.#permitsUnder(newest, again);
  }

  #permitsUnder(snapshot: Snapshot, deployment: Deployment): boolean {
    return stillPermits(this.#plan, deployment, snapshot, this.#parts.grants);
  }
}

const unwatched = (health: Health): Health => ({
  ...health,
  admit: () => true,
  succeeded: () => undefined,
  failed: () => undefined,
  released: () => undefined,
});

/** Much may have happened meanwhile: a policy that denies it, a breaker that opened. */
function afterWait(entry: Entry, permitted: boolean, state: BreakerState): Entry {
  if (entry instanceof AttemptFailure || (permitted && state !== "open")) return entry;
  entry?.end();
  const failure = permitted
    ? new Failure("MODEL_UNAVAILABLE", "It kept failing while this request waited for it.")
    : new Failure("POLICY_REVOKED", "The permission was withdrawn while this request waited.");
  return new AttemptFailure(failure, { mayTryAnother: true });
}
